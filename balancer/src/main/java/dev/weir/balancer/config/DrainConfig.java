package dev.weir.balancer.config;

import java.time.Duration;

/**
 * How a stop proceeds.
 *
 * @param delay from "not ready" to closing the listeners, so that whoever sends traffic here notices first
 * @param timeout longest wait for requests in flight afterwards
 */
public record DrainConfig(Duration delay, Duration timeout) {}
