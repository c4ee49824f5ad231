package dev.weir.loadtest.skew;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.WeirJar;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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
        name = "skew",
        description = {
            "Measures how evenly several real nodes load the same backends when they have uneven traffic: without a cluster,",
            "where each counts its own requests, and with one. Same requests for both, in turn; counted at the backends."
        },
        showDefaultValues = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:it could not be measured, or a file not be written", "2:bad usage"})
public final class SkewCommand implements Callable<Integer> {
    private static final int MOST_NODES = 10;
    private static final List<String> STRATEGIES = List.of("least-requests", "power-of-two", "peak-ewma");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(
            names = "--traffic",
            paramLabel = "N",
            split = ":",
            description = "Of each node, relative to the others; so many nodes there are.",
            defaultValue = "80:15:5")
    private List<Integer> traffic = List.of();

    @Option(
            names = "--strategy",
            paramLabel = "NAME",
            description = "Of the balancer.",
            defaultValue = "least-requests")
    private String strategy = "";

    @Option(names = "--backends", paramLabel = "N", description = "For each arm.", defaultValue = "10")
    private int backends;

    @Option(names = "--workers", paramLabel = "N", description = "Of each backend.", defaultValue = "4")
    private int workers;

    @Option(
            names = "--service",
            paramLabel = "MS",
            description = "Mean time of a request; log-normal.",
            defaultValue = "250")
    private double serviceMillis;

    @Option(names = "--slow-share", paramLabel = "S", description = "Slow backends, 0 to 1.", defaultValue = "0.2")
    private double slowShare;

    @Option(names = "--slowdown", paramLabel = "F", description = "By which they are slower.", defaultValue = "3")
    private double slowdown;

    @Option(names = "--utilisation", paramLabel = "U", description = "Of all backends.", defaultValue = "0.6")
    private double utilisation;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Of a round, after 5 s of warm-up.",
            defaultValue = "30")
    private int seconds;

    @Option(names = "--rounds", paramLabel = "N", description = "For each arm.", defaultValue = "5")
    private int rounds;

    @Option(names = "--seed", paramLabel = "N", description = "Of arrivals and work.", defaultValue = "1")
    private long seed;

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description = "Draws in-flight requests as SVG; needs a font on this machine.")
    private @Nullable Path plot;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the report as JSON, with each round.")
    private @Nullable Path json;

    @Mixin
    private final WeirJar weirJar = new WeirJar();

    @Override
    public Integer call() {
        check();
        Plan plan = new Plan(
                strategy,
                traffic,
                backends,
                workers,
                serviceMillis,
                slowShare,
                slowdown,
                utilisation,
                seconds,
                rounds,
                seed);
        require(plan.rate() * 1e9 <= 5_000, "--utilisation", utilisation, "work for at most 5000 requests a second");
        PrintWriter err = spec.commandLine().getErr();
        Instant start = Instant.now();
        try {
            List<Round> results = new SkewRun(plan, weirJar.path(), err::println).run();
            spec.commandLine().getOut().print(ReportText.of(plan, start, results));
            spec.commandLine().getOut().flush();
            write(plan, start, results);
            return CommandLine.ExitCode.OK;
        } catch (MeasurementException e) {
            err.println("Not measured: " + e.getMessage());
        } catch (IOException e) {
            err.println("Not written: " + e.getMessage());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private void write(Plan plan, Instant start, List<Round> results) throws IOException {
        if (json != null) {
            Files.writeString(json, ReportJson.of(plan, start, results));
        }
        if (plot != null) {
            new SkewPlot(plan, results).write(plot);
        }
    }

    private void check() {
        require(
                traffic.size() >= 2 && traffic.size() <= MOST_NODES,
                "--traffic",
                traffic,
                "2 to 10 numbers, such as 80:15:5");
        require(traffic.stream().allMatch(part -> part >= 1 && part <= 1000), "--traffic", traffic, "1 to 1000 each");
        require(STRATEGIES.contains(strategy), "--strategy", strategy, "one of " + String.join(", ", STRATEGIES));
        require(backends >= 2 && backends <= 100, "--backends", backends, "2 to 100");
        require(workers >= 1 && workers <= 100, "--workers", workers, "1 to 100");
        require(serviceMillis >= 1 && serviceMillis <= 10_000, "--service", serviceMillis, "1 to 10000");
        require(slowShare >= 0 && slowShare <= 1, "--slow-share", slowShare, "0 to 1");
        require(slowdown >= 1 && slowdown <= 100, "--slowdown", slowdown, "1 to 100");
        require(utilisation > 0 && utilisation < 1, "--utilisation", utilisation, "more than 0 and less than 1");
        require(seconds >= 1 && seconds <= 3600, "--seconds", seconds, "1 to 3600");
        require(rounds >= 1 && rounds <= 100, "--rounds", rounds, "1 to 100");
        require(inFolder(plot), "--plot", String.valueOf(plot), "a file in a folder that exists");
        require(inFolder(json), "--json", String.valueOf(json), "a file in a folder that exists");
    }

    private static boolean inFolder(@Nullable Path file) {
        Path folder = file == null ? null : file.toAbsolutePath().getParent();
        return folder == null || Files.isDirectory(folder);
    }

    private void require(boolean condition, String what, Object value, String expected) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), what + ": " + value + " (expected: " + expected + ")");
        }
    }
}
