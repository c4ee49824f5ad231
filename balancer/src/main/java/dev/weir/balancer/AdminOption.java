package dev.weir.balancer;

import dev.weir.balancer.doctor.AdminPort;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The running balancer that a command speaks to. */
final class AdminOption {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int MOST_SHOWN = 4_096;

    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli before the command is called
    private CommandSpec spec;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8081",
            showDefaultValue = Visibility.ALWAYS,
            description = "The balancer's admin port.")
    @SuppressWarnings("NullAway.Init") // set by picocli before the command is called
    private URI admin;

    /** @throws ParameterException if the URL is none */
    AdminPort.Reply get(String path) throws IOException, InterruptedException {
        return send("GET", path, null);
    }

    /**
     * @param body null: none
     * @throws ParameterException if the URL is none
     * @throws IOException if there is no answer; the message is for users
     */
    AdminPort.Reply send(String method, String path, @Nullable JsonObject body)
            throws IOException, InterruptedException {
        check();
        try {
            return new AdminPort(admin, ANSWER).send(method, path, body == null ? null : body.encode());
        } catch (IOException e) {
            throw new IOException(
                    "no answer from " + admin + " (" + e.getMessage() + "): is the balancer running, and is that its"
                            + " admin.address? --admin names another",
                    e);
        }
    }

    private void check() {
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
                    "--admin \"" + ExplainText.printable(admin.toString()) + "\": expected http://HOST:PORT, such as"
                            + " http://127.0.0.1:8081");
        }
    }

    /**
     * Asks for a change.
     *
     * @param body null: none
     * @return the balancer's answer, of JSON
     * @throws IOException if it refuses, or does not answer; the message is for users
     */
    String change(String method, String path, @Nullable JsonObject body) throws IOException, InterruptedException {
        AdminPort.Reply reply = send(method, path, body);
        if (reply.status() == 200) {
            return reply.body();
        }
        boolean refused = reply.status() >= 400 && reply.status() < 500;
        boolean explained = (refused || reply.status() == 503)
                && reply.body().length() < MOST_SHOWN
                && !reply.body().startsWith("<"); // HTML is some other server's
        throw explained
                ? new IOException(admin + " refused: "
                        + ExplainText.printable(reply.body().strip()))
                : strange(reply);
    }

    /** Of an answer that cannot be that of an admin port. */
    IOException strange(AdminPort.Reply reply) {
        return new IOException(admin + " answered " + reply.status() + ": is that the admin port of a balancer?");
    }

    /** Reads an answer of JSON. */
    <T> T read(String body, Function<JsonObject, T> reader) throws IOException {
        try {
            return reader.apply(new JsonObject(body));
        } catch (DecodeException | ClassCastException | NullPointerException e) {
            throw new IOException(admin + " did not answer like the admin port of this version's balancer", e);
        }
    }

    @Override
    public String toString() {
        return admin.toString();
    }

    void print(String text) {
        CommandLine command = spec.commandLine();
        command.getOut().print(text);
        command.getOut().flush();
    }

    /** To standard error. */
    void warn(String line) {
        CommandLine command = spec.commandLine();
        command.getErr().println("warning: " + line);
        command.getErr().flush();
    }
}
