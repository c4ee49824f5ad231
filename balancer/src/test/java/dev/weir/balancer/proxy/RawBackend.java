package dev.weir.balancer.proxy;

import dev.weir.balancer.Await;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend at the level of the socket: it does exactly what the test says, also what no HTTP server would. */
final class RawBackend implements AutoCloseable {
    /** Bytes of a connection: a test of long bodies wants them to go through, not to be kept. */
    private static final int RECORDED = 64 * 1024;

    private final ServerSocket listener;
    private final Behaviour behaviour;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final List<ByteArrayOutputStream> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** What it does with a connection, from its accept; the connection is closed when it returns. */
    @FunctionalInterface
    interface Behaviour {
        void serve(Connection connection) throws IOException;
    }

    /** @param head empty at the end of the connection */
    record Request(String head, Buffer body) {}

    /** One accepted connection. */
    final class Connection {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        private Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = recorded(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        Socket socket() {
            return socket;
        }

        InputStream in() {
            return in;
        }

        /** Reads a request's head, and remembers it. Empty at the end of the connection. */
        String readHead() throws IOException {
            String head = HttpText.readHead(in);
            if (!head.isEmpty()) {
                heads.add(head);
            }
            return head;
        }

        /** Reads a whole request, and remembers its head. */
        Request readRequest() throws IOException {
            String head = readHead();
            return new Request(head, head.isEmpty() ? Buffer.buffer() : Buffer.buffer(HttpText.readBody(in, head)));
        }

        byte[] readBytes(int count) throws IOException {
            return in.readNBytes(count);
        }

        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void send(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        /** Ends with RST instead of FIN. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Does nothing, not even read, until the backend is closed. */
        void awaitClose() {
            Await.happened(closed, Duration.ofSeconds(60));
        }

        /** Reads and forgets until the other side ends. */
        void drain() throws IOException {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private RawBackend(Behaviour behaviour) {
        this.behaviour = behaviour;
        try {
            listener = new ServerSocket(0, 128, InetAddress.ofLiteral("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    static RawBackend that(Behaviour behaviour) {
        return new RawBackend(behaviour);
    }

    /** Answers each request with the same text, and keeps the connection. */
    static RawBackend answering(String response) {
        return that(connection -> {
            while (!connection.readRequest().head().isEmpty()) {
                connection.send(response);
            }
        });
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            behaviour.serve(new Connection(socket));
        } catch (IOException e) {
            // the other side, or close(), ended it
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Every head that was read so far. */
    List<String> heads() {
        return heads;
    }

    /** What was read so far, connection by connection, byte for byte; of each the first 64 KB. */
    List<String> received() {
        return received.stream()
                .map(bytes -> bytes.toString(StandardCharsets.ISO_8859_1))
                .toList();
    }

    private InputStream recorded(InputStream in) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        received.add(bytes);
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int octet = super.read();
                if (octet >= 0 && bytes.size() < RECORDED) {
                    bytes.write(octet);
                }
                return octet;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int count = super.read(into, offset, length);
                if (count > 0 && bytes.size() < RECORDED) {
                    bytes.write(into, offset, Math.min(count, RECORDED - bytes.size()));
                }
                return count;
            }
        };
    }

    /** Connections that were accepted so far. */
    int connections() {
        return connections.get();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
