package dev.weir.balancer.peers;

import dev.weir.balancer.backend.BackendStats;
import java.util.concurrent.TimeUnit;

/**
 * How many requests this node could have under way at one backend: the most of the last two to four seconds, so that it does not
 * give away between two requests what the next one needs. Not thread-safe.
 */
final class Need {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final BackendStats stats;
    private final int most;
    private long waits;
    private long windowNanos;
    private int before;
    private int now;

    /** @param most that this node may have in any case; 0: no limit */
    Need(BackendStats stats, int most, long nowNanos) {
        this.stats = stats;
        this.most = most;
        this.waits = stats.waits();
        this.windowNanos = nowNanos;
    }

    /** Looks again. To be called several times a second. */
    void look(long nowNanos) {
        long elapsed = nowNanos - windowNanos;
        if (elapsed >= WINDOW_NANOS) {
            before = elapsed < 2 * WINDOW_NANOS ? now : 0;
            now = 0;
            windowNanos = nowNanos;
        }
        now = Math.max(now, atPresent());
    }

    /** Waits may have been too short to be seen: then a quarter more is needed, so that traffic can grow without waiting again. */
    private int atPresent() {
        long all = stats.waits();
        boolean waited = all != waits;
        waits = all;
        int inFlight = stats.inFlight();
        int need = inFlight + Math.max(stats.waiting(), waited ? 1 + inFlight / 4 : 0);
        return most == 0 ? need : Math.min(need, most);
    }

    int most() {
        return Math.max(before, now);
    }
}
