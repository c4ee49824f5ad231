package dev.weir.loadtest.catalogue;

import java.util.Optional;

/**
 * A request, what the client got for it, and what the balancer's log says.
 *
 * @param line empty: none came in time
 */
record Shot(Request request, Reply reply, Optional<AccessLine> line) {
    int attempts() {
        return line.map(AccessLine::attempts).orElse(0);
    }

    String error() {
        return line.flatMap(AccessLine::error).orElse("");
    }

    /** For somebody who wants to know what happened. */
    @Override
    public String toString() {
        return request + " -> " + reply.summary()
                + line.map(log -> ", attempts " + log.json().path("attempts")).orElse(", not in the access log");
    }

    /** The error type that the client was told; empty: none. */
    String toldType() {
        return reply.field("Proxy-Status")
                .map(value -> value.replaceAll(".*error=([a-z_]+).*", "$1"))
                .orElse("");
    }
}
