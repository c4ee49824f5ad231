package dev.weir.balancer.backend;

import java.util.List;

/**
 * What event loops know of a pool: immutable, replaced as a whole.
 *
 * @param version grows by one with each snapshot of the pool
 * @param all every backend, usable or not
 * @param eligible who gets traffic, by tier
 * @param picker bound to {@code eligible}; never null, {@link Picker#EMPTY} if nobody is eligible
 */
public record PoolSnapshot(long version, List<Backend> all, Eligibility eligible, Picker picker) {}
