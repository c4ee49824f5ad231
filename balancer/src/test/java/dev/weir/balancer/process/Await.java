package dev.weir.balancer.process;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for what is going to be true, and no longer. */
final class Await {
    private Await() {}

    /** @return the first value that is not null */
    static <T> T until(Duration patience, Supplier<@Nullable T> value, Supplier<String> what) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            T got = value.get();
            if (got != null) {
                return got;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + patience + ": " + what.get());
            }
            LockSupport.parkNanos(5_000_000);
        }
    }
}
