package dev.weir.loadtest.skew;

import dev.weir.loadtest.process.MeasurementException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntUnaryOperator;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Sends requests when their time has come, however long the earlier ones take (an open loop). Latency counts from the time at which a
 * request was due, so that a sender that is late shows.
 */
final class Clients implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(threads)
            .build();

    /**
     * What clients saw of requests that were due after the warm-up.
     *
     * @param failures of all requests: what went wrong, and how often
     */
    record Seen(Histogram micros, ConcurrentMap<String, Integer> failures) {}

    /**
     * Returns when all are answered.
     *
     * @param ports of the nodes, by number
     * @param beginNanos when a round begins, by {@link System#nanoTime}
     * @param measureNanos from when on latencies count, since then
     */
    Seen play(List<Order> orders, IntUnaryOperator ports, long beginNanos, long measureNanos) {
        Seen seen = new Seen(new ConcurrentHistogram(3), new ConcurrentHashMap<>());
        Phaser open = new Phaser(1);
        for (Order order : orders) {
            long due = beginNanos + order.atNanos();
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            open.register();
            CompletableFuture<HttpResponse<Void>> answer =
                    http.sendAsync(request(order, ports.applyAsInt(order.node())), BodyHandlers.discarding());
            answer.whenComplete((response, failure) -> {
                if (failure != null || response.statusCode() != 200) {
                    String what = failure == null ? "status " + response.statusCode() : failure.toString();
                    seen.failures().merge(what, 1, Integer::sum);
                } else if (order.atNanos() >= measureNanos) {
                    seen.micros().recordValue((System.nanoTime() - due) / 1_000);
                }
                open.arriveAndDeregister();
            });
        }
        await(open);
        return seen;
    }

    private static HttpRequest request(Order order, int port) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .timeout(PATIENCE)
                .header(WorkingBackend.WORK_FIELD, Long.toString(order.workMicros()))
                .build();
    }

    private static void await(Phaser open) {
        try {
            open.awaitAdvanceInterruptibly(open.arriveAndDeregister(), 2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted", e);
        } catch (TimeoutException e) {
            throw new MeasurementException(
                    "requests stay unanswered for more than " + 2 * PATIENCE.toSeconds() + " s", e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
        http.close();
        threads.close();
    }
}
