package dev.weir.balancer.config;

/** Which socket implementation to use. */
public enum TransportChoice {
    /** io_uring where the kernel and the container allow it, else epoll, else NIO. */
    AUTO,
    IO_URING,
    EPOLL,
    NIO
}
