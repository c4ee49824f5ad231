package dev.weir.balancer.backend;

import java.util.concurrent.TimeUnit;

/**
 * How far to believe what the other nodes said of a pool's load. Immutable.
 *
 * @param nodes that are there, this one included
 * @param asOfNanos when they said it, on this node's clock; of several nodes the mean
 * @param share this node's share of all requests in flight, lately; more than 0, at most 1
 * @param perNano requests that this node has begun at an average backend in a nanosecond, lately
 */
public record Hearsay(int nodes, long asOfNanos, double share, double perNano) {
    /** Up to this age it counts in full: two ticks at the slowest rate of four a second. */
    static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** From this age on it does not count at all. */
    static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * What its values are to be multiplied with.
     *
     * @return 1 while it is fresh, then falling to 0, so that nothing jumps when the others fall silent
     */
    public double trust(long nowNanos) {
        long age = nowNanos - asOfNanos;
        if (age <= FRESH_NANOS) {
            return 1;
        }
        return age >= STALE_NANOS ? 0 : (double) (STALE_NANOS - age) / (STALE_NANOS - FRESH_NANOS);
    }

    /**
     * What one request of any node counts where the own ones count 1 each: the share, as what this node sees happens to the others
     * as well.
     *
     * @param trust as {@link #trust} gives it; the less of it, the nearer to 1
     */
    public double one(double trust) {
        return 1 / (1 + trust * (1 / share - 1));
    }

    /** Requests that this node has begun at an average backend since. */
    public double begunSince(long nowNanos) {
        return perNano * Math.max(0, nowNanos - asOfNanos);
    }
}
