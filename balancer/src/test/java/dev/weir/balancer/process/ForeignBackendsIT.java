package dev.weir.balancer.process;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.balancer.Await;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The delivered balancer in front of three web servers that this project did not write. */
class ForeignBackendsIT {
    private static final int CLIENTS = 8;
    private static final long CHECK_INTERVAL_MILLIS = 500;

    @TempDir
    private static Path directory;

    private static final List<WebServer> servers = new ArrayList<>();

    @BeforeAll
    static void startServers() {
        for (String name : List.of("a", "b", "c")) {
            servers.add(new WebServer(directory, name));
        }
    }

    @BeforeEach
    void startTheKilled() {
        servers.stream().filter(server -> !server.isAlive()).forEach(WebServer::startAgain);
    }

    @AfterAll
    static void stopServers() {
        servers.forEach(WebServer::close);
        servers.clear();
    }

    /** A balancer that checks its backends, which are all of the same weight. */
    private WeirProcess weir() {
        return weir("""
                health: { active: { path: /name.txt, interval: %dms, timeout: 400ms }, passive: { base-ejection: 1s } }
                """.formatted(CHECK_INTERVAL_MILLIS), 1, 1, 1);
    }

    private WeirProcess weir(String health, int... weights) {
        StringBuilder yaml = new StringBuilder("""
                listeners: [{ address: 127.0.0.1:0 }]
                admin: { address: 127.0.0.1:0 }
                drain: { delay: 0s }
                pools:
                  shop:
                    strategy: round-robin
                    %s
                    backends:
                """.formatted(health.strip()));
        for (int i = 0; i < servers.size(); i++) {
            yaml.append("      - { url: 'http://127.0.0.1:%d', weight: %d }%n"
                    .formatted(servers.get(i).port(), weights[i]));
        }
        return new WeirProcess(directory, yaml.toString());
    }

    /** Without a retry, which would move a request to another backend. */
    private static Map<String, Long> shares(WeirProcess weir, int requests) {
        Map<String, Long> shares = IntStream.range(0, requests)
                .mapToObj(i -> weir.get("/name.txt"))
                .peek(response -> assertThat(response.statusCode()).isEqualTo(200))
                .collect(groupingBy(HttpResponse::body, counting()));
        assertThat(weir.process().output()).noneMatch(line -> line.contains("\"error\":"));
        return shares;
    }

    @Test
    void roundRobinGivesEqualShares() {
        try (WeirProcess weir = weir("", 1, 1, 1)) {
            Map<String, Long> shares = shares(weir, 3_000);
            System.out.println("3,000 requests, equal weights: " + shares);
            assertThat(shares).containsOnlyKeys("a", "b", "c");
            assertThat(shares.values()).allSatisfy(share -> assertThat(share).isCloseTo(1_000, within(10L)));
        }
    }

    @Test
    void weightsAreKept() {
        try (WeirProcess weir = weir("", 1, 2, 3)) {
            Map<String, Long> shares = shares(weir, 3_000);
            System.out.println("3,000 requests, weights 1:2:3: " + shares);
            assertThat(shares).containsExactlyInAnyOrderEntriesOf(Map.of("a", 500L, "b", 1_000L, "c", 1_500L));
        }
    }

    @Test
    void aBackendThatIsKilledAndStartedAgainIsNotNoticedByAnyClient() throws InterruptedException {
        try (WeirProcess weir = weir()) {
            ConcurrentMap<String, LongAdder> results = new ConcurrentHashMap<>();
            AtomicBoolean going = new AtomicBoolean(true);
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(Thread.ofPlatform().start(() -> {
                    while (going.get()) {
                        results.computeIfAbsent(result(weir), key -> new LongAdder())
                                .increment();
                    }
                }));
            }
            try {
                awaitTraffic(weir, servers.get(1), 200);
                for (int round = 0; round < 2; round++) {
                    servers.get(1).kill();
                    double before = weir.metric("weir_backend_responses_total");
                    Await.until(
                            Duration.ofSeconds(20),
                            () -> weir.metric("weir_backend_responses_total") > before + 1_000 ? true : null,
                            () -> "1,000 more requests without the backend");
                    servers.get(1).startAgain();
                    awaitTraffic(weir, servers.get(1), 100);
                }
            } finally {
                going.set(false);
                for (Thread client : clients) {
                    client.join();
                }
            }
            double saved = weir.metric("weir_requests_saved_total");
            System.out.println(
                    "killed and started again twice under load: " + results + ", saved by a retry: " + (long) saved);
            assertThat(results).containsOnlyKeys("200");
            assertThat(saved).isPositive();
        }
    }

    private static String result(WeirProcess weir) {
        try {
            HttpResponse<String> response = weir.get("/name.txt");
            return response.body().matches("[abc]") ? Integer.toString(response.statusCode()) : "wrong body";
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    private static void awaitTraffic(WeirProcess weir, WebServer server, int responses) {
        String backend = "backend=\"127.0.0.1:" + server.port() + "\"";
        double before = weir.metric("weir_backend_responses_total", backend);
        Await.until(
                Duration.ofSeconds(30),
                () -> weir.metric("weir_backend_responses_total", backend) >= before + responses ? true : null,
                () -> responses + " responses of " + backend + "\n" + weir.metrics());
    }

    @Test
    void withoutAnyBackendEachClientGetsA502InItsForm() {
        try (WeirProcess weir = weir()) {
            assertThat(weir.get("/name.txt").statusCode()).isEqualTo(200);
            servers.forEach(WebServer::kill);
            for (int i = 0; i < 20; i++) {
                assertRefusal(weir, "text/html,application/xhtml+xml,*/*;q=0.8", "text/html", "<!doctype html>");
                assertRefusal(
                        weir,
                        "application/problem+json, application/json",
                        "application/problem+json",
                        "\"status\":502");
                assertRefusal(weir, "*/*", "text/plain", "502");
            }
            servers.getFirst().startAgain();
            long started = System.nanoTime();
            Await.until(
                    Duration.ofMillis(2 * CHECK_INTERVAL_MILLIS),
                    () -> weir.get("/name.txt").statusCode() == 200 ? true : null,
                    () -> "a 200 within two check intervals\n"
                            + String.join("\n", weir.process().output()));
            System.out.println("all killed, one started again: 200 after "
                    + Duration.ofNanos(System.nanoTime() - started).toMillis() + " ms, check interval "
                    + CHECK_INTERVAL_MILLIS + " ms");
        }
    }

    private static void assertRefusal(WeirProcess weir, String accept, String type, String text) {
        HttpResponse<String> response = weir.get("/name.txt", "Accept", accept);
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith(type);
        assertThat(response.headers().firstValue("proxy-status").orElse("")).startsWith("weir; error=");
        assertThat(response.body()).containsIgnoringCase(text).doesNotContain("127.0.0.1");
        assertThat(response.body())
                .contains(response.headers().firstValue("x-incident-id").orElseThrow());
    }

    @Test
    void aStopUnderLoadLosesNothing() throws InterruptedException {
        try (WeirProcess weir = weir()) {
            assertThat(weir.status("/readyz")).isEqualTo(200);
            assertThat(weir.status("/livez")).isEqualTo(200);
            assertThat(weir.status("/startupz")).isEqualTo(200);
            ConcurrentMap<String, LongAdder> results = new ConcurrentHashMap<>();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(Thread.ofPlatform().start(() -> {
                    String result = "200";
                    while (result.equals("200")) {
                        result = result(weir);
                        results.computeIfAbsent(result, key -> new LongAdder()).increment();
                    }
                }));
            }
            awaitTraffic(weir, servers.get(1), 200);
            weir.process().terminate();
            assertThat(weir.process().exitValue()).isZero();
            for (Thread client : clients) {
                client.join();
            }
            // after the last 200 each client finds nobody listening: that, and nothing else, ends it
            assertThat(results.keySet())
                    .allMatch(result -> result.equals("200") || result.contains("ConnectException"));
        }
    }
}
