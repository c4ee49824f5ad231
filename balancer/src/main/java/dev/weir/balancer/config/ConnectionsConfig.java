package dev.weir.balancer.config;

import java.time.Duration;

/**
 * Connections to backends.
 *
 * @param perBackend most connections to one backend, over all event loops; 0: no limit
 * @param maxRequests most requests in flight at one backend, over all nodes of the cluster; 0: no limit
 * @param queue most requests that wait for a connection of the pool
 * @param idle after this time an unused connection is closed
 */
public record ConnectionsConfig(int perBackend, int maxRequests, int queue, Duration idle) {}
