package dev.weir.cluster;

/** Why something was not sent, or not heeded. Each is counted. */
public enum Drop {
    /** Not of this cluster's format, or damaged. */
    MALFORMED,
    /** In another version of the format. */
    OTHER_VERSION,
    /** Received twice, or overtaken. */
    STALE,
    /** From an earlier life of the node. */
    OLD_INCARNATION,
    /** Arrived faster than it could be read. */
    RECEIVED_TOO_FAST,
    /** The transport does not take any more at present. */
    SENT_TOO_FAST,
    /** The transport failed to send it. */
    SEND_FAILED,
    TOO_MANY_NODES,
    TOO_MANY_RECORDS,
    TOO_MANY_ENTRIES
}
