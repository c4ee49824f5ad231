package dev.weir.balancer.process;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend on the JDK's own server that counts how many requests it has at a time, and answers one for each permit. */
final class SlowServer implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore permits = new Semaphore(0);
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger mostInside = new AtomicInteger();
    private final HttpServer server;

    SlowServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 100);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
        permits.acquireUninterruptibly();
        inside.decrementAndGet(); // before the balancer can know
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** From now on it answers so many requests. */
    void release(int count) {
        permits.release(count);
    }

    /** Requests that it has. */
    int inside() {
        return inside.get();
    }

    /** Most requests that it had at a time since this was asked last. */
    int mostInside() {
        return mostInside.getAndSet(inside.get());
    }

    @Override
    public void close() {
        permits.release(1_000_000);
        server.stop(0);
        threads.close();
    }
}
