package dev.weir.balancer.backend;

/**
 * What is known of a backend, on independent axes. Immutable.
 *
 * @param health by active checks
 * @param admin by operators
 * @param ejectedUntilNanos end of the passive ejection; {@link #NOT_EJECTED} if there is none
 * @param ejections ejections so far that still lengthen the next one
 * @param sinceNanos when the backend last became usable; the start of its slow start
 */
public record BackendState(Health health, Admin admin, long ejectedUntilNanos, int ejections, long sinceNanos) {
    /** The verdict of active checks. */
    public enum Health {
        /** Not checked yet: may be used. */
        UNKNOWN,
        UP,
        DOWN
    }

    /** What operators want. */
    public enum Admin {
        ENABLED,
        /** Finishes what it has, gets nothing new. */
        DRAINING,
        DISABLED
    }

    public static final long NOT_EJECTED = Long.MIN_VALUE;

    static BackendState initial(long nowNanos) {
        return new BackendState(Health.UNKNOWN, Admin.ENABLED, NOT_EJECTED, 0, nowNanos);
    }

    public boolean ejected() {
        return ejectedUntilNanos != NOT_EJECTED;
    }

    /** Not down, not ejected, and wanted by the operators. */
    public boolean usable() {
        return health != Health.DOWN && admin == Admin.ENABLED && !ejected();
    }
}
