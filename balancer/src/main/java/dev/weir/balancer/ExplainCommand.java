package dev.weir.balancer;

import dev.weir.balancer.doctor.AdminPort;
import dev.weir.balancer.failure.IncidentId;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
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
    private static final Duration ANSWER = Duration.ofSeconds(10);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "ID",
            description = "The X-Incident-Id of a response, or an incident's id. None: lists the open incidents.")
    private @Nullable String text;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8081",
            showDefaultValue = Visibility.ALWAYS,
            description = "The balancer's admin port.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private URI admin;

    @Option(names = "--json", description = "Prints the balancer's answer as it is.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        String id = id();
        checkAdmin();
        AdminPort.Reply reply = get(id == null ? "" : "/" + id);
        if (reply.status() == 404 && id != null && reply.body().startsWith("nothing is known of " + id)) {
            spec.commandLine().getErr().println("weir: " + printable(reply.body()));
            return CommandLine.ExitCode.SOFTWARE;
        }
        if (reply.status() != 200) {
            throw new IOException(admin + " answered " + reply.status() + ": is that the admin port of a balancer?");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? reply.body() : words(reply.body(), id));
        out.flush();
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

    private void checkAdmin() {
        boolean bare = admin.getPath() == null
                || admin.getPath().isEmpty()
                || admin.getPath().equals("/");
        if (!"http".equals(admin.getScheme())
                || admin.getHost() == null
                || !bare
                || admin.getQuery() != null
                || admin.getFragment() != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--admin \"" + printable(admin.toString()) + "\": expected http://HOST:PORT, such as"
                            + " http://127.0.0.1:8081");
        }
    }

    private AdminPort.Reply get(String path) throws IOException, InterruptedException {
        try {
            return new AdminPort(admin, ANSWER).get("/api/incidents" + path);
        } catch (IOException e) {
            throw new IOException(
                    "no answer from " + admin + " (" + e.getMessage() + "): is the balancer running, and is that its"
                            + " admin.address? --admin names another",
                    e);
        }
    }

    private String words(String body, @Nullable String id) throws IOException {
        try {
            JsonObject answer = new JsonObject(body);
            return id == null ? ExplainText.list(answer) : ExplainText.one(answer);
        } catch (DecodeException | ClassCastException | NullPointerException e) {
            throw new IOException(admin + " did not answer like the admin port of this version's balancer", e);
        }
    }

    private static String printable(String outside) {
        return ExplainText.printable(outside.strip());
    }
}
