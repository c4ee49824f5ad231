package dev.weir.balancer;

import dev.weir.balancer.doctor.AdminPort;
import dev.weir.balancer.failure.IncidentId;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "explain",
        description = "Tells why a request failed and what to do about it, as a running balancer knows it.",
        footer = {"", "Exit codes: 0 found, 1 unknown or no balancer there, 2 wrong usage."})
final class ExplainCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "ID",
            description = "The X-Incident-Id of a response, or an incident's id. None: lists the open incidents.")
    private @Nullable String text;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private AdminOption admin;

    @Option(names = "--json", description = "Prints the balancer's answer as it is.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        String id = id();
        AdminPort.Reply reply = admin.get("/api/incidents" + (id == null ? "" : "/" + id));
        if (reply.status() == 404 && id != null && reply.body().startsWith("nothing is known of " + id)) {
            spec.commandLine().getErr().println("weir: " + printable(reply.body()));
            return CommandLine.ExitCode.SOFTWARE;
        }
        if (reply.status() != 200) {
            throw admin.strange(reply);
        }
        admin.print(json ? reply.body() : words(reply.body(), id));
        return CommandLine.ExitCode.OK;
    }

    private @Nullable String id() {
        if (text == null) {
            return null;
        }
        String id = IncidentId.parse(text);
        if (id == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "\"" + printable(text)
                            + "\" is no incident's id: it has 16 letters and digits, such as 1NG0C9M2X317RKTE");
        }
        return id;
    }

    private String words(String body, @Nullable String id) throws IOException {
        return admin.read(body, answer -> id == null ? ExplainText.list(answer) : ExplainText.one(answer));
    }

    private static String printable(String outside) {
        return ExplainText.printable(outside.strip());
    }
}
