package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.config.BalancerConfig;
import dev.weir.balancer.config.ConfigLoader;
import dev.weir.balancer.config.StrategyCheck;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One of three backends is left, which is less than may be ejected leaves, and little enough for a panic. */
class MostBackendsDeadTest {
    private static final int REQUESTS = 400;
    private static final Pattern SAVED = Pattern.compile("weir_requests_saved_total\\{pool=\"shop\"} ([0-9.E]+)");

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<HttpServer> backends = new ArrayList<>();

    @BeforeEach
    void startBackends() throws Exception {
        for (int i = 0; i < 3; i++) {
            backends.add(vertx.createHttpServer()
                    .requestHandler(request -> request.response().end("hello"))
                    .listen(0, "127.0.0.1")
                    .await(10, TimeUnit.SECONDS));
        }
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    @Test
    void theOneThatIsLeftGetsNearlyAllRequestsOnceChecksHaveFoundTheOthersDown() throws Exception {
        assertFewRetries("active: { path: /, interval: 50ms }", "\"health\" : \"down\"(?s:.*)\"health\" : \"down\"");
    }

    @Test
    void theOneThatIsLeftGetsNearlyAllRequestsOnceOneOfTheOthersIsEjected() throws Exception {
        assertFewRetries("passive: { base-ejection: 300s }", "(?s)(?=.*\"ejected\" : true).*\"spared\" : true");
    }

    /** @param settled what the report of the pools says once it is known what happened */
    private void assertFewRetries(String health, String settled) throws Exception {
        LoadBalancer balancer = LoadBalancer.start(config(health)).await(20, TimeUnit.SECONDS);
        try {
            assertThat(get(balancer.port(0), "/").statusCode()).isEqualTo(200);
            backends.get(0).close().await(10, TimeUnit.SECONDS);
            backends.get(1).close().await(10, TimeUnit.SECONDS);
            awaitSettled(balancer, Pattern.compile(settled));
            double before = saved(balancer);
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(get(balancer.port(0), "/").statusCode()).isEqualTo(200);
            }
            // Probes: of the dead backends' two thirds, or half, one in sixteen, which is up to 17; and some luck.
            assertThat(saved(balancer) - before).isLessThan(0.12 * REQUESTS);
        } finally {
            balancer.stop().await(20, TimeUnit.SECONDS);
        }
    }

    /** The budget is no limit here: retries are counted. */
    private BalancerConfig config(String health) throws Exception {
        String yaml = """
                listeners: [{ address: 127.0.0.1:0 }]
                admin: { address: 127.0.0.1:0 }
                access-log: off
                drain: { delay: 0s }
                pools:
                  shop:
                    backends: ['http://127.0.0.1:%d', 'http://127.0.0.1:%d', 'http://127.0.0.1:%d']
                    health: { %s }
                    retry: { budget: 100%% }
                """.formatted(
                        backends.get(0).actualPort(),
                        backends.get(1).actualPort(),
                        backends.get(2).actualPort(),
                        health);
        return ConfigLoader.parse("test.yaml", yaml, StrategyCheck.ANY);
    }

    private void awaitSettled(LoadBalancer balancer, Pattern settled) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        String report = "";
        while (!settled.matcher(report).find()) {
            assertThat(System.nanoTime()).as(report).isLessThan(deadline);
            get(balancer.port(0), "/");
            report = get(balancer.adminPort(), "/api/pools").body();
        }
    }

    private double saved(LoadBalancer balancer) throws Exception {
        return SAVED.matcher(get(balancer.adminPort(), "/metrics").body())
                .results()
                .mapToDouble(match -> Double.parseDouble(match.group(1)))
                .sum();
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
