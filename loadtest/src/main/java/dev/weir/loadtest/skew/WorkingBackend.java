package dev.weir.loadtest.skew;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.loadtest.process.MeasurementException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Works on a few requests at a time and lets the others wait, in the order of arrival. A request brings the time that it takes,
 * so that it takes as long wherever and whenever it comes.
 */
final class WorkingBackend implements AutoCloseable {
    /** Where a request says how long it takes: microseconds of a backend of usual speed. */
    static final String WORK_FIELD = "Work-Micros";

    private static final int BACKLOG = 1024;

    private final int number;
    private final double slowdown;
    private final Semaphore workers;
    private final Journal journal;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private WorkingBackend(int number, int workers, double slowdown, Journal journal, HttpServer server) {
        this.number = number;
        this.slowdown = slowdown;
        this.workers = new Semaphore(workers, true);
        this.journal = journal;
        this.server = server;
    }

    /** @param slowdown how many times longer than usual everything takes */
    static WorkingBackend start(int number, int workers, double slowdown, Journal journal) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
            WorkingBackend backend = new WorkingBackend(number, workers, slowdown, journal, server);
            server.setExecutor(backend.threads);
            server.createContext("/", backend::answer);
            server.start();
            return backend;
        } catch (IOException e) {
            throw new MeasurementException("a backend cannot listen on the loopback interface", e);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String work = exchange.getRequestHeaders().getFirst(WORK_FIELD);
        if (work != null) {
            work(Math.round(Long.parseLong(work) * slowdown));
        }
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    private void work(long micros) {
        journal.begin(number);
        try {
            workers.acquire();
            try {
                TimeUnit.MICROSECONDS.sleep(micros);
            } finally {
                workers.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it is being closed
        } finally {
            journal.end(number);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        threads.close();
    }
}
