package dev.weir.balancer.config;

import java.util.List;

/**
 * Sends requests to a pool. The most specific host wins, then the longest path prefix.
 *
 * @param hosts names in lower case, {@code *.name} for all below a name; empty: every host
 * @param path a prefix that ends on a segment boundary; {@code /} matches all; no other ends with a slash
 * @param pool a key of {@link BalancerConfig#pools}
 */
public record RouteConfig(List<String> hosts, String path, String pool) {
    public RouteConfig {
        hosts = List.copyOf(hosts);
    }

    /** Every request goes to the pool. */
    static RouteConfig all(String pool) {
        return new RouteConfig(List.of(), "/", pool);
    }
}
