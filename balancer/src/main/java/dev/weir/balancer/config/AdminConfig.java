package dev.weir.balancer.config;

/**
 * The operators' port: health endpoints and the metrics scrape.
 *
 * @param address where to listen; port 0 takes a free one
 */
public record AdminConfig(Address address) {}
