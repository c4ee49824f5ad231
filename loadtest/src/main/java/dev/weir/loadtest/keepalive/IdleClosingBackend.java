package dev.weir.loadtest.keepalive;

import dev.weir.loadtest.process.MeasurementException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** A backend that closes a connection once it has been idle for a time, and says nothing of it in its responses. */
final class IdleClosingBackend implements AutoCloseable {
    private static final byte[] OK =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);
    private static final int BACKLOG = 4096;

    private final ServerSocket listener;
    private final Duration idle;
    private final Duration delay;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final LongAdder requests = new LongAdder();
    private final LongAdder idleClosings = new LongAdder();

    private IdleClosingBackend(ServerSocket listener, Duration idle, Duration delay) {
        this.listener = listener;
        this.idle = idle;
        this.delay = delay;
    }

    /**
     * @param idle after which a connection is closed
     * @param delay before each response, so that requests that come together need connections of their own
     */
    static IdleClosingBackend start(Duration idle, Duration delay) {
        try {
            ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
            IdleClosingBackend backend = new IdleClosingBackend(listener, idle, delay);
            Thread.ofVirtual().start(backend::accept);
            return backend;
        } catch (IOException e) {
            throw new MeasurementException("no free port on the loopback interface", e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Answered so far. */
    long requests() {
        return requests.sum();
    }

    /** Connections closed so far for having been idle. */
    long idleClosings() {
        return idleClosings.sum();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (Http.readMessage(in) != null) {
                LockSupport.parkNanos(delay.toNanos());
                out.write(OK);
                requests.increment();
                socket.setSoTimeout((int) idle.toMillis());
            }
        } catch (SocketTimeoutException e) {
            idleClosings.increment();
        } catch (IOException e) {
            // the other side, or close(), ended it
        } finally {
            sockets.remove(socket);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new MeasurementException("cannot stop a backend", e);
        }
    }
}
