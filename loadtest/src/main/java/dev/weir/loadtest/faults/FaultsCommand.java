package dev.weir.loadtest.faults;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Arguments, and what comes of them. */
@Command(
        name = "faults",
        description = {
            "Starts backends that misbehave, each in one way, on one port each, until it is stopped (Ctrl-C).",
            "Point a load balancer at them and see what it makes of it."
        },
        showDefaultValues = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:printed what was asked for", "1:could not start, or could not go on", "2:bad usage"})
public final class FaultsCommand implements Callable<Integer> {
    private static final int HIGHEST_PORT = 65535;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Parameters(
            paramLabel = "ID",
            description = "Faults to start, as --list names them. Default: all.",
            showDefaultValue = CommandLine.Help.Visibility.NEVER)
    private List<String> ids = List.of();

    @ArgGroup(multiplicity = "0..1")
    private @Nullable Printing printing;

    /** What to print instead of starting anything. */
    private static final class Printing {
        @Option(names = "--list", description = "Print the faults and start none.")
        private boolean list;

        @Option(
                names = "--print-config",
                description = "Print a configuration for the load balancer, with a pool and a path for each fault, and"
                        + " start none.")
        private boolean config;
    }

    @Option(names = "--json", description = "Print faults as JSON.")
    private boolean json;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "To listen on. Faults that are about addresses listen on 127.0.0.x all the same.",
            defaultValue = "127.0.0.1")
    private String host = "";

    @Option(
            names = "--port-base",
            paramLabel = "PORT",
            description = "Port of the first fault; the others follow. 0: any that are free.",
            defaultValue = "9100")
    private int portBase;

    @Option(
            names = "--dns-port",
            paramLabel = "PORT",
            description = "UDP port of the name server, for faults of names. 0: any that is free.",
            defaultValue = "9053")
    private int dnsPort;

    @ArgGroup(multiplicity = "0..1")
    private @Nullable Occasions occasions;

    /** When faults show. */
    private static final class Occasions {
        @Option(names = "--once", description = "Each fault shows once; after that all is well.")
        private boolean once;

        @Option(names = "--every", paramLabel = "N", description = "Each fault shows at every Nth occasion.")
        private int every;
    }

    @Option(
            names = "--after",
            paramLabel = "SECONDS",
            description = "All is well for so long; then the faults begin.",
            defaultValue = "0")
    private int afterSeconds;

    @Option(
            names = "--with-healthy",
            description =
                    "One more backend, on the last port, that does nothing wrong; --print-config puts it into every"
                            + " pool.")
    private boolean withHealthy;

    @Override
    public Integer call() {
        Plan plan = plan();
        PrintWriter out = spec.commandLine().getOut();
        if (printing != null && printing.list) {
            out.print(json ? FaultTable.json(plan.faults(), null) : FaultTable.text(plan.faults()));
            out.flush();
            return ExitCode.OK;
        }
        if (printing != null && printing.config) {
            require(!json, "--json", "with --print-config", "no --json: the configuration is YAML");
            require(portBase > 0, "--port-base", 0, "a port, since the configuration has to name it");
            require(dnsPort > 0, "--dns-port", 0, "a port, since the configuration has to name it");
            out.print(new BalancerConfiguration(plan).text());
            out.flush();
            return ExitCode.OK;
        }
        return run(plan, out, spec.commandLine().getErr());
    }

    private int run(Plan plan, PrintWriter out, PrintWriter err) {
        CountDownLatch stopped = new CountDownLatch(1);
        try (RunningFaults running = RunningFaults.start(plan)) {
            Thread hook = new Thread(running::close, "faults-end");
            Runtime.getRuntime().addShutdownHook(hook);
            out.print(json ? FaultTable.json(plan.faults(), running) : FaultTable.text(running));
            out.flush();
            tellOfLastingFaults(plan, err);
            if (afterSeconds > 0) {
                running.heal();
                err.println("All is well for " + afterSeconds + " s.");
                err.flush();
                stopped.await(afterSeconds, TimeUnit.SECONDS);
                running.breakAgain();
                err.println("The faults begin.");
                err.flush();
            }
            stopped.await(); // ends with the process
            return ExitCode.OK;
        } catch (IOException e) {
            err.println("Not started: " + e.getMessage());
            return ExitCode.SOFTWARE;
        } catch (UncheckedIOException e) { // somebody else listens there by now
            err.println("Ended: " + e.getMessage());
            return ExitCode.SOFTWARE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.SOFTWARE;
        }
    }

    private static void tellOfLastingFaults(Plan plan, PrintWriter err) {
        List<String> lasting = plan.faults().stream()
                .filter(fault -> !plan.modeOf(fault).equals(plan.mode()))
                .map(Fault::id)
                .toList();
        if (!lasting.isEmpty()) {
            err.println("These know no single occasions, and last: " + String.join(", ", lasting));
            err.flush();
        }
    }

    private Plan plan() {
        List<Fault> faults = faults();
        require(portBase >= 0 && portBase <= HIGHEST_PORT, "--port-base", portBase, "0 to " + HIGHEST_PORT);
        require(
                portBase + faults.size() - 1 <= HIGHEST_PORT,
                "--port-base",
                portBase,
                "at most " + (HIGHEST_PORT - faults.size() + 1) + " for " + faults.size() + " backends");
        require(dnsPort >= 0 && dnsPort <= HIGHEST_PORT, "--dns-port", dnsPort, "0 to " + HIGHEST_PORT);
        require(afterSeconds >= 0 && afterSeconds <= 86_400, "--after", afterSeconds, "0 to 86400");
        require(isLiteral(host), "--host", host, "an address as a literal, such as 127.0.0.1 or ::1");
        return new Plan(faults, host, portBase, dnsPort, mode());
    }

    private List<Fault> faults() {
        List<Fault> faults = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String id : ids) {
            require(seen.add(id), "fault", id, "each once");
            try {
                faults.add(Faults.get(id));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), e.getMessage(), e);
            }
        }
        if (ids.isEmpty()) {
            faults.addAll(Faults.all());
        }
        if (withHealthy && !faults.contains(Faults.healthy())) {
            faults.add(Faults.healthy());
        }
        return faults;
    }

    private Mode mode() {
        if (occasions == null) {
            return Mode.ALWAYS;
        }
        if (occasions.once) {
            return Mode.ONCE;
        }
        require(occasions.every >= 1, "--every", occasions.every, "1 or more");
        return Mode.everyNth(occasions.every);
    }

    private static boolean isLiteral(String host) {
        try {
            InetAddress.ofLiteral(host);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void require(boolean condition, String what, Object value, String expected) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), what + ": " + value + " (expected: " + expected + ")");
        }
    }
}
