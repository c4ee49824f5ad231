package dev.weir.balancer.admin;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.config.Address;
import dev.weir.balancer.config.AdminConfig;
import dev.weir.balancer.directive.LocalDirectives;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.incident.Agreement;
import dev.weir.balancer.incident.Changes;
import dev.weir.balancer.incident.Dossier;
import dev.weir.balancer.incident.Dossiers;
import dev.weir.balancer.incident.Incidents;
import dev.weir.balancer.incident.PoolFacts;
import dev.weir.balancer.incident.RequestFacts;
import dev.weir.balancer.metrics.EventLoopMetrics;
import dev.weir.balancer.metrics.Metrics;
import dev.weir.balancer.peers.Census;
import dev.weir.balancer.peers.NodeReport;
import dev.weir.balancer.peers.Presence;
import dev.weir.balancer.peers.Report;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdminServerTest {
    private static final Duration STUCK = Duration.ofSeconds(10);
    private static final long BROKEN = -1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicLong nanos = new AtomicLong();
    private final Metrics metrics = new Metrics("1.2.3", nanos::get);
    private final Readiness readiness = new Readiness();
    private @Nullable Census census;
    private final Backend good = backend(9001, "zone-a", Map.of("version", "v7"));
    private final Backend bad = backend(9002, null, Map.of());
    private final BackendPool pool = new BackendPool(
            "shop", List.of(good, bad), new Eligibility.Rules(null, 0, 0), set -> Picker.EMPTY, nanos::get);
    private final Changes changes = new Changes(() -> 1_000_000);
    private final Incidents incidents = new Incidents(changes, PoolFacts::unknown, nanos::get, new SplittableRandom(1));
    private final Dossiers dossiers = new Dossiers(incidents::count);
    private AdminServer admin;

    @BeforeEach
    void start() throws Exception {
        metrics.watch(pool);
        admin = server(new Address("127.0.0.1", 0));
        admin.start().toCompletionStage().toCompletableFuture().get(10, SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        admin.stop().toCompletionStage().toCompletableFuture().get(10, SECONDS);
        vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
        client.close();
        metrics.close();
    }

    @Test
    void theIndexListsWhatThereIs() throws Exception {
        HttpResponse<String> index = get("/");

        assertThat(index.statusCode()).isEqualTo(200);
        assertThat(index.body())
                .contains("/livez", "/readyz", "/startupz", "/metrics", "/api/pools", "/api/directives", "PUT, DELETE");
    }

    @Test
    void incidentsAreListedAsJson() throws Exception {
        HttpResponse<String> list = get("/api/incidents");

        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(list.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(JSON.readTree(list.body()).path("open").asInt(-1)).isZero();
        assertThat(JSON.readTree(list.body()).path("incidents")).isEmpty();
    }

    @Test
    void aRequestIsFoundByTheIdThatItsClientGot() throws Exception {
        RequestFacts asked = RequestFacts.of("GET", "shop.example", "/?secret", 100, 0);
        dossiers.add(new Dossier(
                "1NG0C9M2X317RKTE",
                1_000,
                "shop",
                "/",
                asked,
                Dossier.Result.FAILED,
                503,
                ProxyError.CONNECTION_LIMIT_REACHED,
                null,
                1_000_000,
                0,
                0,
                List.of()));

        HttpResponse<String> found = get("/api/incidents/1ng0c9m2x317rkte");

        assertThat(found.statusCode()).isEqualTo(200);
        assertThat(found.body()).doesNotContain("secret");
        JsonNode json = JSON.readTree(found.body());
        assertThat(json.path("error").asText()).isEqualTo("connection_limit_reached");
        String incident = json.path("incidents").path(0).path("id").asText();
        assertThat(get("/api/incidents/" + incident).statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(get("/api/incidents").body()).path("incidents"))
                .hasSize(1);
    }

    @Test
    void anIdOfWhichNothingIsKnownIs404WithTheReason() throws Exception {
        HttpResponse<String> unknown = get("/api/incidents/1NG0C9M2X317RKTE");

        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("nothing is known of 1NG0C9M2X317RKTE", "another balancer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1NG0C9M2X317RKTEX", "1NG0C9M2X317RKTE/", "1NG0C9M2X317RKTU", "%3Cscript%3E"})
    void whatIsNoIdIs404AndNotRepeated(String id) throws Exception {
        HttpResponse<String> none = get("/api/incidents/" + id);

        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("16 letters and digits").doesNotContain("script", "RKTU");
    }

    @Test
    void itIsReadyFromTheBindingOfTheListenersUntilTheDrain() throws Exception {
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).contains("starting");
        assertThat(get("/startupz").statusCode()).isEqualTo(503);

        readiness.enter(Readiness.Phase.SERVING);
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        assertThat(get("/startupz").statusCode()).isEqualTo(200);

        readiness.obstacle("short of file descriptors: 1000 of 1024 open");
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).contains("1000 of 1024");
        assertThat(get("/livez").statusCode()).as("a restart would not help").isEqualTo(200);
        readiness.obstacle(null);
        assertThat(get("/readyz").statusCode()).isEqualTo(200);

        readiness.enter(Readiness.Phase.DRAINING);
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).contains("draining");
        assertThat(get("/startupz").statusCode()).isEqualTo(200);
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void itLivesWhileItsEventLoopsTick() throws Exception {
        EventLoopMetrics first = metrics.eventLoop();
        EventLoopMetrics second = metrics.eventLoop();
        assertThat(get("/livez").statusCode()).isEqualTo(200);

        nanos.addAndGet(STUCK.toNanos() + 1_000_000);
        first.tick(nanos.get());
        assertThat(get("/livez").statusCode()).isEqualTo(503);
        assertThat(get("/livez").body()).isEqualTo("event loop 1 is stuck: it has not ticked for 10001 ms\n");

        second.tick(nanos.get());
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void itLivesAndIsReadyWithoutASingleUsableBackend() throws Exception {
        readiness.enter(Readiness.Phase.SERVING);
        pool.health(good, Health.DOWN);
        pool.health(bad, Health.DOWN);

        assertThat(get("/livez").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void anEndpointThatFailsAnswersAllTheSame() throws Exception {
        metrics.eventLoop();
        nanos.set(BROKEN);

        HttpResponse<String> response = get("/livez");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).isEqualTo("failed; the reason is in the log\n");
    }

    @Test
    void aScrapeShowsTheMetersInTheFormatThatIsAskedFor() throws Exception {
        HttpResponse<String> text = get("/metrics");
        assertThat(text.statusCode()).isEqualTo(200);
        assertThat(text.headers().firstValue("content-type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(text.body())
                .contains("weir_build_info{version=\"1.2.3\"} 1", "weir_pool_backends{pool=\"shop\"} 2.0");

        HttpResponse<String> open = client.send(
                request("/metrics")
                        .header("Accept", "application/openmetrics-text;version=1.0.0")
                        .build(),
                BodyHandlers.ofString());
        assertThat(open.headers().firstValue("content-type"))
                .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(open.body()).endsWith("# EOF\n");
    }

    @Test
    void aScrapeIsCompressedForWhoeverAsksForThat() throws Exception {
        HttpResponse<byte[]> packed = client.send(
                request("/metrics").header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());

        assertThat(packed.headers().firstValue("content-encoding")).contains("gzip");
        try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
            assertThat(new String(unpacked.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("weir_build_info");
        }
    }

    @Test
    void thePoolsAreShownWithTheirStatesAndCounters() throws Exception {
        pool.health(good, Health.UP);
        pool.eject(bad, nanos.get() + Duration.ofSeconds(7).toNanos());
        pool.admin(bad, Admin.DRAINING);
        good.stats().tryBegin(0);
        good.stats().response(204);
        good.stats().latency().add(2_000_000, nanos.get());
        metrics.backend("shop", bad).failure(ProxyError.CONNECTION_REFUSED);
        metrics.pool("shop").response(502, 3_000_000);
        metrics.pool("shop").failure(ProxyError.CONNECTION_REFUSED);
        metrics.pool("shop").saved();
        metrics.pool("shop").queued(1);

        HttpResponse<String> response = get("/api/pools");
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        JsonNode shop = JSON.readTree(response.body()).at("/pools/0");
        assertThat(shop.at("/name").textValue()).isEqualTo("shop");
        assertThat(shop.at("/snapshot_version").longValue())
                .isEqualTo(pool.snapshot().version());
        assertThat(shop.at("/tiers/0/share").doubleValue()).isEqualTo(1);
        assertThat(shop.at("/tiers/0/candidates").toString()).isEqualTo("[\"127.0.0.1:9001\"]");

        JsonNode first = shop.at("/backends/0");
        assertThat(first.at("/id").textValue()).isEqualTo("127.0.0.1:9001");
        assertThat(first.at("/zone").textValue()).isEqualTo("zone-a");
        assertThat(first.at("/labels/version").textValue()).isEqualTo("v7");
        assertThat(first.at("/health").textValue()).isEqualTo("up");
        assertThat(first.at("/eligible").booleanValue()).isTrue();
        assertThat(first.at("/effective_weight").intValue()).isPositive();
        assertThat(first.at("/configured_weight").intValue()).isEqualTo(1);
        assertThat(shop.at("/maintenance").isNull()).isTrue();
        assertThat(first.at("/in_flight").intValue()).isEqualTo(1);
        assertThat(first.at("/responses/2xx").intValue()).isEqualTo(1);

        assertThat(first.at("/latency_us").longValue()).isEqualTo(2_000);
        assertThat(shop.at("/requests/failed").longValue()).isEqualTo(1);
        assertThat(shop.at("/requests/saved").longValue()).isEqualTo(1);
        assertThat(shop.at("/requests/queued").longValue()).isEqualTo(1);
        assertThat(shop.at("/requests/durations/2").toString()).isEqualTo("{\"up_to_s\":0.005,\"count\":1}");
        assertThat(shop.at("/requests/durations/15/up_to_s").isNull()).isTrue();

        JsonNode second = shop.at("/backends/1");
        assertThat(second.at("/zone").isNull()).isTrue();
        assertThat(second.at("/health").textValue()).isEqualTo("unknown");
        assertThat(second.at("/admin").textValue()).isEqualTo("draining");
        assertThat(second.at("/ejected").booleanValue()).isTrue();
        assertThat(second.at("/ejected_for_ms").longValue()).isEqualTo(7_000);
        assertThat(second.at("/spared").booleanValue()).isFalse();
        assertThat(second.at("/usable").booleanValue()).isFalse();
        assertThat(second.at("/eligible").booleanValue()).isFalse();
        assertThat(second.at("/failures/connection_refused").longValue()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/livez", "/metrics", "/api/pools"})
    void headAnswersAsGetWithoutABody(String path) throws Exception {
        HttpResponse<String> head = client.send(
                request(path).method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.ofString());
        HttpResponse<String> get = get(path);

        assertThat(head.statusCode()).isEqualTo(get.statusCode());
        assertThat(head.headers().firstValue("content-type"))
                .isEqualTo(get.headers().firstValue("content-type"));
        assertThat(head.headers().firstValueAsLong("content-length").orElse(0)).isPositive();
        assertThat(head.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"})
    void otherMethodsAreToldWhichOnesWork(String method) throws Exception {
        HttpResponse<String> response = client.send(
                request("/metrics").method(method, BodyPublishers.noBody()).build(), BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).contains("GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metric", "/livez/", "/api", "/api/pools/shop", "/../etc/passwd", "//"})
    void anUnknownPathGetsAHint(String path) throws Exception {
        HttpResponse<String> response = get(path);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("GET / lists");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/livez", "/readyz", "/metrics", "/api/pools", "/unknown"})
    void nothingMayBeCached(String path) throws Exception {
        assertThat(get(path).headers().firstValue("cache-control")).contains("no-store");
    }

    @Test
    void aRequestWithABodyIsRefused() throws Exception {
        HttpResponse<String> response = client.send(
                request("/livez")
                        .POST(BodyPublishers.ofString("x".repeat(100_000)))
                        .build(),
                BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.headers().firstValue("connection")).contains("close");
    }

    @Test
    void whoGoesOnSendingAnEndlessBodyIsCutOff() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), admin.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nabc"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(answer).startsWith("HTTP/1.1 413").endsWith("takes a body\n");
        }
    }

    @Test
    void anAbsurdRequestIsRefused() throws Exception {
        assertThat(get("/" + "x".repeat(10_000)).statusCode()).isEqualTo(414);
        HttpRequest fat = request("/livez").header("X-Fat", "x".repeat(20_000)).build();
        assertThat(client.send(fat, BodyHandlers.ofString()).statusCode()).isEqualTo(431);
    }

    @Test
    void thereIsALimitOfConnectionsAndRoomAgainAfterwards() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < AdminServer.MAX_CONNECTIONS; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), admin.port());
                sockets.add(socket);
                assertThat(ask(socket)).as("connection " + i).startsWith("HTTP/1.1 200");
            }
            try (Socket tooMany = new Socket(InetAddress.getLoopbackAddress(), admin.port())) {
                assertThat(ask(tooMany)).isEmpty();
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        long start = System.nanoTime();
        String answer = "";
        while (answer.isEmpty() && System.nanoTime() - start < SECONDS.toNanos(10)) {
            try (Socket again = new Socket(InetAddress.getLoopbackAddress(), admin.port())) {
                answer = ask(again);
            }
        }
        assertThat(answer).startsWith("HTTP/1.1 200");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            AdminServer second = server(new Address("127.0.0.1", taken.getLocalPort()));

            assertThatThrownBy(() -> second.start()
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get(10, SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(
                            "admin.address 127.0.0.1:" + taken.getLocalPort() + ": cannot listen there: ");
        }
    }

    /** The first bytes of the answer; empty if the connection is closed without one. */
    private static String ask(Socket socket) {
        try {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] bytes = new byte[1_024];
            int length = socket.getInputStream().read(bytes);
            return new String(bytes, 0, Math.max(0, length), StandardCharsets.US_ASCII);
        } catch (IOException closed) {
            return "";
        }
    }

    private AdminServer server(Address address) {
        Liveness liveness = new Liveness(metrics.eventLoops(), this::nanos, STUCK);
        ClusterReport cluster =
                new ClusterReport(() -> Future.succeededFuture(Objects.requireNonNull(census)), () -> "2 nodes");
        return new AdminServer(
                vertx,
                new AdminConfig(address, List.of()),
                metrics,
                readiness,
                liveness,
                List.of(pool),
                dossiers,
                incidents,
                new LocalDirectives(),
                cluster,
                nanos::get,
                () -> 1_000_000);
    }

    @Test
    void withoutAClusterTheReportSaysSo() {
        JsonObject json =
                new ClusterReport(null, () -> "no cluster is configured").json().result();
        assertThat(json.getBoolean("enabled")).isFalse();
        assertThat(json.getString("link")).isEqualTo("no cluster is configured");
        assertThat(json.containsKey("nodes")).isFalse();
    }

    @Test
    void theClusterReportTellsWhatEachNodeSaysOfEachBackend() throws Exception {
        Report well = new Report(Report.Check.UP, Report.Traffic.ANSWERS, 3, 900, 0);
        Report out = new Report(Report.Check.NONE, Report.Traffic.EJECTED, 0, 0, 0);
        NodeReport node = new NodeReport(true, false, 3, 40);
        census = new Census(
                new Census.Member(new UUID(0, 1), "a", 0, Presence.FRESH, true, node),
                List.of(new Census.Member(new UUID(0, 2), "b", 40_000_000, Presence.LEAVING, false, NodeReport.NONE)),
                List.of(new Census.Line(
                        "shop",
                        "127.0.0.1:9001",
                        out,
                        3_000_000_000L,
                        true,
                        Agreement.DOWN_ONLY_FROM_HERE,
                        List.of(new Census.Said(new UUID(0, 2), "b", well, 2_000_000_000L)))));
        JsonNode json = JSON.readTree(get("/api/cluster").body());
        assertThat(json.at("/nodes/0/self").asBoolean()).isTrue();
        assertThat(json.at("/nodes/0/requests_per_second").asInt()).isEqualTo(40);
        assertThat(json.at("/nodes/1/age_ms").asInt()).isEqualTo(40);
        assertThat(json.at("/nodes/1/present").asBoolean()).isFalse();
        assertThat(json.at("/nodes/0/state").asText()).isEqualTo("fresh");
        assertThat(json.at("/nodes/1/state").asText()).isEqualTo("leaving");
        assertThat(json.at("/backends/0/here/opinion").asText()).isEqualTo("out");
        assertThat(json.at("/backends/0/here/for_ms").asInt()).isEqualTo(3_000);
        assertThat(json.at("/backends/0/others/0/id").asText()).isEqualTo(new UUID(0, 2).toString());
        assertThat(json.at("/backends/0/agreement").asText()).isEqualTo("down only from here");
        assertThat(json.at("/backends/0/here/says").asText()).isEqualTo("has taken it out");
        assertThat(json.at("/backends/0/others/0/says").asText()).isEqualTo("finds it well");
        assertThat(json.at("/backends/0/others/0/for_ms").asInt()).isEqualTo(2_000);
    }

    private long nanos() {
        long now = nanos.get();
        if (now == BROKEN) {
            throw new IllegalStateException("the clock is broken, on purpose");
        }
        return now;
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin.port() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private static Backend backend(int port, String zone, Map<String, String> labels) {
        return new Backend(new Endpoint("127.0.0.1", port), 1, 0, zone, labels, 0);
    }
}
