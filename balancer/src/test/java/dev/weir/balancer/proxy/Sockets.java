package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.vertx.core.transport.Transport;

/** The transports that data paths are tested on; where a kernel or a container does not have one, its tests are skipped. */
enum Sockets {
    NIO,
    EPOLL,
    IO_URING;

    Transport transport() {
        return switch (this) {
            case NIO -> Transport.NIO;
            case EPOLL -> Transport.EPOLL;
            case IO_URING -> Transport.IO_URING;
        };
    }

    void assumeAvailable() {
        assumeThat(transport()).isNotNull();
        assumeThat(transport().available()).as("%s is available", this).isTrue();
    }
}
