package dev.weir.loadtest.sidebyside;

import dev.weir.loadtest.process.Machine;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Output;
import dev.weir.loadtest.process.Template;
import dev.weir.loadtest.process.Tool;
import dev.weir.loadtest.process.WeirJar;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
        name = "side-by-side",
        description = {
            "Measures CPU time per request through Weir, nginx and HAProxy.",
            "Each is pinned to one core and loaded in turn, round after round; load generator and backends share another core."
        },
        showDefaultValues = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:measured, and within --max-ratio if given",
            "1:could not be measured, or above --max-ratio",
            "2:bad usage"
        })
public final class SideBySideCommand implements Callable<Integer> {
    /** Backends accept 16384 connections, the proxies 8192, and nginx keeps 1024 to backends. */
    private static final int MAX_CONNECTIONS = 1024;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds for each proxy.", defaultValue = "7")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", description = "Length of a round.", defaultValue = "5")
    private int seconds;

    @Option(
            names = "--warmup",
            paramLabel = "S",
            description = "The longest that a proxy is warmed up; it ends once CPU per request no longer falls.",
            defaultValue = "90")
    private int warmUpSeconds;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Keep-alive connections, each with one request under way at a time.",
            defaultValue = "64")
    private int connections;

    @Option(names = "--body-size", paramLabel = "BYTES", description = "Of a response.", defaultValue = "128")
    private int bodySize;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            split = ",",
            description = "Proxies, in this order; ratios are those of the first to the others.",
            defaultValue = "weir,nginx,haproxy")
    private List<String> only = List.of();

    @Option(names = "--access-log", description = "Let every proxy write one line for each request to a file.")
    private boolean accessLog;

    @Option(names = "--proxy-core", paramLabel = "CORE", description = "Default: the first that may be used.")
    private @Nullable Integer proxyCore;

    @Option(names = "--load-core", paramLabel = "CORE", description = "Default: the second that may be used.")
    private @Nullable Integer loadCore;

    @Mixin
    private final WeirJar weirJar = new WeirJar();

    @Option(
            names = "--weir-config",
            paramLabel = "FILE",
            description = "Instead of the built-in one, which has the defaults. Placeholders: $${port}, $${admin-port},"
                    + " $${backend-1} to $${backend-3}, $${access-log}.")
    private @Nullable Path weirConfig;

    @Option(
            names = "--java-opts",
            paramLabel = "OPTIONS",
            description = "For Weir's JVM, separated by blanks. Default: none.",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            defaultValue = "")
    private String javaOptions = "";

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result here too, with every round.")
    private @Nullable Path json;

    @Option(
            names = "--max-ratio",
            paramLabel = "RATIO",
            description = "Exit with 1 if the median of weir / nginx is above this.")
    private @Nullable Double maxRatio;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Machine machine = Machine.here();
        Plan plan = plan(machine);
        try {
            Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            String generator = "wrk " + Output.of(Tool.WRK.path(), "-v").afterFirst("wrk ");
            List<PeerResult> results = new SideBySide(plan, err::println).run();
            Report report = Report.of(start, machine, plan, generator, results);
            out.print(ReportText.of(report));
            out.flush();
            if (json != null) {
                Files.writeString(json, ReportJson.of(report));
            }
            return withinLimit(report, err) ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        } catch (MeasurementException e) {
            err.println("Not measured: " + e.getMessage());
        } catch (IOException e) {
            err.println("Cannot write " + json + ": " + e);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private boolean withinLimit(Report report, PrintWriter err) {
        if (maxRatio == null) {
            return true;
        }
        Optional<Ratio> ratio = report.ratio(Weir.NAME, Nginx.NAME);
        double median = ratio.orElseThrow().spread().median();
        if (median > maxRatio) {
            err.printf("Too expensive: weir / nginx is %.3f (expected: at most %.3f)%n", median, maxRatio);
            return false;
        }
        return true;
    }

    private Plan plan(Machine machine) {
        require(rounds >= 1 && rounds <= 1000, "--rounds", rounds, "1 to 1000");
        require(seconds >= 1 && seconds <= 3600, "--seconds", seconds, "1 to 3600");
        require(warmUpSeconds >= 1 && warmUpSeconds <= 3600, "--warmup", warmUpSeconds, "1 to 3600");
        require(
                connections >= 1 && connections <= MAX_CONNECTIONS,
                "--connections",
                connections,
                "1 to " + MAX_CONNECTIONS);
        require(bodySize >= 0 && bodySize <= Backends.MAX_BODY, "--body-size", bodySize, "0 to " + Backends.MAX_BODY);
        List<Integer> allowed = machine.allowedCores();
        require(allowed.size() >= 2, "cores that this process may use", allowed, "at least 2");
        int proxy = proxyCore == null ? other(allowed, loadCore) : proxyCore;
        int load = loadCore == null ? other(allowed, proxy) : loadCore;
        require(allowed.contains(proxy), "--proxy-core", proxy, "one of " + allowed);
        require(allowed.contains(load) && load != proxy, "--load-core", load, "another one of " + allowed);
        return new Plan(
                peers(),
                rounds,
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(warmUpSeconds),
                connections,
                bodySize,
                proxy,
                load,
                accessLog);
    }

    private List<Peer> peers() {
        Set<String> names = new LinkedHashSet<>(only);
        require(names.size() == only.size() && !names.isEmpty(), "--only", only, "each name once");
        if (maxRatio != null) {
            boolean both = only.getFirst().equals(Weir.NAME) && names.contains(Nginx.NAME);
            require(both, "--only", only, "weir first, and nginx, since --max-ratio compares them");
        }
        return names.stream().map(this::peer).toList();
    }

    private Peer peer(String name) {
        return switch (name) {
            case Weir.NAME -> new Weir(weirJar.path(), words(javaOptions), weirTemplate());
            case Nginx.NAME -> new Nginx();
            case HaProxy.NAME -> new HaProxy();
            default -> throw bad("--only", name, "weir, nginx, haproxy");
        };
    }

    private Template weirTemplate() {
        if (weirConfig == null) {
            return Template.resource(SideBySideCommand.class, "weir.yaml");
        }
        try {
            return new Template(Files.readString(weirConfig));
        } catch (IOException e) {
            throw bad("--weir-config", weirConfig, "a readable file; " + e);
        }
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.trim().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static int other(List<Integer> allowed, @Nullable Integer taken) {
        return allowed.stream().filter(core -> !core.equals(taken)).findFirst().orElseThrow();
    }

    private void require(boolean condition, String what, Object value, String expected) {
        if (!condition) {
            throw bad(what, value, expected);
        }
    }

    private ParameterException bad(String what, Object value, String expected) {
        return new ParameterException(spec.commandLine(), what + ": " + value + " (expected: " + expected + ")");
    }
}
