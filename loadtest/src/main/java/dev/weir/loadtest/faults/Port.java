package dev.weir.loadtest.faults;

import dev.weir.loadtest.process.Pause;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A TCP port of one address that can listen, refuse, or have a full accept queue. It stays reserved in between: a socket
 * that is bound, but does not listen, keeps others away while the kernel refuses connections. Linux.
 */
final class Port implements AutoCloseable {
    /** Of connections that nobody accepts yet, while listening. */
    private static final int BACKLOG = 1024;
    /** How long a number may be in use by somebody else. */
    private static final Duration LENT = Duration.ofSeconds(3);

    private final Socket reservation;
    private final Consumer<Socket> accepted;
    private PortState state = PortState.REFUSES;
    private @Nullable ServerSocket listener;
    private @Nullable Thread acceptor;
    private final List<SocketChannel> fill = new ArrayList<>();

    private Port(Socket reservation, Consumer<Socket> accepted) {
        this.reservation = reservation;
        this.accepted = accepted;
    }

    /**
     * Refuses at first.
     *
     * @param number 0 takes a free one
     * @param accepted gets connections, on a virtual thread; while it has not returned, no further one is accepted. That
     *     thread is interrupted when the port no longer listens
     * @throws IOException if it is taken, or the address is not one of this machine
     */
    static Port reserve(InetAddress address, int number, Consumer<Socket> accepted) throws IOException {
        Socket reservation = new Socket();
        try {
            reservation.setReuseAddress(true); // else a listener could not be bound beside it
            reservation.bind(new InetSocketAddress(address, number));
            return new Port(reservation, accepted);
        } catch (IOException e) {
            reservation.close();
            throw new IOException(
                    "cannot bind " + address.getHostAddress() + " port " + number + ": " + e.getMessage(), e);
        }
    }

    int number() {
        return reservation.getLocalPort();
    }

    /** @throws UncheckedIOException if another process listens there by now */
    synchronized void become(PortState wanted) {
        if (wanted == state || reservation.isClosed()) {
            return;
        }
        try {
            stop();
            state = wanted;
            switch (wanted) {
                case LISTENS -> {
                    ServerSocket opened = open(BACKLOG);
                    acceptor = Thread.ofVirtual().name("accept-" + number()).start(() -> accept(opened));
                }
                case IS_FULL -> fill(open(1));
                case REFUSES -> {}
            }
        } catch (IOException e) {
            throw new UncheckedIOException("port " + number() + ": " + e.getMessage(), e);
        }
    }

    private ServerSocket open(int backlog) throws IOException {
        ServerSocket opened = new ServerSocket();
        listener = opened;
        opened.setReuseAddress(true);
        bind(opened, backlog);
        return opened;
    }

    /** The kernel may have lent the number to a connection of somebody else, for a moment. */
    private void bind(ServerSocket opened, int backlog) throws IOException {
        long end = System.nanoTime() + LENT.toNanos();
        while (true) {
            try {
                opened.bind(reservation.getLocalSocketAddress(), backlog);
                return;
            } catch (BindException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                Pause.brief();
            }
        }
    }

    private void accept(ServerSocket from) {
        try {
            while (true) {
                accepted.accept(from.accept());
            }
        } catch (IOException e) {
            // it no longer listens
        }
    }

    private void fill(ServerSocket full) throws IOException {
        for (int i = 0; i < 4; i++) { // the queue takes one more than it says; the rest wait like all others
            SocketChannel waiting = SocketChannel.open();
            fill.add(waiting);
            waiting.configureBlocking(false);
            waiting.connect(full.getLocalSocketAddress());
        }
    }

    private void stop() throws IOException {
        for (SocketChannel waiting : fill) {
            waiting.close();
        }
        fill.clear();
        if (listener != null) {
            listener.close();
            listener = null;
        }
        if (acceptor != null) {
            acceptor.interrupt();
            join(acceptor); // as long as it is in accept(), the kernel holds the listener
            acceptor = null;
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void close() {
        try {
            stop();
            reservation.close();
        } catch (IOException e) {
            throw new UncheckedIOException("port " + number() + ": " + e.getMessage(), e);
        }
    }
}
