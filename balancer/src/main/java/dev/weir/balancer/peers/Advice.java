package dev.weir.balancer.peers;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.incident.Opinions;
import org.jspecify.annotations.Nullable;

/**
 * What follows for one backend from what the other nodes say. Told whenever it changes.
 *
 * @param probe whether this node itself is to check it
 * @param health as others found it by their checks; null: nothing follows, own checks decide
 * @param out whether so many others took it out that this node should, too
 * @param backNanos when it came back, by this node's clock, if it is in a slow start elsewhere; {@link #NOT_BACK} if not
 * @param opinions of all
 */
public record Advice(
        Backend backend, boolean probe, @Nullable Health health, boolean out, long backNanos, Opinions opinions) {
    public static final long NOT_BACK = Long.MIN_VALUE;
}
