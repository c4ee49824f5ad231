package dev.weir.balancer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Ports on which nobody listens, nor will: each stays bound while this process lives. A port that was merely free a moment ago goes
 * to the next that asks the kernel for one, or becomes the source of the very connection that should be refused.
 */
public final class ClosedPort {
    private static final Queue<Socket> BOUND = new ConcurrentLinkedQueue<>();

    private ClosedPort() {}

    /** A further one, on 127.0.0.1. Thread-safe. */
    public static int take() {
        try {
            Socket bound = new Socket();
            BOUND.add(bound);
            bound.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            return bound.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
