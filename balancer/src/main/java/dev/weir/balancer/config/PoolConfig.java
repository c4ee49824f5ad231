package dev.weir.balancer.config;

import java.time.Duration;
import java.util.List;

/**
 * A set of interchangeable backends and how to treat them.
 *
 * @param name lower case letters, digits and dashes
 * @param strategy how a backend is chosen
 * @param backends at least one; no address twice
 * @param slowStart how long a backend that came up takes to reach its full weight; zero: off
 * @param panicThreshold share (0 to 1) of usable backends in a priority tier under which health is disregarded
 * @param preserveHost whether the backend gets the client's Host field, or its own address
 * @param maxResponseHead bytes of a backend's response head
 * @param http what is put up with in responses
 */
public record PoolConfig(
        String name,
        StrategyConfig strategy,
        List<BackendConfig> backends,
        HealthConfig health,
        TimeoutsConfig timeouts,
        RetryConfig retry,
        ConnectionsConfig connections,
        Duration slowStart,
        double panicThreshold,
        boolean preserveHost,
        int maxResponseHead,
        HttpConfig http) {
    public PoolConfig {
        backends = List.copyOf(backends);
    }
}
