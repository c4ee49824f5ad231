package dev.weir.balancer.incident;

import org.jspecify.annotations.Nullable;

/**
 * A backend's response, of which at least the head was understood.
 *
 * @param announcedBytes of the body; -1 unless the framing is {@link Framing#LENGTH}
 * @param bodyBytes that had come
 * @param server the Server field; null: none
 * @param wantsTls whether it says that plain HTTP came to a port that speaks TLS
 */
public record Answer(
        int status,
        Framing framing,
        long announcedBytes,
        long bodyBytes,
        @Nullable String server,
        boolean wantsTls) {
    private static final int MAX_SERVER = 64;

    /** How the end of the body is to be known. */
    public enum Framing {
        /** There is none: to a HEAD, or with a 204 or 304. */
        NO_BODY,
        LENGTH,
        CHUNKED,
        /** The body ends with the connection. */
        UNTIL_CLOSE
    }

    /** One that does not complain of plain HTTP. */
    public Answer(int status, Framing framing, long announcedBytes, long bodyBytes, @Nullable String server) {
        this(status, framing, announcedBytes, bodyBytes, server, false);
    }

    public Answer {
        server = Cut.orNull(MAX_SERVER, server);
    }
}
