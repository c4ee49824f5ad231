package dev.weir.balancer;

import dev.weir.balancer.config.DurationText;
import dev.weir.balancer.failure.Maintenance;
import dev.weir.balancer.incident.Amount;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
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
        name = "maintenance",
        description =
                "Closes a pool: its clients get 503 with a message, its backends no requests. --off opens it again.",
        footer = {"", "Exit codes: 0 done, 1 not done, 2 wrong usage."})
final class MaintenanceCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "POOL", description = "As the configuration names it.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private String pool;

    @Parameters(index = "1", arity = "0..1", paramLabel = "MESSAGE", description = "For clients: one line of text.")
    private @Nullable String message;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description =
                    "When it should be over, for clients: 2030-01-31T12:00:00Z, or 90m from now. It ends nothing.")
    private @Nullable String until;

    @Option(names = "--off", description = "Opens the pool again.")
    private boolean off;

    @Option(names = "--json", description = "Prints the balancer's answer as it is.")
    private boolean json;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private AdminOption admin;

    @Override
    public Integer call() throws IOException, InterruptedException {
        JsonObject body = off ? null : body();
        if (off && (message != null || until != null)) {
            throw new ParameterException(spec.commandLine(), "--off takes neither a message nor --until");
        }
        String path = "/api/pools/" + BackendTarget.encoded(pool) + "/maintenance";
        String answer = admin.change(off ? "DELETE" : "PUT", path, body);
        admin.print(json ? answer : admin.read(answer, this::words));
        if (admin.read(answer, state -> state).getValue("warning") instanceof String warning) {
            admin.warn(ExplainText.printable(warning));
        }
        return CommandLine.ExitCode.OK;
    }

    private JsonObject body() {
        if (message == null) {
            throw new ParameterException(spec.commandLine(), "expected a message for clients, or --off");
        }
        String problem = Maintenance.check(message);
        if (problem != null) {
            throw new ParameterException(spec.commandLine(), "the message " + problem);
        }
        JsonObject body = new JsonObject().put("message", message);
        return until == null ? body : body.put("until", moment(until));
    }

    private String moment(String text) {
        Instant moment;
        try {
            moment = text.indexOf('T') < 0
                    ? Instant.now()
                            .plus(DurationText.parse(text, "1m", "8760h"))
                            .truncatedTo(ChronoUnit.SECONDS)
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--until \"" + ExplainText.printable(text)
                            + "\": expected a moment such as 2030-01-31T12:00:00Z, or a time from now such as 90m",
                    e);
        }
        return moment.toString();
    }

    private String words(JsonObject state) {
        JsonObject now = state.getJsonObject("maintenance");
        String line = "pool " + state.getString("pool") + " ";
        if (now == null) {
            line += "is open; " + Amount.count(state.getInteger("eligible_backends"), "backend") + " in use";
        } else if (now.getString("message") == null) {
            line += "is open, but has no backend";
        } else {
            String end = now.getString("until");
            line += "is closed: clients get 503" + (end == null ? "" : ", are told to come back at " + end)
                    + ", and read: " + now.getString("message");
        }
        return ExplainText.printable(line) + "\n";
    }
}
