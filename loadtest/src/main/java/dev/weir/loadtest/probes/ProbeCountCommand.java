package dev.weir.loadtest.probes;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.WeirJar;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Arguments, and what comes of them. */
@Command(
        name = "probe-count",
        description = {
            "Counts at the backends how often clusters of different sizes check them: each backend by two nodes, however",
            "many there are. Each node is a process of its own."
        },
        showDefaultValues = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:it could not be measured", "2:bad usage"})
public final class ProbeCountCommand implements Callable<Integer> {
    /** Of the balancer: cluster.probers. */
    private static final int PROBERS = 2;

    private static final int MOST_NODES = 50;
    private static final int MOST_BACKENDS = 1_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Mixin
    private final WeirJar jar = new WeirJar();

    @Option(
            names = "--nodes",
            paramLabel = "N",
            split = ",",
            description = "Sizes of clusters.",
            defaultValue = "1,2,3,10")
    private List<Integer> nodes = List.of();

    @Option(names = "--backends", paramLabel = "N", description = "Of each cluster.", defaultValue = "20")
    private int backends;

    @Option(names = "--interval", paramLabel = "MS", description = "Of checks.", defaultValue = "500")
    private int intervalMillis;

    @Option(names = "--seconds", paramLabel = "S", description = "For which they are counted.", defaultValue = "10")
    private int seconds;

    @Override
    public Integer call() {
        check();
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%d backends, checked every %d ms, counted for %d s%n%n", backends, intervalMillis, seconds);
        out.printf("| Nodes | Probes/s at all backends | Per backend and interval | If each node checked all |%n");
        out.printf("|------:|-------------------------:|-------------------------:|-------------------------:|%n");
        try {
            for (int count : nodes) {
                out.print(row(count));
                out.flush();
            }
            return CommandLine.ExitCode.OK;
        } catch (MeasurementException e) {
            spec.commandLine().getErr().println("probe-count: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private void check() {
        if (!nodes.stream().allMatch(count -> count >= 1 && count <= MOST_NODES)) {
            throw wrong("--nodes: " + nodes + "; expected 1 to " + MOST_NODES);
        }
        if (backends < 1 || backends > MOST_BACKENDS) {
            throw wrong("--backends: " + backends + "; expected 1 to " + MOST_BACKENDS);
        }
        if (intervalMillis < 10 || seconds < 1) {
            throw wrong("--interval: expected 10 or more, and of --seconds 1 or more");
        }
    }

    private ParameterException wrong(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    private String row(int count) throws InterruptedException {
        if (!Files.isReadable(jar.path())) {
            throw new MeasurementException(
                    jar.path() + " is not there; build it: mvn -pl balancer -am -DskipTests package");
        }
        try (CountingBackends counting = new CountingBackends(backends);
                Balancers balancers = new Balancers(count, jar.path(), counting.urls(), intervalMillis)) {
            balancers.awaitSettled(Math.min(PROBERS, count) * backends);
            long before = counting.requests();
            long beganNanos = System.nanoTime();
            new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
            double elapsed = (System.nanoTime() - beganNanos) / (double) TimeUnit.SECONDS.toNanos(1);
            double perSecond = (counting.requests() - before) / elapsed;
            double intervals = TimeUnit.SECONDS.toMillis(1) / (double) intervalMillis;
            return String.format(
                    Locale.ROOT,
                    "| %5d | %24.1f | %24.2f | %24.0f |%n",
                    count,
                    perSecond,
                    perSecond / backends / intervals,
                    count * backends * intervals);
        }
    }
}
