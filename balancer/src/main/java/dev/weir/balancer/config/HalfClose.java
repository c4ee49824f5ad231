package dev.weir.balancer.config;

/** What a client wants that ends its sending side behind a complete request: TCP does not tell. */
public enum HalfClose {
    /** It still reads, as {@code nc -N} and {@code shutdown(SHUT_WR)} do (RFC 9112 section 9.6): it gets its answer. */
    ANSWER,
    /** It is gone: its request is given up. */
    ABORT
}
