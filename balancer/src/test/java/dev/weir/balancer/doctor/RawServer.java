package dev.weir.balancer.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend that does what a test wants, byte by byte; one thread for each connection. */
final class RawServer implements AutoCloseable {
    /** What to do with a connection; it is closed afterwards. */
    interface Behaviour {
        void on(Socket socket) throws IOException;
    }

    /** What to answer to a request; null: close. */
    interface Script {
        String answer(String requestHead);
    }

    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    private final ServerSocket listener;
    private final Behaviour behaviour;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();

    RawServer(ServerSocket listener, Behaviour behaviour) {
        this.listener = listener;
        this.behaviour = behaviour;
        Thread.ofVirtual().start(this::accept);
    }

    static RawServer on(String address, Behaviour behaviour) {
        try {
            return new RawServer(new ServerSocket(0, 50, InetAddress.ofLiteral(address)), behaviour);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RawServer doing(Behaviour behaviour) {
        return on("127.0.0.1", behaviour);
    }

    /** Answers each request of a connection with these bytes, and HEAD without what follows the head. */
    static RawServer answering(String response) {
        return scripted(head -> fitting(head, response));
    }

    /** The same, and closes after each response. */
    static RawServer answeringOnce(String response) {
        return doing(socket -> {
            String head = requestHead(socket);
            if (head != null) {
                send(socket, fitting(head, response));
            }
        });
    }

    static RawServer scripted(Script script) {
        return doing(socket -> {
            for (String head = requestHead(socket); head != null; head = requestHead(socket)) {
                String answer = script.answer(head);
                if (answer == null) {
                    return;
                }
                send(socket, answer);
            }
        });
    }

    /** To HEAD, without the body. */
    static String fitting(String head, String response) {
        return head.startsWith("HEAD") ? withoutBody(response) : response;
    }

    private static String withoutBody(String response) {
        int end = response.indexOf("\r\n\r\n", Math.max(0, response.lastIndexOf("HTTP/1.1 ")));
        return end < 0 ? response : response.substring(0, end + 4);
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Nobody sends a request before the last one is answered. @return null at the end of the connection */
    static String requestHead(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[16 * 1024];
        StringBuilder head = new StringBuilder();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            head.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
            if (head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
                return head.toString();
            }
        }
        return null;
    }

    /** Until the other side closes. */
    static void hold(Socket socket) throws IOException {
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Connections that were accepted. */
    int connections() {
        return requests.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                requests.incrementAndGet();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException _) { // closed
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            behaviour.on(socket);
        } catch (IOException _) { // the doctor is gone
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
            throw new UncheckedIOException(e);
        }
    }
}
