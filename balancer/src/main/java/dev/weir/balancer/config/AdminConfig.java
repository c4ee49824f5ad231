package dev.weir.balancer.config;

import java.util.List;

/**
 * The operators' port: health endpoints, the metrics scrape and the API.
 *
 * @param address where to listen; port 0 takes a free one
 * @param writers peers that may give directives; empty: nobody
 */
public record AdminConfig(Address address, List<Cidr> writers) {
    public AdminConfig {
        writers = List.copyOf(writers);
    }
}
