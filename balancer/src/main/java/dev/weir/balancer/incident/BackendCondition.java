package dev.weir.balancer.incident;

/**
 * What the balancer thought of a backend at some moment.
 *
 * @param health by active checks: {@code unknown}, {@code up} or {@code down}
 * @param admin by operators: {@code enabled}, {@code draining} or {@code disabled}
 * @param ejected whether failures of real traffic keep it out
 * @param inFlight attempts under way, over all event loops
 * @param connections open ones and those being opened, over all event loops
 * @param everAnswered whether it has answered anything, a check or a request, since it was added
 * @param ageNanos how long it is known
 * @param keepAliveNanos after which it closes idle connections, as far as that was learned; 0: unknown
 * @param opinions what all balancer nodes thought of it
 */
public record BackendCondition(
        String health,
        String admin,
        boolean ejected,
        int inFlight,
        int connections,
        boolean everAnswered,
        long ageNanos,
        long keepAliveNanos,
        Opinions opinions) {
    public static final BackendCondition UNKNOWN =
            new BackendCondition("unknown", "enabled", false, 0, 0, false, 0, 0, Opinions.NONE);
}
