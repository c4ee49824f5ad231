package dev.weir.balancer.config;

import org.jspecify.annotations.Nullable;

/**
 * How the health of a pool's backends is found out.
 *
 * @param active null: no active checks
 */
public record HealthConfig(@Nullable ActiveHealthConfig active, PassiveHealthConfig passive) {}
