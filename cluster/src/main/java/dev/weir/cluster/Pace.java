package dev.weir.cluster;

import java.time.Duration;

/**
 * How often, how long, and how much a node speaks.
 *
 * @param tick what changed is told this often, at most
 * @param heartbeat a node speaks at least this often, whether anything changed or not; so often only, if more changes than it
 *     may tell
 * @param lease a node that did not speak for so long is gone
 * @param minFull time between two times that all is told, at least
 * @param maxFull and at most; drawn anew each time
 * @param bytesPerSecond what one node may send in all, to all others together. One tick may take {@value #MIN_TICK_BYTES}
 *     bytes to each, whatever this says
 */
public record Pace(
        Duration tick, Duration heartbeat, Duration lease, Duration minFull, Duration maxFull, int bytesPerSecond) {
    /** The largest things fit in, together. */
    static final int MIN_TICK_BYTES = 16 * 1024;

    /** Ticks of 100 ms, which are 250 ms when there is nothing or too much to tell; 4 MiB/s. */
    public static final Pace DEFAULT = new Pace(
            Duration.ofMillis(100),
            Duration.ofMillis(250),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            4 * 1024 * 1024);

    public Pace {
        require("tick", tick, Duration.ofMillis(1), heartbeat);
        require("heartbeat", heartbeat, tick, Duration.ofMillis(Wire.MAX_HEARTBEAT_MILLIS));
        require("lease", lease, heartbeat.multipliedBy(3), Duration.ofMillis(Wire.MAX_LEASE_MILLIS));
        require("minFull", minFull, tick, maxFull);
        require("maxFull", maxFull, minFull, Duration.ofHours(1));
        if (bytesPerSecond < MIN_TICK_BYTES) {
            throw new IllegalArgumentException(
                    "bytesPerSecond: " + bytesPerSecond + " (expected: at least " + MIN_TICK_BYTES + ")");
        }
    }

    private static void require(String name, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + ": " + value.toMillis() + " ms (expected: " + min.toMillis()
                    + " to " + max.toMillis() + " ms)");
        }
    }
}
