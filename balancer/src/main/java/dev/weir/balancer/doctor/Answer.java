package dev.weir.balancer.doctor;

import java.io.IOException;

/** What became of a request. */
sealed interface Answer {
    /** There is a response, though it may break rules or off. */
    record Got(Response response) implements Answer {}

    /**
     * There is none.
     *
     * @param first bytes that came instead; may be empty
     */
    record Failed(Kind kind, IOException cause, Bytes first, long nanos) implements Answer {}

    enum Kind {
        /** Not a byte, then the end of the connection. */
        CLOSED,
        /** Not a byte, then a reset. */
        RESET,
        /** Not a byte in time. */
        SILENT,
        /** It began like a response, and broke off. */
        INCOMPLETE,
        /** It began like a response, and did not go on in time. */
        STALLED,
        /** It began like a response, and its head went on and on. */
        ENDLESS,
        /** Bytes that are no response. */
        NOT_HTTP,
        /** The request could not be written. */
        NOT_TAKEN,
        /** There was no connection. */
        NOT_CONNECTED;

        /** Whether the connection ended without a byte. */
        boolean hungUp() {
            return this == CLOSED || this == RESET || this == NOT_TAKEN;
        }
    }
}
