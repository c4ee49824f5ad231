package dev.weir.loadtest.process;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another process or thread brings about. */
public final class Deadline {
    private Deadline() {}

    /** @return whether it came true in time */
    public static boolean await(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            Pause.brief();
        }
        return true;
    }

    /** @return empty if nothing came in time */
    public static <T> Optional<T> awaitValue(Duration limit, Supplier<Optional<T>> source) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> value = source.get();
            if (value.isPresent() || System.nanoTime() - end > 0) {
                return value;
            }
            Pause.brief();
        }
    }
}
