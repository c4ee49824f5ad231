package dev.weir.loadtest.faults;

/** What a {@link Port} does with those who want to connect. */
enum PortState {
    LISTENS,
    /** Answers with RST, as where no process listens. */
    REFUSES,
    /** Listens, but its accept queue is full: the kernel drops what comes. */
    IS_FULL
}
