package dev.weir.balancer.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.weir.balancer.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The delivered balancer as a process that is stopped, or that is given too little. */
@EnabledOnOs(OS.LINUX)
class OwnNodeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private HttpServer backend;

    @BeforeEach
    void startBackend() throws IOException {
        backend = HttpServer.create(new InetSocketAddress(0), 1_000);
        backend.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        backend.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        backend.createContext("/slow", exchange -> {
            asked.countDown();
            await(answer);
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        backend.start();
    }

    @AfterEach
    void stopBackend() {
        answer.countDown();
        backend.stop(0);
    }

    private String yaml() {
        return """
                listeners: [{ address: 127.0.0.1:0 }]
                admin: { address: 127.0.0.1:0 }
                event-loops: 2
                drain: { delay: 0s }
                pools:
                  shop:
                    health: { active: { path: /, interval: 100ms, timeout: 1s, fall: 1 }, passive: { consecutive-failures: 1 } }
                    timeouts: { response-head: 2s, total: 2s }
                    retry: { attempts: 1 }
                    backends: ['http://127.0.0.1:%d', 'http://127.0.0.2:%d']
                """.formatted(
                        backend.getAddress().getPort(), backend.getAddress().getPort());
    }

    /**
     * SIGSTOP takes it away for longer than any deadline. That for the whole request runs from its begin; that for the
     * response's head may not yet, for a backend can have read a request before the balancer hears that it was written.
     */
    @Test
    void whatPassesWhileTheProcessStandsStillIsNobodysFault() {
        try (WeirProcess weir = new WeirProcess(directory, yaml())) {
            Await.untilTrue(() -> weir.metric("weir_backend_health", "state=\"up\"") == 2, "two backends are up");
            CompletableFuture<HttpResponse<String>> slow = CompletableFuture.supplyAsync(() -> weir.get("/slow"));
            await(asked);
            weir.process().signal("STOP");
            answer.countDown();
            CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(2_500, TimeUnit.MILLISECONDS))
                    .join();
            weir.process().signal("CONT");
            assertThat(slow.join().statusCode()).isEqualTo(204);
            System.out.println(weir.process()
                    .awaitLine("(this node stood still for [2-9]\\.\\d s .* [1-9]\\d* deadlines passed .*)")
                    .group(1));
            assertThat(weir.metric("weir_backend_ejections_total")).isZero();
            assertThat(weir.metric("weir_backend_health", "state=\"up\"")).isEqualTo(2);
            assertThat(weir.process().output()).noneMatch(said -> said.contains(" is DOWN"));
        }
    }

    @Test
    void nearItsLimitOfDescriptorsItKeepsServingWhoItHasAndSaysWhyItIsNotReady() throws IOException {
        List<String> few = List.of("sh", "-c", "ulimit -n 160 && exec \"$@\"", "sh");
        try (WeirProcess weir = new WeirProcess(directory, yaml(), few)) {
            weir.process().awaitLine("this process may open 160 files, but 10000 connections of clients are allowed");
            Await.untilTrue(() -> weir.status("/readyz") == 200, "it is ready");
            assertThat(weir.get("/").statusCode()).isEqualTo(204);
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 200; i++) { // the kernel takes those that the balancer does not
                Socket client = new Socket(InetAddress.getLoopbackAddress(), weir.port());
                client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n".getBytes(StandardCharsets.US_ASCII));
                clients.add(client);
            }
            Await.untilTrue(() -> weir.status("/readyz") == 503, "it is not ready");
            assertThat(weir.admin("/readyz").body())
                    .matches("short of file descriptors: \\d+ of 160 descriptors open\\s*");
            Socket accepted = clients.getFirst();
            accepted.setSoTimeout((int) PATIENCE.toMillis());
            accepted.getOutputStream().write("\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(accepted.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 204");
            assertThat(weir.metric("weir_backend_health", "state=\"up\"")).isEqualTo(2);
            for (Socket client : clients) {
                client.close();
            }
            Await.untilTrue(() -> weir.status("/readyz") == 200, "it is ready again");
            assertThat(weir.get("/").statusCode()).isEqualTo(204);
            assertThat(weir.metric("weir_backend_ejections_total")).isZero();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
