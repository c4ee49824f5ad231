package dev.weir.balancer.backend;

/**
 * An eligible backend with its weight at this moment.
 *
 * @param weight positive; the configured weight times 100, less during a slow start
 */
public record Candidate(Backend backend, int weight) {}
