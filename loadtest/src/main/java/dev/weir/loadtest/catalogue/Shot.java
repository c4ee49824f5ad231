package dev.weir.loadtest.catalogue;

import java.util.List;
import java.util.Optional;

/**
 * A request, what the client got for it, and what the balancer's log says.
 *
 * @param line empty: none came in time
 */
record Shot(Request request, Reply reply, Optional<AccessLine> line) {
    private static final String NOT_LOGGED = "(not in the access log)";

    /** -1: nobody knows. */
    int attempts() {
        return line.map(AccessLine::attempts).orElse(-1);
    }

    /** Where it was tried, in order. */
    List<String> backends() {
        return line.map(AccessLine::backends).orElse(List.of(NOT_LOGGED));
    }

    /** The RFC 9209 error type in the log; empty: the log says that it did not fail. */
    String error() {
        return line.map(log -> log.error().orElse("")).orElse(NOT_LOGGED);
    }

    /** Of the backend's attempts, those that failed and count against it. */
    long countedAgainst(String backend) {
        return line.map(log -> log.countedAgainst(backend)).orElse(0L);
    }

    /** For somebody who wants to know what happened. */
    @Override
    public String toString() {
        return request + " -> " + reply.summary()
                + line.map(log -> ", attempts " + log.json().path("attempts")).orElse(", not in the access log");
    }

    String toldType() {
        return reply.toldType();
    }
}
