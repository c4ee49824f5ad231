package dev.weir.balancer.incident;

import java.util.Locale;

/**
 * What went wrong, finer than the error types of RFC 9209: each has an operator's line of its own, and failures of one cause on
 * one backend make one incident.
 */
public enum Cause {
    /** The backend's host answered that nothing listens there; it has answered before. */
    REFUSED,
    /** As {@link #REFUSED}, and no connection to it ever succeeded. */
    ALWAYS_REFUSED,
    /** No answer to the attempt to connect. */
    CONNECT_TIMEOUT,
    /** As {@link #CONNECT_TIMEOUT}, while earlier connections are open. */
    ACCEPT_QUEUE_FULL,
    /** The network says that the host is not there. */
    HOST_UNREACHABLE,
    /** The balancer's own host has no route. */
    NO_ROUTE_TO_BACKEND,
    SOURCE_PORTS_EXHAUSTED,
    FILES_EXHAUSTED,
    MEMORY_EXHAUSTED,
    RESOURCES_EXHAUSTED,
    /** The kernel of the balancer's host forbids it. */
    CONNECT_FORBIDDEN,
    NAME_NOT_RESOLVED,
    RESOLVER_SILENT,
    TLS_FAILED,
    /** Accepted and closed within moments. */
    HUNG_UP_AT_ONCE,
    /** Closed without an answer after a while. */
    HUNG_UP,
    /** An idle connection was closed just as it was reused. */
    STALE_CONNECTION,
    /** No answer on a connection that had been idle for long. */
    HALF_OPEN_CONNECTION,
    /** Said that no request came in time, and closed, just as one came. */
    UNASKED_TIMEOUT,
    /** Hung up before it had the whole body. */
    HUNG_UP_ON_UPLOAD,
    /** Hung up on a request with an unusually large head. */
    HUNG_UP_ON_LARGE_HEAD,
    STOPPED_READING,
    NO_ANSWER,
    HEAD_TOO_SLOW,
    HEAD_INCOMPLETE,
    SPEAKS_TLS,
    NOT_HTTP,
    BAD_STATUS,
    HEAD_TOO_LARGE,
    BAD_LENGTH,
    BAD_LINE_ENDS,
    BAD_RESPONSE_HEAD,
    BAD_TRANSFER_CODING,
    BAD_CHUNKS,
    TOO_MANY_INTERIM_RESPONSES,
    SWITCHED_UNASKED,
    /** An error that the backend itself sent. */
    OWN_ERROR_STATUS,
    TRUNCATED,
    BODY_STALLED,
    BODY_LIMIT,
    /** No backend of the pool may get requests. */
    NO_BACKEND_USABLE,
    /** All connections that may be opened are busy. */
    POOL_BUSY,
    LOOP,
    NO_ROUTE,
    BAD_REQUEST,
    CLIENT_LEFT,
    CONFIGURATION,
    INTERNAL_ERROR;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As in JSON: lower case, with underscores. */
    public String label() {
        return label;
    }
}
