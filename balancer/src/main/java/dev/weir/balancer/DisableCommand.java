package dev.weir.balancer;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "disable",
        description =
                "Leaves a backend alone: as `weir drain`, and it is not even checked. `weir enable` takes it back.",
        footer = {"", "Exit codes: 0 done, 1 not done, 2 wrong usage."})
final class DisableCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private BackendTarget target;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private AdminOption admin;

    @Override
    public Integer call() throws IOException, InterruptedException {
        target.change(admin, "admin", new JsonObject().put("admin", "disabled"), state -> "is disabled");
        return CommandLine.ExitCode.OK;
    }
}
