package dev.weir.balancer.failure;

import java.time.Duration;

/** When it makes sense that a client comes back: the value of {@code Retry-After} (RFC 9110 section 10.2.3). */
public final class RetryAfter {
    /** Queues drain within fractions of a second; the field knows nothing shorter. */
    private static final int OWN_LIMIT_SECONDS = 1;

    /** Of a maintenance of which nobody knows how long it takes: often enough, and no load. */
    private static final int MAINTENANCE_SECONDS = 60;

    private RetryAfter() {}

    /**
     * @param checkInterval of the pool's active checks: the soonest time at which a backend is found up again
     * @return seconds; 0: no field, since nobody knows when a retry would help
     */
    public static int seconds(ProxyError error, Duration checkInterval) {
        if (error.ownLimit()) {
            return OWN_LIMIT_SECONDS;
        }
        if (error == ProxyError.DESTINATION_UNAVAILABLE) {
            return Math.clamp(checkInterval.plusMillis(999).toSeconds(), 1, Integer.MAX_VALUE);
        }
        return 0;
    }

    /**
     * @param epochMillis now
     * @return seconds, 1 or more
     */
    public static int seconds(Maintenance maintenance, long epochMillis) {
        long leftMillis = maintenance.untilMillis() - epochMillis;
        return leftMillis <= 0 ? MAINTENANCE_SECONDS : Math.clamp((leftMillis + 999) / 1_000, 1, Integer.MAX_VALUE);
    }
}
