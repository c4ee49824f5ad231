package dev.weir.balancer;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "enable",
        description = "Takes `weir drain` or `weir disable` back: the backend gets requests again, if it is well.",
        footer = {"", "Exit codes: 0 done, 1 not done, 2 wrong usage."})
final class EnableCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private BackendTarget target;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private AdminOption admin;

    @Override
    public Integer call() throws IOException, InterruptedException {
        target.change(admin, "admin", null, state -> "is enabled");
        return CommandLine.ExitCode.OK;
    }
}
