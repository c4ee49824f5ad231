package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.balancer.config.BalancerConfig;
import dev.weir.balancer.config.ConfigException;
import dev.weir.balancer.config.ConfigLoader;
import dev.weir.balancer.config.StrategyCheck;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadBalancerTest {
    @TempDir
    private Path directory;

    private Vertx vertx;
    private HttpServer backend;

    @BeforeEach
    void startBackend() throws Exception {
        vertx = Vertx.vertx();
        backend = vertx.createHttpServer()
                .requestHandler(request -> request.response().end("hello"))
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stopBackend() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    private BalancerConfig config(int port, String more) throws IOException, ConfigException {
        Path file = Files.writeString(directory.resolve("weir.yaml"), """
                listeners: [{ address: 127.0.0.1:%d }]
                admin: { address: 127.0.0.1:0 }
                access-log: off
                event-loops: 2
                drain: { delay: 0s }
                %s
                pools: { shop: { backends: ['http://127.0.0.1:%d'] } }
                """.formatted(port, more, backend.actualPort()));
        return ConfigLoader.load(file, StrategyCheck.ANY);
    }

    private static LoadBalancer start(BalancerConfig config) throws Exception {
        return LoadBalancer.start(config).await(10, TimeUnit.SECONDS);
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + port + path);
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "io_uring", "epoll", "nio"})
    void itCarriesTrafficOnEveryTransportThatThisMachineHas(String transport) throws Exception {
        LoadBalancer balancer = start(config(0, "transport: " + transport));
        try {
            for (int i = 0; i < 4; i++) { // new connections take turns on the event loops
                assertThat(get(balancer.port(0), "/").body()).isEqualTo("hello");
            }
            assertThat(get(balancer.adminPort(), "/readyz").statusCode()).isEqualTo(200);
            assertThat(get(balancer.adminPort(), "/livez").statusCode()).isEqualTo(200);
            assertThat(get(balancer.adminPort(), "/metrics").body()).contains("weir_transport_info{");
        } finally {
            balancer.stop().await(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void everyProxyingEventLoopAndTheControlContextHasAThreadOfItsOwn() throws Exception {
        Set<Long> before = threads();
        LoadBalancer balancer = start(config(0, "")); // with two event loops
        try {
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> !before.contains(thread.threadId()))
                    .filteredOn(thread -> thread.getName().startsWith("vert.x-eventloop"))
                    .hasSize(3);
        } finally {
            balancer.stop().await(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void afterAStopNobodyListensAndNoThreadIsLeft() throws Exception {
        Set<Long> before = threads();
        LoadBalancer balancer = start(config(0, ""));
        int port = balancer.port(0);
        int adminPort = balancer.adminPort();
        assertThat(get(port, "/").statusCode()).isEqualTo(200);
        balancer.stop().await(20, TimeUnit.SECONDS);
        assertThatThrownBy(() -> get(port, "/")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> get(adminPort, "/")).isInstanceOf(IOException.class);
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread.threadId()))
                .filter(thread -> thread.getName().startsWith("vert.x")
                        || thread.getName().startsWith("weir"))
                .forEach(thread ->
                        assertThat(joined(thread)).as(thread.getName()).isTrue());
    }

    @Test
    void aSecondStopWaitsForTheFirst() throws Exception {
        LoadBalancer balancer = start(config(0, ""));
        var first = balancer.stop();
        var second = balancer.stop();
        second.await(20, TimeUnit.SECONDS);
        assertThat(first.succeeded()).isTrue();
    }

    @Test
    void aPortThatIsTakenIsNamedAndNothingIsLeftRunning() throws Exception {
        Set<Long> before = threads();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            BalancerConfig config = config(taken.getLocalPort(), "");
            assertThatThrownBy(() -> start(config))
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("cannot listen there");
        }
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread.threadId()))
                .filter(thread -> thread.getName().startsWith("vert.x")
                        || thread.getName().startsWith("weir"))
                .forEach(thread ->
                        assertThat(joined(thread)).as(thread.getName()).isTrue());
    }

    private static Set<Long> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::threadId)
                .collect(Collectors.toSet());
    }

    private static boolean joined(Thread thread) {
        try {
            return thread.join(java.time.Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
