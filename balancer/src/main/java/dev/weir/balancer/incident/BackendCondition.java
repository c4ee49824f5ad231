package dev.weir.balancer.incident;

/**
 * What the balancer thought of a backend at some moment.
 *
 * @param health by active checks: {@code unknown}, {@code up} or {@code down}
 * @param admin by operators: {@code enabled}, {@code draining} or {@code disabled}
 * @param ejected whether failures of real traffic keep it out
 * @param shunned whether it is out because other balancer nodes took it out
 * @param inFlight attempts under way, over all event loops
 * @param connections open ones and those being opened, over all event loops
 * @param standing those that are open, over all event loops
 * @param silent whether nobody answered the last attempt to connect, and nothing was answered since
 * @param everAnswered whether it has answered anything, a check or a request, since it was added
 * @param everServed whether an answer of it, to a check or a request, was ever whole
 * @param failOpen whether it gets requests though it is not usable, since so few are
 * @param ageNanos how long it is known
 * @param keepAliveNanos after which it closes idle connections, as far as that was learned; 0: unknown
 * @param opinions what all balancer nodes thought of it
 */
public record BackendCondition(
        String health,
        String admin,
        boolean ejected,
        boolean shunned,
        int inFlight,
        int connections,
        int standing,
        boolean silent,
        boolean everAnswered,
        boolean everServed,
        boolean failOpen,
        long ageNanos,
        long keepAliveNanos,
        Opinions opinions) {
    public static final BackendCondition UNKNOWN = new BackendCondition(
            "unknown", "enabled", false, false, 0, 0, 0, false, false, false, false, 0, 0, Opinions.NONE);

    /** The same of a backend that gets requests because so few are usable, if this one is not. */
    public BackendCondition amongFewUsable() {
        boolean usable = !ejected && !shunned && !health.equals("down");
        return usable
                ? this
                : new BackendCondition(
                        health,
                        admin,
                        ejected,
                        shunned,
                        inFlight,
                        connections,
                        standing,
                        silent,
                        everAnswered,
                        everServed,
                        true,
                        ageNanos,
                        keepAliveNanos,
                        opinions);
    }
}
