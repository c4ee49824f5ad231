package dev.weir.balancer;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the process alive until it is asked to end, and ends it in order. */
final class Lifetime {
    private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);

    private Lifetime() {}

    /** Waits for a result. Not for event loops. */
    static <T> T await(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /**
     * Waits for SIGTERM or SIGINT, stops, and ends the process: with 0 if all that was in flight could end, with 1 if not.
     * Never returns.
     *
     * @param patience longest time that a stop may take
     */
    static int untilSignal(Supplier<Future<Void>> stop, Duration patience) throws InterruptedException {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        // Left to itself, the JVM would end with 143 or 130, which looks like a failure.
                        () -> Runtime.getRuntime().halt(stop(stop, patience)), "stop"));
        new CountDownLatch(1).await();
        throw new AssertionError("nobody counts down");
    }

    private static int stop(Supplier<Future<Void>> stop, Duration patience) {
        try {
            stop.get().toCompletionStage().toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return 0;
        } catch (TimeoutException e) {
            LOG.error("not stopped after {} s: ending with requests in flight", patience.toSeconds());
        } catch (ExecutionException e) {
            LOG.error("stopping failed", e.getCause());
        } catch (InterruptedException e) {
            LOG.error("interrupted while stopping");
        }
        return 1;
    }
}
