package dev.weir.balancer.backend;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * What was learned of how a backend treats idle connections: after which time, and after how many requests, it closes them.
 * Whoever stays below has no request meet a connection that is just being closed.
 *
 * <p>Shared by all event loops; lock-free. Readers do one volatile read; observations are rare, and publish a new {@link Known}.
 */
public final class KeepAlive {
    /** What closes sooner after a response (100 ms) does not close because it was idle. */
    private static final long AT_ONCE_NANOS = 100_000_000;

    private final AtomicReference<Known> known =
            new AtomicReference<>(new Known(IdleEstimate.UNKNOWN, ExchangeEstimate.UNKNOWN));

    KeepAlive() {}

    /** What is known at this moment. */
    public Known known() {
        return known.get();
    }

    /**
     * The backend closed an idle connection, or one that had just been taken for another request.
     *
     * @param idleNanos since the end of its last response
     * @param exchanges that it had carried; at least 1
     */
    public void closed(long idleNanos, int exchanges, long nowNanos) {
        update(
                idleNanos < AT_ONCE_NANOS
                        ? now -> new Known(now.idle, now.exchanges.closed(exchanges, nowNanos))
                        : now -> new Known(now.idle.closed(idleNanos, nowNanos), now.exchanges));
    }

    /** A connection was idle for so long, and still there. To be told where it exceeds {@link Known#provedNanos}. */
    public Known survived(long idleNanos) {
        return update(now -> new Known(now.idle.survived(idleNanos), now.exchanges));
    }

    /** A connection was idle as long as the balancer allows, and still there. */
    public void outlived(long idleNanos, long nowNanos) {
        update(now -> new Known(now.idle.outlived(idleNanos, nowNanos), now.exchanges));
    }

    private Known update(UnaryOperator<Known> observation) {
        return known.updateAndGet(observation);
    }

    /** One state of knowledge. Immutable. */
    public static final class Known {
        /**
         * Connections that were idle no longer than this (250 ms) serve any request of a backend of which nothing is known:
         * servers that close sooner are rare, and the traffic of a busy balancer comes much closer together. What was seen to close
         * sooner is believed.
         */
        private static final long FLOOR_NANOS = 250_000_000;

        private final IdleEstimate idle;
        private final ExchangeEstimate exchanges;
        private final long reusableNanos;
        private final long trustedNanos;

        Known(IdleEstimate idle, ExchangeEstimate exchanges) {
            this.idle = idle;
            this.exchanges = exchanges;
            this.reusableNanos = below(idle.likelyNanos());
            long low = below(idle.lowNanos());
            this.trustedNanos = idle.closeSeen() ? low : Math.max(FLOOR_NANOS, low);
        }

        /**
         * A value that is 20 % lower: for the way that a request has to the backend, for clocks that tick roughly there, and
         * for pauses on either side.
         */
        public static long below(long nanos) {
            return nanos == Long.MAX_VALUE ? nanos : nanos - nanos / 5;
        }

        /** Longest idle time after which a request that may be repeated takes a connection; {@link Long#MAX_VALUE}: any. */
        public long reusableNanos() {
            return reusableNanos;
        }

        /**
         * Longest idle time after which a request that may not be repeated takes a connection.
         *
         * @param announcedNanos what the backend says itself, already {@linkplain #below reduced}; {@link Long#MAX_VALUE}: nothing
         */
        public long trustedNanos(long announcedNanos) {
            long trusted = trustedNanos;
            if (announcedNanos != Long.MAX_VALUE && (!idle.closeSeen() || idle.lowNanos() >= announcedNanos)) {
                trusted = Math.max(trusted, announcedNanos);
            }
            return Math.min(trusted, reusableNanos);
        }

        /** Idle time that connections are known to survive: longer survivals are worth {@linkplain #survived telling}. */
        public long provedNanos() {
            return idle.lowNanos();
        }

        /** Idle time after which the backend closes, for people; 0: not known. */
        public long closesAfterNanos() {
            long likely = idle.likelyNanos();
            if (likely != Long.MAX_VALUE) {
                return likely;
            }
            return idle.closeSeen() ? idle.lowNanos() : 0;
        }

        /** Requests that a connection carries at most; {@link Integer#MAX_VALUE}: any number. */
        public int maxExchanges(long nowNanos) {
            int max = exchanges.max(nowNanos);
            return max == Integer.MAX_VALUE ? max : max - max / 5;
        }
    }
}
