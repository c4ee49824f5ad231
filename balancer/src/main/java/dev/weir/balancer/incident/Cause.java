package dev.weir.balancer.incident;

import java.util.Locale;

/**
 * What went wrong, finer than the error types of RFC 9209: each has an operator's line of its own, and failures of one cause on
 * one backend make one incident.
 */
public enum Cause {
    /** The backend's host answered that nothing listens there; it has answered before. */
    REFUSED(Side.BACKEND),
    /** As {@link #REFUSED}, and no connection to it ever succeeded. */
    ALWAYS_REFUSED(Side.BACKEND),
    /** No answer to the attempt to connect. */
    CONNECT_TIMEOUT(Side.NETWORK),
    /** As {@link #CONNECT_TIMEOUT}, while earlier connections are open. */
    ACCEPT_QUEUE_FULL(Side.BACKEND),
    /** The network says that the host is not there. */
    HOST_UNREACHABLE(Side.NETWORK),
    /** The balancer's own host has no route. */
    NO_ROUTE_TO_BACKEND(Side.BALANCER),
    SOURCE_PORTS_EXHAUSTED(Side.BALANCER),
    FILES_EXHAUSTED(Side.BALANCER),
    MEMORY_EXHAUSTED(Side.BALANCER),
    RESOURCES_EXHAUSTED(Side.BALANCER),
    /** The kernel of the balancer's host forbids it. */
    CONNECT_FORBIDDEN(Side.BALANCER),
    NAME_NOT_RESOLVED(Side.NETWORK),
    RESOLVER_SILENT(Side.NETWORK),
    TLS_FAILED(Side.BACKEND),
    /** Accepted and closed within moments. */
    HUNG_UP_AT_ONCE(Side.BACKEND),
    /** Closed without an answer after a while. */
    HUNG_UP(Side.BACKEND),
    /** An idle connection was closed just as it was reused. */
    STALE_CONNECTION(Side.NOBODY),
    /** No answer on a connection that had been idle for long. */
    HALF_OPEN_CONNECTION(Side.NETWORK),
    /** Said that no request came in time, and closed, just as one came. */
    UNASKED_TIMEOUT(Side.BACKEND),
    /** Hung up before it had the whole body. */
    HUNG_UP_ON_UPLOAD(Side.BACKEND),
    /** Hung up on a request with an unusually large head. */
    HUNG_UP_ON_LARGE_HEAD(Side.BACKEND),
    STOPPED_READING(Side.BACKEND),
    NO_ANSWER(Side.BACKEND),
    HEAD_TOO_SLOW(Side.BACKEND),
    HEAD_INCOMPLETE(Side.BACKEND),
    SPEAKS_TLS(Side.BACKEND),
    SPEAKS_HTTP2(Side.BACKEND),
    NOT_HTTP(Side.BACKEND),
    BAD_STATUS(Side.BACKEND),
    HEAD_TOO_LARGE(Side.BACKEND),
    BAD_LENGTH(Side.BACKEND),
    BAD_LINE_ENDS(Side.BACKEND),
    BAD_RESPONSE_HEAD(Side.BACKEND),
    BAD_TRANSFER_CODING(Side.BACKEND),
    BAD_CHUNKS(Side.BACKEND),
    TOO_MANY_INTERIM_RESPONSES(Side.BACKEND),
    SWITCHED_UNASKED(Side.BACKEND),
    /** An error that the backend itself sent. */
    OWN_ERROR_STATUS(Side.BACKEND),
    TRUNCATED(Side.BACKEND),
    BODY_STALLED(Side.BACKEND),
    BODY_LIMIT(Side.BACKEND),
    /** No backend of the pool may get requests. */
    NO_BACKEND_USABLE(Side.BACKEND),
    /** All connections that may be opened are busy. */
    POOL_BUSY(Side.BALANCER),
    /** Operators closed the pool, or took out all of its backends. */
    MAINTENANCE(Side.NOBODY),
    LOOP(Side.BALANCER),
    NO_ROUTE(Side.CLIENT),
    BAD_REQUEST(Side.CLIENT),
    CLIENT_LEFT(Side.CLIENT),
    CONFIGURATION(Side.BALANCER),
    INTERNAL_ERROR(Side.BALANCER);

    /** Who has to act, as far as can be told from here. */
    public enum Side {
        BACKEND,
        /** What lies between, names included. */
        NETWORK,
        /** This balancer, its host or its configuration. */
        BALANCER,
        CLIENT,
        /** It happens, and does no harm where it can be masked; or it is meant to be so. */
        NOBODY;

        private final String label = name().toLowerCase(Locale.ROOT);

        /** As in JSON. */
        public String label() {
            return label;
        }
    }

    private final Side blames;
    private final String label = name().toLowerCase(Locale.ROOT);

    Cause(Side blames) {
        this.blames = blames;
    }

    public Side blames() {
        return blames;
    }

    /** As in JSON: lower case, with underscores. */
    public String label() {
        return label;
    }
}
