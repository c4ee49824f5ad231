package dev.weir.balancer.config;

import java.time.Duration;

/**
 * Deadlines of one attempt, but for {@code total}. Zero: none.
 *
 * @param connect until the TCP connection stands
 * @param responseHead from the end of the request to the end of the response's head
 * @param bodyIdle longest pause of a backend that reads a request body or sends a response body
 * @param queue longest wait for a free connection
 * @param total over all attempts, until the end of the response
 */
public record TimeoutsConfig(
        Duration connect, Duration responseHead, Duration bodyIdle, Duration queue, Duration total) {}
