package dev.weir.balancer.config;

import java.time.Duration;

/**
 * One port that clients connect to.
 *
 * @param address where to listen; port 0 takes a free one
 * @param requestHead deadline for a request head, from its first byte (for a connection's first request: from the accept)
 * @param bodyIdle longest pause of a client that sends a body or reads a response
 * @param keepAlive how long a connection may stay open without a request
 * @param maxRequestLine bytes of the request line; longer ones get 414
 * @param maxHead bytes of all request fields; more gets 431
 * @param maxBody bytes of a request body; more gets 413; 0: no limit
 * @param maxConnections open client connections, further ones are closed at once; 0: no limit
 * @param halfClose what becomes of the requests of a client that ends its side
 */
public record ListenerConfig(
        Address address,
        Duration requestHead,
        Duration bodyIdle,
        Duration keepAlive,
        int maxRequestLine,
        int maxHead,
        long maxBody,
        int maxConnections,
        HalfClose halfClose) {}
