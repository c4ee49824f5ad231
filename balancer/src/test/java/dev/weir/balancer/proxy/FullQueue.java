package dev.weir.balancer.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A backend whose accept queue is full: it leaves who wants to connect without an answer. Linux. */
final class FullQueue implements AutoCloseable {
    private final ServerSocket listener;
    private final List<SocketChannel> fill = new ArrayList<>();

    FullQueue() {
        try {
            listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
            for (int i = 0; i < 4; i++) { // the queue takes one more than it says; the rest wait like all others
                SocketChannel waiting = SocketChannel.open();
                fill.add(waiting);
                waiting.configureBlocking(false);
                waiting.connect(listener.getLocalSocketAddress());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (SocketChannel waiting : fill) {
                waiting.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
