package dev.weir.balancer.backend;

/**
 * What is known of a backend, on independent axes. Immutable.
 *
 * @param health by active checks
 * @param admin by operators
 * @param weight by operators, 0 to {@link #MAX_WEIGHT}; {@link #AS_CONFIGURED}: they said nothing of it
 * @param ejectedUntilNanos end of the passive ejection; {@link #NOT_EJECTED} if there is none
 * @param spared whether real requests fail there so that it should be ejected, but too few others would be left; until it answers
 * @param shunned whether so many other balancer nodes took it out that this one does, too
 * @param ejections ejections so far that still lengthen the next one
 * @param addressed whether an address of it is known
 * @param sinceNanos when the backend last became usable again, which starts its slow start; {@link #FROM_START} if it
 *     never was out since the process knows it
 */
public record BackendState(
        Health health,
        Admin admin,
        int weight,
        long ejectedUntilNanos,
        boolean spared,
        boolean shunned,
        int ejections,
        boolean addressed,
        long sinceNanos) {
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
        /** Finishes what it has, gets no new requests; sticky clients move on with their next one. */
        DRAINING,
        /** As {@link #DRAINING}, and is not even checked. */
        DISABLED
    }

    public static final int AS_CONFIGURED = -1;
    public static final int MAX_WEIGHT = 1_000;

    public static final long NOT_EJECTED = Long.MIN_VALUE;

    /** No slow start: a process that has just started must not send everything to the few that it knows longest. */
    public static final long FROM_START = Long.MIN_VALUE;

    static final BackendState INITIAL = new BackendState(
            Health.UNKNOWN, Admin.ENABLED, AS_CONFIGURED, NOT_EJECTED, false, false, 0, true, FROM_START);

    public boolean ejected() {
        return ejectedUntilNanos != NOT_EJECTED;
    }

    /** Not down, not ejected here or by the others, wanted by the operators, and with an address. */
    public boolean usable() {
        return !shunned && usableButForOthers();
    }

    /** Whether nothing but the other balancer nodes' word can keep it from being {@linkplain #usable usable}. */
    public boolean usableButForOthers() {
        return health != Health.DOWN && !ejected() && triable();
    }

    /** Whether a connection could be tried at all, be it in a panic: wanted by the operators, and with an address. */
    boolean triable() {
        return admin == Admin.ENABLED && addressed;
    }

    BackendState with(Health next) {
        return new BackendState(
                next, admin, weight, ejectedUntilNanos, spared, shunned, ejections, addressed, sinceNanos);
    }

    BackendState with(Admin next) {
        return new BackendState(
                health, next, weight, ejectedUntilNanos, spared, shunned, ejections, addressed, sinceNanos);
    }

    BackendState withWeight(int next) {
        return new BackendState(
                health, admin, next, ejectedUntilNanos, spared, shunned, ejections, addressed, sinceNanos);
    }

    BackendState ejected(long untilNanos) {
        return new BackendState(
                health, admin, weight, untilNanos, false, shunned, ejections + 1, addressed, sinceNanos);
    }

    BackendState ejectedLonger(long untilNanos) {
        return new BackendState(health, admin, weight, untilNanos, false, shunned, ejections, addressed, sinceNanos);
    }

    BackendState readmitted() {
        return new BackendState(health, admin, weight, NOT_EJECTED, false, shunned, ejections, addressed, sinceNanos);
    }

    BackendState spared(boolean next) {
        return new BackendState(
                health, admin, weight, ejectedUntilNanos, next, shunned, ejections, addressed, sinceNanos);
    }

    BackendState shunned(boolean next) {
        return new BackendState(
                health, admin, weight, ejectedUntilNanos, spared, next, ejections, addressed, sinceNanos);
    }

    BackendState withOneEjectionForgotten() {
        return new BackendState(
                health, admin, weight, ejectedUntilNanos, spared, shunned, ejections - 1, addressed, sinceNanos);
    }

    BackendState addressed(boolean next) {
        return new BackendState(health, admin, weight, ejectedUntilNanos, spared, shunned, ejections, next, sinceNanos);
    }

    /** Whether it waits for its very first address. */
    boolean unbegun() {
        return !addressed && sinceNanos == FROM_START;
    }

    BackendState since(long nowNanos) {
        return new BackendState(
                health, admin, weight, ejectedUntilNanos, spared, shunned, ejections, addressed, nowNanos);
    }
}
