package dev.weir.balancer.backend;

import java.util.concurrent.TimeUnit;

/**
 * Something that was seen of the way to a backend, and until when that may be believed: ways come back, and whoever gets no traffic
 * for the lack of one has to be tried again.
 *
 * <p>Writers are event loops; thread-safe, but for one of several that write at the same time, which may be lost.
 */
final class Sighting {
    private static final long BELIEVED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private volatile boolean ever;
    private volatile long firstNanos;
    private volatile long lastNanos;

    /** @param answers of the backend: who answers can be reached */
    void saw(long nowNanos, PeakEwma answers) {
        if (!holds(nowNanos, answers)) {
            firstNanos = nowNanos;
        }
        lastNanos = nowNanos;
        ever = true;
    }

    /** Whether it was seen not long ago, and the backend has not answered since. */
    boolean holds(long nowNanos, PeakEwma answers) {
        long last = lastNanos;
        return ever && nowNanos - last < BELIEVED_NANOS && !answers.sampledAfter(last);
    }

    /** When the row of them began, if {@linkplain #holds it holds}. */
    long firstNanos() {
        return firstNanos;
    }

    void forget() {
        ever = false;
    }
}
