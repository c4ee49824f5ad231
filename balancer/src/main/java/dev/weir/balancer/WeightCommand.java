package dev.weir.balancer;

import dev.weir.balancer.backend.BackendState;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "weight",
        description = "Gives a backend another weight than the configured one. 0: no new clients; sticky ones stay.",
        footer = {"", "Exit codes: 0 done, 1 not done, 2 wrong usage."})
final class WeightCommand implements Callable<Integer> {
    private static final String CONFIGURED = "configured";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private BackendTarget target;

    @Parameters(index = "1", paramLabel = "N", description = "0 to 1000, or `configured`: as the configuration says.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private String weight;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private AdminOption admin;

    @Override
    public Integer call() throws IOException, InterruptedException {
        JsonObject body = weight.equals(CONFIGURED) ? null : new JsonObject().put("weight", number());
        target.change(
                admin,
                "weight",
                body,
                state -> "has weight " + state.getInteger("weight") + " (configured: "
                        + state.getInteger("configured_weight") + ")");
        return CommandLine.ExitCode.OK;
    }

    private int number() {
        int number = weight.matches("[0-9]{1,4}") ? Integer.parseInt(weight) : -1;
        if (number < 0 || number > BackendState.MAX_WEIGHT) {
            throw new ParameterException(
                    spec.commandLine(),
                    "\"" + ExplainText.printable(weight) + "\" is no weight; expected 0 to " + BackendState.MAX_WEIGHT
                            + ", or " + CONFIGURED);
        }
        return number;
    }
}
