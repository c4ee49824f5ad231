package dev.weir.loadtest.keepalive;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Template;
import dev.weir.loadtest.process.WeirJar;
import dev.weir.loadtest.sidebyside.HaProxy;
import dev.weir.loadtest.sidebyside.Nginx;
import dev.weir.loadtest.sidebyside.Peer;
import dev.weir.loadtest.sidebyside.Weir;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Arguments, and what comes of them. */
@Command(
        name = "keep-alive-race",
        description = {
            "Counts what clients see when backends close idle connections just as they are reused.",
            "Weir, nginx and HAProxy, one after the other, with backends that close after --idle; GET and POST mixed,",
            "after random pauses, most of which end when backends are about to close."
        },
        showDefaultValues = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:no client of Weir saw a failure", "1:some did, or it could not be measured", "2:bad usage"})
public final class KeepAliveRaceCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(names = "--requests", paramLabel = "N", description = "For each proxy.", defaultValue = "100000")
    private int requests;

    @Option(
            names = "--clients",
            paramLabel = "N",
            description = "Clients that come together; a round takes about as long as --idle.",
            defaultValue = "200")
    private int clients;

    @Option(
            names = "--idle",
            paramLabel = "MS",
            description = "Milliseconds after which backends close.",
            defaultValue = "1000")
    private int idleMillis;

    @Option(names = "--seed", paramLabel = "N", description = "Of pauses and methods.", defaultValue = "1")
    private long seed;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            split = ",",
            description = "Proxies, in this order.",
            defaultValue = "weir,nginx,haproxy")
    private List<String> only = List.of();

    @Mixin
    private final WeirJar weirJar = new WeirJar();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        require(requests >= 1 && requests <= 100_000_000, "--requests", requests, "1 to 100000000");
        require(clients >= 1 && clients <= 1000, "--clients", clients, "1 to 1000");
        require(idleMillis >= 100 && idleMillis <= 60_000, "--idle", idleMillis, "100 to 60000");
        require(new LinkedHashSet<>(only).size() == only.size(), "--only", only, "each name once");
        Load load = new Load(requests, clients, Duration.ofMillis(idleMillis), seed);
        try {
            List<Result> results = new KeepAliveRace(load, err::println)
                    .run(only.stream().map(this::peer).toList());
            out.print(ResultText.of(load, results));
            out.flush();
            boolean seen = results.stream()
                    .anyMatch(result ->
                            result.proxy().equals(Weir.NAME) && result.tally().failed() > 0);
            return seen ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
        } catch (MeasurementException e) {
            err.println("Not measured: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private Peer peer(String name) {
        return switch (name) {
            case Weir.NAME -> new Weir(weirJar.path(), List.of(), Template.resource(Weir.class, "weir.yaml"));
            case Nginx.NAME -> new Nginx();
            case HaProxy.NAME -> new HaProxy();
            default -> throw bad("--only", name, "weir, nginx, haproxy");
        };
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
