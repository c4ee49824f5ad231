package dev.weir.balancer.backend;

import java.util.Arrays;

/**
 * After which idle time a backend closes a connection, as far as can be told from watching it. Immutable.
 *
 * <p>Two answers, for two kinds of mistake. {@link #likelyNanos} is a low quantile of the last few closings, so that a restart,
 * which closes connections of any age, hardly moves it. {@link #lowNanos} falls at once with every earlier closing, and rises
 * only after several connections have lived longer: it is for requests that must not meet a closing at all.
 */
final class IdleEstimate {
    static final IdleEstimate UNKNOWN = new IdleEstimate(new long[0], 0, 0, false, 0, Long.MAX_VALUE);

    /** Closings that are remembered. */
    private static final int REMEMBERED = 8;

    /** Fewer closings than this may all be of one restart. */
    private static final int ENOUGH = 3;

    /** Connections in a row that have to live longer before an early closing is taken for an accident. */
    private static final int REFUTING = 8;

    /** What closes within this time (100 ms) of each other closes for one reason; the oldest connection tells it best. */
    private static final long BURST_NANOS = 100_000_000;

    private final long[] closings;
    private final long burstBeganNanos;
    private final long lowNanos;
    private final boolean closeSeen;
    private final int longer;
    private final long leastLongerNanos;

    private IdleEstimate(
            long[] closings,
            long burstBeganNanos,
            long lowNanos,
            boolean closeSeen,
            int longer,
            long leastLongerNanos) {
        this.closings = closings;
        this.burstBeganNanos = burstBeganNanos;
        this.lowNanos = lowNanos;
        this.closeSeen = closeSeen;
        this.longer = longer;
        this.leastLongerNanos = leastLongerNanos;
    }

    /** The backend closed a connection. */
    IdleEstimate closed(long idleNanos, long nowNanos) {
        boolean sameBurst = closings.length > 0 && nowNanos - burstBeganNanos < BURST_NANOS;
        IdleEstimate counted = new IdleEstimate(
                sameBurst ? withLastAtLeast(idleNanos) : with(idleNanos),
                sameBurst ? burstBeganNanos : nowNanos,
                lowNanos,
                closeSeen,
                longer,
                leastLongerNanos);
        if (!closeSeen || idleNanos < lowNanos) {
            return counted.low(idleNanos, true);
        }
        return isNearLow(idleNanos) ? counted.low(lowNanos, true) : counted.livedLonger(idleNanos);
    }

    /** A connection was idle for so long and still there. */
    IdleEstimate survived(long idleNanos) {
        if (idleNanos <= lowNanos) {
            return this;
        }
        return closeSeen ? livedLonger(idleNanos) : low(idleNanos, false);
    }

    /** A connection was not closed by the backend for as long as anybody would wait: a closing too late to see. */
    IdleEstimate outlived(long idleNanos, long nowNanos) {
        IdleEstimate counted = closings.length == 0
                ? this
                : new IdleEstimate(with(idleNanos), nowNanos, lowNanos, closeSeen, longer, leastLongerNanos);
        return counted.survived(idleNanos);
    }

    /** When the backend usually closes; {@link Long#MAX_VALUE}: not known. */
    long likelyNanos() {
        int count = closings.length;
        if (count < ENOUGH) {
            return Long.MAX_VALUE;
        }
        long[] sorted = closings.clone();
        Arrays.sort(sorted);
        return sorted[Math.max(1, count / 4)];
    }

    /** Up to which idle time nothing speaks against a connection; 0: nothing is known. */
    long lowNanos() {
        return lowNanos;
    }

    /** Whether the backend was ever seen to close an idle connection. */
    boolean closeSeen() {
        return closeSeen;
    }

    private boolean isNearLow(long idleNanos) {
        return idleNanos - lowNanos <= lowNanos / 4;
    }

    private IdleEstimate livedLonger(long idleNanos) {
        long least = Math.min(leastLongerNanos, idleNanos);
        return longer + 1 < REFUTING
                ? new IdleEstimate(closings, burstBeganNanos, lowNanos, closeSeen, longer + 1, least)
                : low(least, closeSeen);
    }

    private IdleEstimate low(long nanos, boolean seen) {
        return new IdleEstimate(closings, burstBeganNanos, nanos, seen, 0, Long.MAX_VALUE);
    }

    private long[] with(long idleNanos) {
        int from = closings.length == REMEMBERED ? 1 : 0;
        long[] more = Arrays.copyOfRange(closings, from, closings.length + 1);
        more[more.length - 1] = idleNanos;
        return more;
    }

    private long[] withLastAtLeast(long idleNanos) {
        long[] same = closings.clone();
        same[same.length - 1] = Math.max(same[same.length - 1], idleNanos);
        return same;
    }
}
