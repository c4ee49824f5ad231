package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Picker;

/**
 * A way to spread a pool's requests over its backends. Most are made by {@link Environment#perZone} or {@link
 * Environment#perTier}, which take care of tiers, zones and panic.
 *
 * <p>Thread: the control context. The picker is what event loops see, and it is made anew on every change of the set or of
 * a weight; state that must outlive a change stands in the {@link dev.weir.balancer.backend.Backend}.
 */
@FunctionalInterface
public interface Strategy {
    /** @param eligible perhaps empty; then the picker returns null */
    Picker picker(Eligibility eligible);
}
