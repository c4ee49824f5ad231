package dev.weir.balancer;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description =
                "Balances load over sample backends inside this process, one of them flaky and one broken on purpose.")
final class DemoCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A system property, for a parent that does not take its children along when it is ended, as Maven does not. */
    private static final String WITH_PARENT = "weir.demo.end-with-parent";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            defaultValue = "8080",
            showDefaultValue = Visibility.ALWAYS,
            description = "Where to listen; 0 takes a free port.")
    private int port;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            defaultValue = "8081",
            showDefaultValue = Visibility.ALWAYS,
            description = "Where metrics and states are; 0 takes a free port.")
    private int adminPort;

    @Override
    public Integer call() throws Exception {
        requirePort("--port", port);
        requirePort("--admin-port", adminPort);
        Demo demo;
        try {
            demo = Demo.start(port, adminPort);
        } catch (Exception e) {
            throw new IllegalStateException(e.getMessage() + "; --port and --admin-port choose other ports", e);
        }
        if (Boolean.getBoolean(WITH_PARENT)) {
            ProcessHandle.current().parent().ifPresent(DemoCommand::endWith);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(whatToTry(demo.port(), demo.adminPort()));
        out.flush();
        return Lifetime.untilSignal(demo::stop, PATIENCE);
    }

    private static void endWith(ProcessHandle parent) {
        parent.onExit().thenRun(() -> System.exit(CommandLine.ExitCode.OK));
    }

    private static String whatToTry(int port, int adminPort) {
        return """

            Sample backends, one of them flaky and one broken on purpose, behind http://localhost:%1$d
            In another terminal, try:

              curl http://localhost:%1$d/
                  red, green and flaky answer in turn

              for i in $(seq 30); do curl -s http://localhost:%1$d/; done
                  every third request to flaky fails, and you see none of it: another backend answers instead

              curl -s http://localhost:%2$d/metrics | grep weir_requests_saved
                  how many requests that was

              curl -i -X POST http://localhost:%1$d/pay
                  every other one fails: a backend of version v7 crashes on it, and a POST is not repeated

              java -jar balancer/target/weir.jar explain%3$s NUMBER
                  why, and what to do about it: NUMBER is the 502's X-Incident-Id; without one, all that goes wrong

              curl -i http://localhost:%1$d/dead
                  502: behind this path is nobody at all; in a browser, it is a page for people

              curl -s http://localhost:%2$d/api/pools
                  what the balancer thinks of its backends

            Below is the access log, one line for each request with every attempt. Ctrl-C ends the demo.

            """.formatted(port, adminPort, adminPort == 8081 ? "" : " --admin http://localhost:" + adminPort);
    }

    private void requirePort(String option, int number) {
        if (number < 0 || number > 65535) {
            throw new ParameterException(spec.commandLine(), option + ": " + number + "; expected 0 to 65535");
        }
    }
}
