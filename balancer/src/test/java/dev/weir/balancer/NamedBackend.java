package dev.weir.balancer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on an address of the loopback interface, which answers every request with that address. Thread-safe. */
final class NamedBackend implements AutoCloseable {
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private final List<String> hosts = new CopyOnWriteArrayList<>();

    /** @param port 0: a free one */
    NamedBackend(String address, int port) throws IOException {
        listener = new ServerSocket(port, 100, InetAddress.ofLiteral(address));
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Connections that are open. */
    int open() {
        return open.size();
    }

    int requests() {
        return requests.get();
    }

    /** The Host field of each request so far. */
    List<String> hosts() {
        return hosts;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over, or the backend is
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            OutputStream out = socket.getOutputStream();
            String body = listener.getInetAddress().getHostAddress();
            String response = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.regionMatches(true, 0, "host: ", 0, 6)) {
                    hosts.add(line.substring(6));
                }
                if (line.isEmpty()) { // requests have no bodies here
                    requests.incrementAndGet();
                    out.write(response.getBytes(StandardCharsets.ISO_8859_1));
                    out.flush();
                }
            }
        } catch (IOException gone) {
            // the other side has closed
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        vanish();
    }

    /** Returns when nobody listens there any more, and what was open is cut. */
    void vanish() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
        Await.untilTrue(this::isRefused, "a closed port refuses"); // who accepts in this moment keeps it open
    }

    private boolean isRefused() {
        try (Socket probe = new Socket()) {
            probe.connect(listener.getLocalSocketAddress());
            return false;
        } catch (IOException refused) {
            return true;
        }
    }
}
