package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Picker;
import java.util.List;

/**
 * A way to spread requests over backends.
 *
 * <p>Thread: the control context. A picker is made anew on every change of the set or of a weight; it is what event loops
 * see. State that must outlive a change stands in the {@link dev.weir.balancer.backend.Backend}.
 */
public interface Strategy {
    /**
     * How much of a pool one picker sees. Whatever it does not see is split outside of it: priority tiers by overflow,
     * zones by preference.
     */
    enum Scope {
        /** One zone of one priority tier. */
        ZONE,
        /** One priority tier over all zones: for strategies that send a key always to the same backend. */
        TIER,
        /** All tiers and zones: the strategy splits them itself, through a strategy inside it. */
        POOL
    }

    /** @param eligible not empty; immutable; weights are positive */
    Picker picker(List<Candidate> eligible);

    default Scope scope() {
        return Scope.ZONE;
    }
}
