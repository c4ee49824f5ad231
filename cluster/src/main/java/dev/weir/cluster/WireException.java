package dev.weir.cluster;

/** Bytes that are no message of this format: says where, and what stands there. */
final class WireException extends Exception {
    private static final long serialVersionUID = 1;

    private final Drop drop;

    WireException(Drop drop, String message) {
        // Thrown for whatever arrives, as often as it arrives: without a stack trace, since the message says it all.
        super(message, null, false, false);
        this.drop = drop;
    }

    /** What it is counted as. */
    Drop drop() {
        return drop;
    }
}
