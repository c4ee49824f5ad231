package dev.weir.balancer.admin;

/**
 * How far the process is in its life. The composition root moves it on; health endpoints read it.
 *
 * <p>Thread-safe.
 */
public final class Readiness {
    /** In the order in which they follow each other. */
    public enum Phase {
        /** Not all listeners are bound yet. */
        STARTING,
        /** Takes requests. */
        SERVING,
        /** Finishes what it has; load balancers in front are to look elsewhere. */
        DRAINING
    }

    private volatile Phase phase = Phase.STARTING;

    public Phase phase() {
        return phase;
    }

    /**
     * Moves on. Never back: a late "serving" does not undo a drain.
     *
     * @return whether that was a step
     */
    public synchronized boolean enter(Phase next) {
        boolean forward = next.compareTo(phase) > 0;
        if (forward) {
            phase = next;
        }
        return forward;
    }
}
