package dev.weir.balancer.config;

import java.time.Duration;
import java.util.List;

/**
 * How names of backends are resolved.
 *
 * @param servers IP addresses and ports of name servers, asked in this order; empty: the system's
 * @param timeout of one query to one server
 * @param minTtl for so long at least an answer is used, whatever its TTL says; also the shortest time between two questions
 *     for one name
 * @param maxTtl for so long at most an answer is used before the name is asked for again
 */
public record DnsConfig(List<Address> servers, Duration timeout, Duration minTtl, Duration maxTtl) {
    public DnsConfig {
        servers = List.copyOf(servers);
        if (minTtl.compareTo(maxTtl) > 0) {
            throw new IllegalArgumentException("min-ttl is longer than max-ttl; expected it to be shorter");
        }
    }
}
