package dev.weir.cluster;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for what is going to be true, and no longer. */
final class Await {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Await() {}

    /** @return the first value that is not null */
    public static <T> T until(Supplier<@Nullable T> value, String what) {
        return until(PATIENCE, value, () -> what);
    }

    /** @return the first value that is not null */
    public static <T> T until(Duration patience, Supplier<@Nullable T> value, Supplier<String> what) {
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

    public static void untilTrue(Supplier<Boolean> condition, String what) {
        until(() -> condition.get() ? true : null, what);
    }

    /** Lets time pass, where a test is about time passing. */
    public static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** @return whether it came to zero within the time */
    public static boolean happened(CountDownLatch latch, Duration time) {
        try {
            return latch.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
