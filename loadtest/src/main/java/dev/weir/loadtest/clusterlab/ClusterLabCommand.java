package dev.weir.loadtest.clusterlab;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.process.WeirJar;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

/**
 * Makes the network and runs itself once more in it: there all sockets are the network's, and none can reach another one. What was
 * made is removed however that ends.
 */
@Command(
        name = "cluster-lab",
        description = {
            "Starts three balancers as one cluster, each in a network namespace of its own, and three backends; cuts a node off,",
            "stops it, kills it, loses its packets, and heals it, under traffic; and checks what clients, operators and the",
            "kernel see of that. Needs root."
        },
        showDefaultValues = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all is as expected", "1:something is not, or it could not be done", "2:bad usage"})
public final class ClusterLabCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            split = ",",
            description = "Only these: ${COMPLETION-CANDIDATES}.",
            completionCandidates = Ids.class)
    private List<String> scenarios = List.of();

    @Option(names = "--report", paramLabel = "FILE", description = "Write the table here, too, as Markdown.")
    private @Nullable Path report;

    @Option(names = "--logs", paramLabel = "FOLDER", description = "Keep the nodes' logs here.")
    private @Nullable Path logs;

    @Option(names = "--within", hidden = true, description = "The network in which this process runs already.")
    private @Nullable String within;

    @Mixin
    private final WeirJar weirJar = new WeirJar();

    static final class Ids extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Ids() {
            super(Scenario.ids());
        }
    }

    @Override
    public Integer call() {
        List<Scenario> chosen = chosen();
        PrintWriter err = spec.commandLine().getErr();
        try {
            return within == null ? outside() : inside(chosen, new Network(within));
        } catch (MeasurementException e) {
            err.println("Not done: " + e.getMessage());
        } catch (IOException e) {
            err.println("Cannot write: " + e);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private List<Scenario> chosen() {
        if (scenarios.isEmpty()) {
            return Scenario.ALL;
        }
        return scenarios.stream()
                .map(id -> Scenario.of(id)
                        .orElseThrow(() -> new ParameterException(
                                spec.commandLine(),
                                "--scenario: " + id + "; expected some of " + String.join(", ", Scenario.ids()))))
                .toList();
    }

    // In the namespace that this command was called in

    private int outside() throws IOException {
        if (!Files.isReadable(weirJar.path())) {
            throw new MeasurementException(
                    weirJar.path() + " is not there; build it: mvn -pl balancer -am -DskipTests package");
        }
        Network.obstacle().ifPresent(why -> {
            throw new MeasurementException(why);
        });
        try (Surroundings surroundings = new Surroundings(Network.unique())) {
            return surroundings.run(again());
        }
    }

    private List<String> again() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.weir.loadtest.Main"));
        command.addAll(spec.commandLine().getParseResult().originalArgs());
        return command;
    }

    // In the world of the nodes

    private int inside(List<Scenario> chosen, Network network) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        List<Result> results = new ArrayList<>();
        for (Scenario scenario : chosen) {
            err.println(scenario.id() + ": " + scenario.what());
            Result result = play(scenario, network);
            err.print(Text.rows(result));
            err.flush();
            results.add(result);
        }
        String text = Text.of(results);
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
        if (report != null) {
            Files.writeString(report, text);
        }
        return results.stream().allMatch(Result::passed) ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private Result play(Scenario scenario, Network network) throws IOException {
        network.heal();
        try (Sandbox sandbox = Sandbox.open()) {
            Checks checks;
            try (Lab lab = new Lab(network, weirJar.path(), sandbox)) {
                checks = lab.checks();
                try {
                    scenario.play().accept(lab);
                } catch (MeasurementException e) {
                    checks.add("played to its end", "yes", String.valueOf(e.getMessage()), false);
                }
            }
            keepLogs(scenario, sandbox);
            return new Result(scenario, checks.all());
        }
    }

    private void keepLogs(Scenario scenario, Sandbox sandbox) throws IOException {
        if (logs == null) {
            return;
        }
        Files.createDirectories(logs);
        for (int node : Network.NUMBERS) {
            Path log = sandbox.output("node-" + node);
            if (Files.exists(log)) {
                Files.writeString(logs.resolve(scenario.id() + "-node-" + node + ".log"), Files.readString(log));
            }
        }
    }
}
