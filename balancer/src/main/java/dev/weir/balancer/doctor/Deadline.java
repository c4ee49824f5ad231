package dev.weir.balancer.doctor;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A point in time until which something has to be done. */
final class Deadline {
    private final LongSupplier nanoClock;
    private final long atNanos;

    private Deadline(LongSupplier nanoClock, long atNanos) {
        this.nanoClock = nanoClock;
        this.atNanos = atNanos;
    }

    static Deadline in(Duration duration, LongSupplier nanoClock) {
        return new Deadline(nanoClock, nanoClock.getAsLong() + duration.toNanos());
    }

    /** This one, but no later than another. */
    Deadline within(Deadline other) {
        return other.leftNanos() < leftNanos() ? other : this;
    }

    boolean expired() {
        return leftNanos() <= 0;
    }

    /** At least 0. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, leftNanos()));
    }

    /** Rounded up, so that whoever waits that long has reached the deadline. */
    long leftMillis() {
        return Math.max(0, (leftNanos() + 999_999) / 1_000_000);
    }

    private long leftNanos() {
        return atNanos - nanoClock.getAsLong();
    }
}
