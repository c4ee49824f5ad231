package dev.weir.balancer;

import dev.weir.balancer.config.DurationText;
import dev.weir.balancer.incident.Amount;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "drain",
        description = "Gives a backend no more requests; what is in flight there ends. `weir enable` takes it back.",
        footer = {"", "Exit codes: 0 done, 1 not done, or requests left in flight after --timeout, 2 wrong usage."})
final class DrainCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 250;

    /** An event loop may just have picked the backend when it was drained: nothing in flight counts only if it stays so. */
    private static final int LOOKS = 2;

    /** In a cluster, until the other nodes have heard of it as well, and told what they have in flight. */
    private static final int LOOKS_AT_ALL = 5;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private BackendTarget target;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private AdminOption admin;

    @Option(
            names = "--wait",
            description =
                    "Waits until nothing is in flight there, of this balancer and of the other nodes that it hears.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5m",
            showDefaultValue = Visibility.ALWAYS,
            description = "How long --wait waits at most, such as 30s or 1h.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private String timeout;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Duration patience = patience();
        target.change(admin, "admin", new JsonObject().put("admin", "draining"), state -> "is draining");
        if (!wait) {
            return CommandLine.ExitCode.OK;
        }
        long begin = System.nanoTime();
        int left = left(begin, patience);
        if (left > 0) {
            throw new IOException(Amount.count(left, "request") + " still in flight at " + target + " after " + timeout
                    + "; it is draining all the same");
        }
        spec.commandLine().getErr().println("nothing in flight at " + target + " any more");
        spec.commandLine().getErr().flush();
        return CommandLine.ExitCode.OK;
    }

    private Duration patience() {
        try {
            return DurationText.parse(timeout, "1ms", "24h");
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--timeout: " + e.getMessage(), e);
        }
    }

    /** @return requests in flight at the end */
    private int left(long beginNanos, Duration patience) throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        int quiet = 0;
        while (true) {
            BackendTarget.InFlight inFlight = target.inFlight(admin);
            quiet = inFlight.requests() == 0 ? quiet + 1 : 0;
            if (quiet >= (inFlight.cluster() ? LOOKS_AT_ALL : LOOKS)) {
                return 0;
            }
            if (System.nanoTime() - beginNanos > patience.toNanos() && inFlight.requests() > 0) {
                return inFlight.requests();
            }
            never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
