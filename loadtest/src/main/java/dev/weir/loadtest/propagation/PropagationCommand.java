package dev.weir.loadtest.propagation;

import dev.weir.loadtest.process.Machine;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.WeirJar;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Arguments, and what comes of them. */
@Command(
        name = "propagation",
        description = {
            "Measures how soon all balancer nodes know what one of them learns, and what that costs each of them.",
            "Every node is a process of its own, with the cluster and the exchange of the balancer, over the loopback interface;",
            "its traffic is made up."
        },
        showDefaultValues = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:measured, and within the limits if given",
            "1:could not be measured, or not within a limit",
            "2:bad usage"
        })
public final class PropagationCommand implements Callable<Integer> {
    private static final int MAX_NODES = 20;

    /** Ports and addresses are made for so many. */
    private static final int MAX_BACKENDS = 50_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(names = "--nodes", paramLabel = "N", description = "Processes.", defaultValue = "3")
    private int nodes;

    @Option(
            names = "--backends",
            paramLabel = "N",
            split = ",",
            description = "Of each node, the same for all; 0 for nodes with nothing to tell.",
            defaultValue = "0,1000,10000")
    private List<Integer> backends = List.of();

    @Option(
            names = "--share",
            paramLabel = "S",
            split = ",",
            description =
                    "Of the backends, 0 to 1, whose requests in flight and latency change on each node every 100 ms.",
            defaultValue = "0.2,1")
    private List<Double> shares = List.of();

    @Option(
            names = "--turns",
            paramLabel = "N",
            description = "Verdicts that turn on each node in a second.",
            defaultValue = "5")
    private double turns;

    @Option(names = "--warm-up", paramLabel = "S", description = "Before anything is measured.", defaultValue = "30")
    private int warmUpSeconds;

    @Option(names = "--seconds", paramLabel = "S", description = "To measure.", defaultValue = "30")
    private int seconds;

    @Option(names = "--seed", paramLabel = "N", description = "Of what happens when.", defaultValue = "1")
    private long seed;

    @Option(
            names = "--java-options",
            paramLabel = "OPTIONS",
            description = "Of the nodes' JVMs.",
            defaultValue = "-Xmx256m")
    private String javaOptions = "";

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the results to a file, too.")
    private @Nullable Path json;

    @Option(
            names = "--max-tick-p50",
            paramLabel = "MS",
            description = "Exit code 1 if half of what a tick tells is heard later than so long after it.")
    private @Nullable Double maxTickP50;

    @Option(
            names = "--max-p99",
            paramLabel = "MS",
            description =
                    "Exit code 1 if more than 1 %% of what changes, be it load or verdict, is known later than that.")
    private @Nullable Double maxP99;

    @Option(
            names = "--max-cpu",
            paramLabel = "PERCENT",
            description = "Exit code 1 if the nodes take more of a core on average.")
    private @Nullable Double maxCpu;

    @Mixin
    private WeirJar weirJar = new WeirJar();

    @Override
    public Integer call() {
        check();
        PrintWriter out = spec.commandLine().getOut();
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Machine machine = Machine.here();
        out.printf(
                "%s, %s, %d cores, JDK %s, %d nodes, %s%n",
                start,
                machine.kernel(),
                machine.allowedCores().size(),
                Runtime.version().feature(),
                nodes,
                javaOptions);
        out.print(ResultText.head());
        out.flush();
        try {
            return report(start, machine, measure(out));
        } catch (MeasurementException e) {
            spec.commandLine().getErr().println("Could not be measured: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private List<Result> measure(PrintWriter out) {
        Trial trial = new Trial(weirJar.path(), words(javaOptions));
        List<Result> results = new ArrayList<>();
        for (Scenario scenario : scenarios()) {
            Result result = trial.run(scenario);
            results.add(result);
            out.print(ResultText.row(result));
            out.flush();
        }
        return results;
    }

    private List<Scenario> scenarios() {
        List<Scenario> scenarios = new ArrayList<>();
        for (int count : backends) {
            for (double share : count == 0 ? List.of(0.0) : shares) {
                scenarios.add(new Scenario(
                        nodes,
                        count,
                        share,
                        turns,
                        Duration.ofSeconds(warmUpSeconds),
                        Duration.ofSeconds(seconds),
                        seed));
            }
        }
        return scenarios;
    }

    private int report(Instant start, Machine machine, List<Result> results) {
        PrintWriter err = spec.commandLine().getErr();
        int code = CommandLine.ExitCode.OK;
        for (Result result : results) {
            for (String excess : Limits.exceeded(result, maxTickP50, maxP99, maxCpu)) {
                err.println(excess);
                code = CommandLine.ExitCode.SOFTWARE;
            }
        }
        Path file = json;
        if (file != null) {
            try {
                Files.writeString(file, ResultJson.of(start, machine, results));
            } catch (IOException e) {
                err.println("Cannot write " + file + ": " + e);
                code = CommandLine.ExitCode.SOFTWARE;
            }
        }
        return code;
    }

    private void check() {
        require(nodes >= 2 && nodes <= MAX_NODES, "--nodes", nodes, "2 to " + MAX_NODES);
        require(!backends.isEmpty(), "--backends", "", "one or more");
        for (int count : backends) {
            int least = Scenario.minBackends(nodes);
            require(
                    count == 0 || (count >= least && count <= MAX_BACKENDS),
                    "--backends",
                    count,
                    "0, or " + least + " to " + MAX_BACKENDS);
        }
        require(!shares.isEmpty(), "--share", "", "one or more");
        for (double share : shares) {
            require(share >= 0 && share <= 1, "--share", share, "0 to 1");
        }
        require(turns >= 0 && turns <= 1000, "--turns", turns, "0 to 1000");
        require(warmUpSeconds >= 1 && warmUpSeconds <= 3600, "--warm-up", warmUpSeconds, "1 to 3600");
        require(seconds >= 1 && seconds <= 3600, "--seconds", seconds, "1 to 3600");
        require(
                Files.isReadable(weirJar.path()),
                "--weir-jar",
                weirJar.path(),
                "a file that is there; build it: mvn -pl balancer -am -DskipTests package");
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.trim().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private void require(boolean condition, String what, Object value, String expected) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), what + ": " + value + " (expected: " + expected + ")");
        }
    }
}
