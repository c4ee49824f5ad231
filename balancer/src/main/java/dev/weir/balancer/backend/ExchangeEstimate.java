package dev.weir.balancer.backend;

/**
 * After how many requests a backend closes a connection without having said so. Immutable.
 *
 * @param lastClosing requests on the connection that was closed last
 * @param alike closings in a row with that number
 * @param max learned; 0: none
 * @param atNanos when that was learned, or the last closing was seen
 */
record ExchangeEstimate(int lastClosing, int alike, int max, long atNanos) {
    static final ExchangeEstimate UNKNOWN = new ExchangeEstimate(0, 0, 0, 0);

    /** Alike by chance is unlikely then: a restart does not care how many requests a connection has carried. */
    private static final int ENOUGH = 3;

    /** One restart closes many connections at once (100 ms): they count as one closing. */
    private static final long BURST_NANOS = 100_000_000;

    /** After this time (10 min) it is found out again, for nothing else would tell that it has changed. */
    private static final long VALID_NANOS = 600_000_000_000L;

    /** The backend closed a connection right after a response. */
    ExchangeEstimate closed(int exchanges, long nowNanos) {
        if (lastClosing != 0 && nowNanos - atNanos < BURST_NANOS) {
            return this;
        }
        int now = exchanges == lastClosing ? Math.min(alike + 1, ENOUGH) : 1;
        return new ExchangeEstimate(exchanges, now, now == ENOUGH ? exchanges : 0, nowNanos);
    }

    /** @return {@link Integer#MAX_VALUE}: not known */
    int max(long nowNanos) {
        return max == 0 || nowNanos - atNanos > VALID_NANOS ? Integer.MAX_VALUE : max;
    }
}
