package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.config.BalancerConfig;
import dev.weir.balancer.config.ConfigLoader;
import dev.weir.balancer.config.StrategyCheck;
import dev.weir.balancer.discovery.FakeNameServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole balancer whose backend has a name, and a name server that says what the test wants. */
final class BackendsByNameTest {
    private static final String NAME = "shop.test.";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private FakeNameServer dns;
    private String timeout = "1s"; // a start waits for answers twice as long
    private @Nullable LoadBalancer balancer;

    @BeforeEach
    void start() throws IOException {
        dns = new FakeNameServer();
    }

    @AfterEach
    void stop() throws Exception {
        if (balancer != null) {
            balancer.stop().await(20, TimeUnit.SECONDS);
        }
        client.close();
        dns.close();
    }

    /** @param pool more keys of the pool, as a flow mapping has them */
    private void balance(String host, int port, String top, String pool) throws Exception {
        String yaml = """
                listeners: [{ address: 127.0.0.1:0 }]
                admin: { address: 127.0.0.1:0 }
                access-log: off
                event-loops: 2
                drain: { delay: 0s }
                dns: { servers: ['%s'], timeout: %s, min-ttl: 100ms }
                %s
                pools: { shop: { backends: ['http://%s:%d'], preserve-host: false %s } }
                """.formatted(dns.address(), timeout, top, host, port, pool);
        BalancerConfig config = ConfigLoader.parse("test.yaml", yaml, StrategyCheck.ANY);
        balancer = LoadBalancer.start(config).await(10, TimeUnit.SECONDS);
    }

    private LoadBalancer running() {
        if (balancer == null) {
            throw new IllegalStateException("not started");
        }
        return balancer;
    }

    private HttpResponse<String> send(String method) {
        return send(method, running().port(0), "/");
    }

    private String admin(String path) {
        return send("GET", running().adminPort(), path).body();
    }

    private HttpResponse<String> send(String method, int port, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private JsonObject backend() {
        return new JsonObject(admin("/api/pools"))
                .getJsonArray("pools")
                .getJsonObject(0)
                .getJsonArray("backends")
                .getJsonObject(0);
    }

    /** Until the name server has heard so many further questions for IPv4 addresses. */
    private void awaitQuestions(int count) {
        int before = asked();
        Await.untilTrue(() -> asked() >= before + count, "asked again");
    }

    private int asked() {
        return (int) dns.questions().stream().filter((NAME + " A")::equals).count();
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void aNameIsConnectedByItsAddressAndToldByItsNameWithoutTheDot(String transport) throws Exception {
        try (NamedBackend backend = new NamedBackend("127.0.0.2", 0)) {
            dns.say(NAME, 60, "127.0.0.2");
            balance(NAME, backend.port(), "transport: " + transport, "");
            assertThat(send("GET").body()).isEqualTo("127.0.0.2");
            assertThat(backend.hosts()).containsOnly("shop.test:" + backend.port());
            assertThat(backend().getString("id")).isEqualTo(NAME + ":" + backend.port());
            assertThat(backend().getJsonArray("addresses")).containsExactly("127.0.0.2");
            assertThat(backend().getString("name_error")).isNull();
            assertThat(asked()).isEqualTo(1);
            assertThat(admin("/metrics"))
                    .contains("weir_name_resolutions_total{name=\"" + NAME + "\",result=\"success\"} 1.0");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, NOERROR", "2, SERVFAIL", "3, NXDOMAIN", "5, REFUSED"})
    void aNameThatNeverMeantAnythingIsADnsErrorWithTheServersCode(int rcode, String word) throws Exception {
        dns.refuse(NAME, rcode);
        balance(NAME, 80, "", "");
        HttpResponse<String> response = send("GET");
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.headers().firstValue("proxy-status"))
                .contains("weir; error=dns_error; rcode=\"" + word + "\"");
        assertThat(backend().getJsonArray("addresses")).isEmpty();
        assertThat(backend().getBoolean("usable")).isFalse();
        assertThat(backend().getString("name_error")).contains(NAME, dns.address());
    }

    @Test
    void aRequestThatNeedsAnAddressAsksAnewHoweverLongTheNameDidNotResolve() throws Exception {
        try (NamedBackend backend = new NamedBackend("127.0.0.2", 0)) {
            dns.refuse(NAME, FakeNameServer.NXDOMAIN);
            balance(NAME, backend.port(), "", "");
            awaitQuestions(5); // by itself it asks again after 3.2 s now
            dns.say(NAME, 60, "127.0.0.2");
            long began = System.nanoTime();
            assertThat(send("GET").statusCode()).isEqualTo(502);
            Await.untilTrue(() -> send("GET").statusCode() == 200, "the name resolves");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(2_500));
        }
    }

    @Test
    void requestsWithoutAnAddressAskNoMoreOftenThanTheShortestTimeAllows() throws Exception {
        dns.refuse(NAME, FakeNameServer.NXDOMAIN);
        balance(NAME, 80, "", "");
        long began = System.nanoTime();
        int before = asked();
        Await.untilTrue(
                () -> send("GET").statusCode() == 502
                        && System.nanoTime() - began > Duration.ofMillis(500).toNanos(),
                "half a second of requests is over");
        long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
        assertThat((long) asked() - before).isBetween(2L, millis / 100 + 1);
    }

    @ParameterizedTest
    @CsvSource({"gateway, 502", "rfc9209, 504"})
    void aSilentNameServerHoldsUpNoStartAndIsADnsTimeout(String statusCodes, int status) throws Exception {
        timeout = "50ms";
        dns.keepSilent(NAME);
        balance(NAME, 80, "status-codes: " + statusCodes, "");
        HttpResponse<String> response = send("GET");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("proxy-status")).contains("weir; error=dns_timeout");
    }

    @Test
    void aNameThatComesToMeanSomethingIsUsedFromThenOn() throws Exception {
        try (NamedBackend backend = new NamedBackend("127.0.0.2", 0)) {
            balance(NAME, backend.port(), "", "");
            assertThat(send("GET").statusCode()).isEqualTo(502);
            dns.say(NAME, 60, "127.0.0.2");
            Await.untilTrue(() -> send("GET").statusCode() == 200, "the name is known");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, FakeNameServer.SERVFAIL, FakeNameServer.NXDOMAIN, FakeNameServer.REFUSED, -1})
    void theLastGoodAddressesServeWhateverTheNameServerSaysNow(int rcode) throws Exception {
        try (NamedBackend backend = new NamedBackend("127.0.0.2", 0)) {
            timeout = "100ms";
            dns.say(NAME, 0, "127.0.0.2");
            balance(NAME, backend.port(), "", ", connections: { idle: 1ms }");
            Await.untilTrue(() -> send("GET").statusCode() == 200, "the name is known");
            dns.refuse(NAME, rcode);
            awaitQuestions(2);
            for (int i = 0; i < 5; i++) {
                assertThat(send("POST").statusCode()).isEqualTo(200);
            }
            Await.untilTrue(() -> backend().getString("name_error") != null, "the report says so");
            assertThat(backend().getJsonArray("addresses")).containsExactly("127.0.0.2");
        }
    }

    @Test
    void aNameThatIsGoneIsForgottenOnceChecksFindItsBackendDown() throws Exception {
        try (NamedBackend backend = new NamedBackend("127.0.0.2", 0)) {
            dns.say(NAME, 0, "127.0.0.2");
            balance(NAME, backend.port(), "", ", health: { active: { interval: 20ms, timeout: 100ms, fall: 1 } }");
            assertThat(send("GET").statusCode()).isEqualTo(200);
            dns.refuse(NAME, FakeNameServer.NXDOMAIN);
            awaitQuestions(2);
            backend.vanish();
            Await.untilTrue(() -> backend().getJsonArray("addresses").isEmpty(), "forgotten");
            assertThat(send("GET").headers().firstValue("proxy-status"))
                    .contains("weir; error=dns_error; rcode=\"NXDOMAIN\"");
        }
    }

    @Test
    void aBackendThatMovesIsFollowedWithoutAnErrorThoughTheTtlIsLong() throws Exception {
        NamedBackend old = new NamedBackend("127.0.0.2", 0);
        try (old;
                NamedBackend fresh = new NamedBackend("127.0.0.3", old.port())) {
            dns.say(NAME, 300, "127.0.0.2");
            balance(NAME, old.port(), "", ", connections: { idle: 1ms }");
            assertThat(send("POST").body()).isEqualTo("127.0.0.2");
            Await.untilTrue(() -> backend().getLong("addresses_age_ms") > 110, "the shortest TTL is over");
            dns.say(NAME, 300, "127.0.0.3");
            old.vanish();
            for (int i = 0; i < 10; i++) {
                HttpResponse<String> response = send("POST");
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                assertThat(response.body()).isEqualTo("127.0.0.3");
            }
            assertThat(fresh.requests()).isEqualTo(10);
        }
    }

    @Test
    void connectionsToAnAddressThatIsNoLongerListedAreClosed() throws Exception {
        NamedBackend old = new NamedBackend("127.0.0.2", 0);
        try (old;
                NamedBackend fresh = new NamedBackend("127.0.0.3", old.port())) {
            dns.say(NAME, 0, "127.0.0.2");
            balance(NAME, old.port(), "", "");
            assertThat(send("GET").body()).isEqualTo("127.0.0.2");
            assertThat(old.open()).isPositive();
            dns.say(NAME, 0, "127.0.0.3");
            Await.untilTrue(() -> old.open() == 0, "idle connections are closed");
            assertThat(send("GET").body()).isEqualTo("127.0.0.3");
            assertThat(fresh.open()).isPositive();
        }
    }

    @Test
    void aRecordThatRotatesAllTheTimeNeverCostsARequest() throws Exception {
        NamedBackend one = new NamedBackend("127.0.0.2", 0);
        try (one;
                NamedBackend two = new NamedBackend("127.0.0.3", one.port())) {
            dns.say(NAME, 0, "127.0.0.2");
            balance(NAME, one.port(), "", "");
            Set<String> seen = new HashSet<>();
            long began = System.nanoTime();
            int requests = 0;
            while (System.nanoTime() - began < 600_000_000L || seen.size() < 2) {
                long turn = (System.nanoTime() - began) / 50_000_000L;
                dns.say(NAME, 0, turn % 2 == 0 ? "127.0.0.2" : "127.0.0.3");
                HttpResponse<String> response = send(requests++ % 2 == 0 ? "POST" : "GET");
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                seen.add(response.body());
                assertThat(System.nanoTime() - began).isLessThan(20_000_000_000L);
            }
            assertThat(two.requests()).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void whereOneFamilyOnlyIsListenedToNobodyNotices(String address) throws Exception {
        try (NamedBackend backend = new NamedBackend(address, 0)) {
            dns.say(NAME, 60, "::1", "127.0.0.1");
            balance(NAME, backend.port(), "", ", connections: { idle: 1ms }");
            for (int i = 0; i < 10; i++) {
                long began = System.nanoTime();
                assertThat(send("POST").statusCode()).isEqualTo(200);
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
            }
            assertThat(admin("/metrics"))
                    .doesNotContain("weir_retries_total{")
                    .doesNotContain("weir_backend_failures_total{");
        }
    }
}
