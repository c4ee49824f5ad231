package dev.weir.balancer.health;

import dev.weir.balancer.backend.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A backend that says whatever a test wants, byte by byte. */
final class RawBackend implements AutoCloseable {
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile Answer answer;

    /** What to do after a request's head was read. The connection stays open until the client closes it. */
    @FunctionalInterface
    interface Answer {
        void give(Socket client) throws Exception;
    }

    RawBackend(Answer answer) {
        this("127.0.0.1", answer);
    }

    RawBackend(String address, Answer answer) {
        this.answer = answer;
        try {
            server = new ServerSocket(0, 50, InetAddress.getByName(address));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    static Answer text(String response) {
        return client -> client.getOutputStream().write(response.getBytes(StandardCharsets.UTF_8));
    }

    static Answer ok() {
        return text("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    }

    static Answer silence() {
        return client -> {};
    }

    /** Sends each character after a pause. */
    static Answer drip(String response, int pauseMillis) {
        return client -> {
            for (byte one : response.getBytes(StandardCharsets.UTF_8)) {
                client.getOutputStream().write(one);
                synchronized (client) {
                    client.wait(pauseMillis);
                }
            }
        };
    }

    void answer(Answer next) {
        answer = next;
    }

    Endpoint endpoint() {
        return new Endpoint(server.getInetAddress().getHostAddress(), server.getLocalPort());
    }

    /** Connections that the client has not closed yet. */
    int open() {
        return open.size();
    }

    /** Heads of requests, in the order of their arrival. */
    List<String> requests() {
        return requests;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket client) {
        try (client) {
            requests.add(head(client));
            Thread.ofVirtual().start(() -> speak(client));
            client.getInputStream().readAllBytes();
        } catch (IOException reset) {
            // closed as well
        } finally {
            open.remove(client);
        }
    }

    private void speak(Socket client) {
        try {
            answer.give(client);
        } catch (Exception closed) {
            // the client did not want to hear more
        }
    }

    private static String head(Socket client) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = client.getInputStream().read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket client : open) {
            client.close();
        }
    }
}
