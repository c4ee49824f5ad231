package dev.weir.loadtest.simulation;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Arguments, and what comes of them. */
@Command(
        name = "simulate",
        description = {
            "Simulates a cluster of balancer nodes with the balancer's own strategies, in virtual time, and compares what",
            "nodes know of each other: nothing (local only), the others' counts taken at their word (naive least), as the",
            "balancer takes them (Weir), and everything at once (one node, which no cluster can be)."
        },
        showDefaultValues = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:the plot could not be written", "2:bad usage"})
public final class SimulateCommand implements Callable<Integer> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,3})x(\\d{1,4})");
    private static final double WARM_UP_SECONDS = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(
            names = "--sizes",
            paramLabel = "NxM",
            split = ",",
            description = "Nodes and backends; at most 100 and 1000.",
            defaultValue = "2x10,3x10,10x10,10x100,100x100")
    private List<String> sizes = List.of();

    @Option(
            names = "--strategies",
            paramLabel = "NAME",
            split = ",",
            description = "Of those that weigh what is in flight.",
            defaultValue = "least-requests,power-of-two,peak-ewma")
    private List<String> strategies = List.of();

    @Option(names = "--skew", paramLabel = "S", description = "Node n gets traffic as n^-S.", defaultValue = "1")
    private double skew;

    @Option(
            names = "--discipline",
            paramLabel = "NAME",
            description = "Of backends: ${COMPLETION-CANDIDATES}.",
            defaultValue = "PS")
    private Server.Discipline discipline = Server.Discipline.PS;

    @Option(names = "--workers", paramLabel = "N", description = "Of each backend.", defaultValue = "4")
    private int workers;

    @Option(names = "--service", paramLabel = "MS", description = "Mean time of a request.", defaultValue = "20")
    private double serviceMillis;

    @Option(
            names = "--work",
            paramLabel = "NAME",
            description = "How that time is distributed: ${COMPLETION-CANDIDATES}.",
            defaultValue = "EXPONENTIAL")
    private Work work = Work.EXPONENTIAL;

    @Option(names = "--slow-share", paramLabel = "S", description = "Slow backends, 0 to 1.", defaultValue = "0.2")
    private double slowShare;

    @Option(names = "--slowdown", paramLabel = "F", description = "By which they are slower.", defaultValue = "3")
    private double slowdown;

    @Option(names = "--utilisation", paramLabel = "U", description = "Of all backends.", defaultValue = "0.8")
    private double utilisation;

    @Option(names = "--tick", paramLabel = "MS", description = "Time between digests.", defaultValue = "100")
    private int tickMillis;

    @Option(names = "--seconds", paramLabel = "S", description = "Virtual, after 3 s of warm-up.", defaultValue = "5")
    private double seconds;

    @Option(names = "--seed", paramLabel = "N", description = "Of arrivals and choices.", defaultValue = "1")
    private long seed;

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description = "Draws spread and latency over the number of nodes as SVG; needs a font on this machine.")
    private @Nullable Path plot;

    @Override
    public Integer call() {
        check();
        PrintWriter out = spec.commandLine().getOut();
        List<Scenario> bases = sizes.stream().map(this::scenario).toList();
        out.print(ResultText.head(bases.getFirst()));
        for (Scenario base : bases) {
            for (Scenario scenario : comparisons(base)) {
                out.print(ResultText.row(simulate(scenario)));
                out.flush();
            }
        }
        return plot == null ? CommandLine.ExitCode.OK : draw(plot, bases.getFirst());
    }

    private List<Scenario> comparisons(Scenario base) {
        List<Scenario> scenarios = new ArrayList<>();
        scenarios.add(base.with(strategies.getFirst(), Knowledge.NAIVE));
        for (String strategy : strategies) {
            scenarios.add(base.with(strategy, Knowledge.LOCAL));
            scenarios.add(base.with(strategy, Knowledge.SHARED));
            scenarios.add(base.with(strategy, Knowledge.ONE_NODE));
        }
        return scenarios;
    }

    private Result simulate(Scenario scenario) {
        Simulation simulation = new Simulation(scenario);
        simulation.run(WARM_UP_SECONDS);
        return simulation.run(seconds);
    }

    private int draw(Path file, Scenario base) {
        try {
            new Plot(base, this::simulate).write(file);
            return CommandLine.ExitCode.OK;
        } catch (IOException e) {
            spec.commandLine().getErr().println("The plot could not be written to " + file + ": " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private Scenario scenario(String size) {
        Matcher matcher = SIZE.matcher(size);
        require(matcher.matches(), "--sizes", size, "nodes x backends, such as 3x10");
        int nodes = Integer.parseInt(matcher.group(1));
        int backends = Integer.parseInt(matcher.group(2));
        require(nodes >= 1 && nodes <= 100 && backends >= 1 && backends <= 1000, "--sizes", size, "1x1 to 100x1000");
        return new Scenario(
                strategies.getFirst(),
                Knowledge.LOCAL,
                nodes,
                backends,
                skew,
                discipline,
                workers,
                serviceMillis,
                work,
                slowShare,
                slowdown,
                utilisation,
                tickMillis,
                0,
                seed);
    }

    private void check() {
        require(!sizes.isEmpty(), "--sizes", "", "one or more");
        for (String strategy : strategies) {
            require(Node.knows(strategy), "--strategies", strategy, "some of " + Node.strategies());
        }
        require(skew >= 0 && skew <= 10, "--skew", skew, "0 to 10");
        require(workers >= 1 && workers <= 1000, "--workers", workers, "1 to 1000");
        require(serviceMillis >= 1 && serviceMillis <= 60_000, "--service", serviceMillis, "1 to 60000");
        require(slowShare >= 0 && slowShare <= 1, "--slow-share", slowShare, "0 to 1");
        require(slowdown >= 1 && slowdown <= 1000, "--slowdown", slowdown, "1 to 1000");
        require(utilisation > 0 && utilisation < 1, "--utilisation", utilisation, "more than 0 and less than 1");
        require(tickMillis >= 10 && tickMillis <= 10_000, "--tick", tickMillis, "10 to 10000");
        require(seconds >= 1 && seconds <= 3600, "--seconds", seconds, "1 to 3600");
        Path folder = plot == null ? null : plot.toAbsolutePath().getParent();
        require(
                folder == null || Files.isDirectory(folder),
                "--plot",
                String.valueOf(plot),
                "a file in a folder that exists");
    }

    private void require(boolean condition, String what, Object value, String expected) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), what + ": " + value + " (expected: " + expected + ")");
        }
    }
}
