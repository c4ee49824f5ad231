package dev.weir.balancer.admin;

import org.jspecify.annotations.Nullable;

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
    private volatile @Nullable String obstacle;

    public Phase phase() {
        return phase;
    }

    /** Why no requests are welcome though the phase is {@link Phase#SERVING}; null: they are. */
    public @Nullable String obstacle() {
        return obstacle;
    }

    /** @param why one line: what this node lacks; null: nothing any more */
    public void obstacle(@Nullable String why) {
        obstacle = why;
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
