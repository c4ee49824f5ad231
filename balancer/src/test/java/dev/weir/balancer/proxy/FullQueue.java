package dev.weir.balancer.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
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
                waiting.bind(new InetSocketAddress(listener.getInetAddress(), 0)); // to be told from others
                waiting.connect(listener.getLocalSocketAddress());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Accepts the one who waits, and from then on refuses everybody. */
    Socket acceptOne() throws IOException {
        List<SocketAddress> own = new ArrayList<>();
        for (SocketChannel waiting : fill) {
            own.add(waiting.getLocalAddress());
            waiting.close();
        }
        Socket accepted;
        do {
            accepted = listener.accept();
        } while (own.contains(accepted.getRemoteSocketAddress()));
        listener.close();
        return accepted;
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
