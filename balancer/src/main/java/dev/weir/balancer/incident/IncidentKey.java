package dev.weir.balancer.incident;

import org.jspecify.annotations.Nullable;

/**
 * What makes failures the same incident.
 *
 * @param pool null: no route matched
 * @param backend null: no single one
 */
record IncidentKey(@Nullable String pool, @Nullable String backend, Cause cause) {}
