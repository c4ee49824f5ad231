package dev.weir.loadtest.probes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.loadtest.process.MeasurementException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Web servers that are well, and count the requests that reach them. */
final class CountingBackends implements AutoCloseable {
    private static final int BACKLOG = 64;

    private final List<HttpServer> servers = new ArrayList<>();
    private final LongAdder requests = new LongAdder();

    CountingBackends(int count) {
        try {
            for (int i = 0; i < count; i++) {
                InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
                HttpServer server = HttpServer.create(any, BACKLOG);
                server.createContext("/", this::answer);
                server.start();
                servers.add(server);
            }
        } catch (IOException e) {
            close();
            throw new MeasurementException("cannot start " + count + " backends", e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.increment();
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    /** Where they are, as URLs. */
    List<String> urls() {
        return servers.stream()
                .map(server -> "http://127.0.0.1:" + server.getAddress().getPort())
                .toList();
    }

    /** So far, over all of them. */
    long requests() {
        return requests.sum();
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
    }
}
