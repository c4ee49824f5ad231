package dev.weir.balancer.backend;

import dev.weir.balancer.failure.Maintenance;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What event loops know of a pool: immutable, replaced as a whole.
 *
 * @param version grows by one with each snapshot of the pool
 * @param all every backend, usable or not
 * @param eligible who gets traffic, by tier
 * @param picker bound to {@code eligible}; never null, {@link Picker#EMPTY} if nobody is eligible
 * @param maintenance what clients are told if nobody is eligible since operators want it so; else null
 */
public record PoolSnapshot(
        long version,
        List<Backend> all,
        Eligibility eligible,
        Picker picker,
        @Nullable Maintenance maintenance) {}
