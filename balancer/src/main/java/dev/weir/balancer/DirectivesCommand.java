package dev.weir.balancer;

import dev.weir.balancer.doctor.AdminPort;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "directives",
        description = "Lists what operators asked for: drained and disabled backends, weights, closed pools.",
        footer = {"", "Exit codes: 0 listed, 1 no balancer there, 2 wrong usage."})
final class DirectivesCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Prints the balancer's answer as it is.")
    private boolean json;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private AdminOption admin;

    @Override
    public Integer call() throws IOException, InterruptedException {
        AdminPort.Reply reply = admin.get("/api/directives");
        if (reply.status() != 200) {
            throw admin.strange(reply);
        }
        admin.print(json ? reply.body() : admin.read(reply.body(), DirectivesCommand::words));
        return CommandLine.ExitCode.OK;
    }

    private static String words(JsonObject answer) {
        String lines = answer.getJsonArray("directives").stream()
                .map(each -> line((JsonObject) each) + "\n")
                .collect(Collectors.joining());
        return lines.isEmpty() ? "none: everything is as configured\n" : lines;
    }

    private static String line(JsonObject directive) {
        String backend = directive.getString("backend");
        String line = directive.getString("since") + "  pool " + directive.getString("pool")
                + (backend == null ? "" : ": " + backend) + " " + what(directive)
                + (directive.getBoolean("known") ? "" : " (unknown to this node)");
        return ExplainText.printable(line);
    }

    private static String what(JsonObject directive) {
        String admin = directive.getString("admin");
        Integer weight = directive.getInteger("weight");
        if (admin != null) {
            return "is " + admin;
        }
        return weight != null ? "has weight " + weight : "is closed" + closed(directive.getJsonObject("maintenance"));
    }

    private static String closed(JsonObject maintenance) {
        @Nullable String until = maintenance.getString("until");
        return (until == null ? "" : " until " + until) + ": " + maintenance.getString("message");
    }
}
