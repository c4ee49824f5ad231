package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.backend.Addresses;
import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.config.StatusCodes;
import dev.weir.balancer.failure.Maintenance;
import dev.weir.balancer.incident.Diagnosis;
import dev.weir.balancer.incident.Dossier;
import dev.weir.balancer.incident.PoolFacts;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients notice of operators who close a pool or take backends out. */
class MaintenanceTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final Duration LONG = Duration.ofSeconds(15);
    private static final Maintenance CLOSED = new Maintenance("Wir bauen <um> & um.", Maintenance.OPEN_END);

    private static String get(String more) {
        return "GET / HTTP/1.1\r\nHost: a\r\n" + more + "\r\n";
    }

    @ParameterizedTest
    @CsvSource({
        "text/html, text/html; charset=utf-8, Wir bauen &lt;um&gt; &amp; um.",
        "text/plain, text/plain; charset=utf-8, Wir bauen <um> & um.",
        "application/json, application/problem+json, Wir bauen <um> & um."
    })
    void aClosedPoolAnswersWithTheOperatorsWords(String accept, String type, String words) throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            proxy.pool().maintenance(CLOSED);
            RawClient.Response response = RawClient.exchange(proxy.port(), get("Accept: " + accept + "\r\n"));
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.field("content-type")).isEqualTo(type);
            assertThat(response.field("retry-after")).isEqualTo("60");
            assertThat(response.field("cache-control")).isEqualTo("no-store");
            assertThat(response.field("proxy-status")).isEqualTo("weir; error=proxy_internal_response");
            assertThat(response.text()).contains(words).contains(response.field("x-incident-id"));
            assertThat(backend.heads()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void itIsThatOf503UnderBothSettings(StatusCodes statusCodes) throws IOException {
        try (ProxyUnderTest proxy =
                ProxyUnderTest.before(1).statusCodes(statusCodes).start()) {
            proxy.pool().maintenance(new Maintenance("x", System.currentTimeMillis() + 3_600_000));
            RawClient.Response response = RawClient.get(proxy.port(), "/");
            assertThat(response.status()).isEqualTo(503);
            assertThat(Integer.parseInt(response.field("retry-after"))).isBetween(3_500, 3_600);
        }
    }

    @Test
    void theConnectionOfAClientOutlivesTheMaintenance() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(get(""));
            assertThat(client.read().status()).isEqualTo(200);
            proxy.pool().maintenance(CLOSED);
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.read(true).status()).isEqualTo(503);
            client.send(get("") + get(""));
            assertThat(client.read().status()).isEqualTo(503);
            assertThat(client.read().status()).isEqualTo(503);
            proxy.pool().maintenance(null);
            client.send(get(""));
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void whatIsInFlightEndsAndWhoeverQueuesIsToldAtOnce() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        RawBackend.Behaviour waiting = connection -> {
            connection.readRequest();
            Await.happened(go, LONG);
            connection.send(OK);
            connection.drain();
        };
        try (RawBackend backend = RawBackend.that(waiting);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .perBackend(1)
                        .queue(10, LONG)
                        .eventLoops(2)
                        .start()) {
            RawClient inside = proxy.asking("/");
            Await.untilTrue(() -> backend.heads().size() == 1, "one is in flight");
            List<RawClient> queued = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                queued.add(proxy.asking("/" + i));
            }
            proxy.awaitQueued(5);
            proxy.pool().maintenance(CLOSED);
            for (RawClient client : queued) {
                assertThat(client.read().status()).isEqualTo(503);
                client.close();
            }
            go.countDown();
            assertThat(inside.read().status()).isEqualTo(200);
            inside.close();
            proxy.awaitQuiet();
        }
    }

    @Test
    void itIsCountedAndLoggedAndNothingIsBlamed() throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(1).start()) {
            proxy.pool().maintenance(CLOSED);
            String incident = RawClient.get(proxy.port(), "/").field("x-incident-id");
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getInteger("status")).isEqualTo(503);
            assertThat(line.getString("incident")).isEqualTo(incident);
            assertThat(line.getString("detail")).isEqualTo(CLOSED.message());
            assertThat(proxy.metric("weir_request_failures_total", "error=\"proxy_internal_response\""))
                    .isEqualTo(1);
            assertThat(proxy.metric("weir_pool_maintenance")).isEqualTo(1);
            assertThat(proxy.blamed()).isEmpty();
            Dossier dossier = proxy.dossiers(1).getFirst();
            assertThat(dossier.deliberate()).isTrue();
            Diagnosis diagnosis = Diagnosis.of(dossier, PoolFacts.unknown("shop"));
            assertThat(diagnosis.cause().label()).isEqualTo("maintenance");
            assertThat(diagnosis.line()).contains("Wir bauen <um> & um.", "weir maintenance shop --off");
        }
    }

    @Test
    void aPoolOfWhichEveryBackendWasTakenOutIsInMaintenanceToo() throws IOException {
        try (RawBackend one = RawBackend.answering(OK);
                RawBackend two = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(one.port(), two.port()).start()) {
            proxy.pool().admin(proxy.backend(0), Admin.DRAINING);
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            assertThat(one.heads()).isEmpty();
            proxy.pool().weight(proxy.backend(1), 0);
            RawClient.Response response = RawClient.get(proxy.port(), "/");
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.text()).contains("taken out of service on purpose");
            assertThat(response.field("retry-after")).isEqualTo("60");
            proxy.pool().admin(proxy.backend(0), Admin.ENABLED);
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
        }
    }

    @Test
    void aPoolOfWhichTheRestIsDownHasFailed() throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(1, 2).start()) {
            proxy.pool().admin(proxy.backend(0), Admin.DRAINING);
            proxy.pool().addresses(proxy.backend(1), new Addresses(List.of(), 0, null, false));
            RawClient.Response response = RawClient.get(proxy.port(), "/");
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).isEqualTo("weir; error=destination_unavailable");
            assertThat(proxy.accessLog(1).getFirst().getString("detail"))
                    .contains("0 of 2 backends usable", "127.0.0.1:1 draining", "127.0.0.1:2 without an address");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aBackendThatIsTakenOutGetsItsIdleConnectionsBackAtOnceAndTheBusyOneWhenItEnds(int eventLoops)
            throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        RawBackend.Behaviour slowly = connection -> {
            for (String head = connection.readRequest().head();
                    !head.isEmpty();
                    head = connection.readRequest().head()) {
                if (head.startsWith("GET /slow")) {
                    Await.happened(go, LONG);
                }
                connection.send(OK);
            }
        };
        try (RawBackend backend = RawBackend.that(slowly);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .eventLoops(eventLoops)
                        .start();
                RawClient slow = proxy.asking("/slow")) {
            Await.untilTrue(() -> backend.heads().size() == 1, "one is in flight");
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            assertThat(proxy.backend(0).stats().connections()).isEqualTo(2);
            proxy.pool().admin(proxy.backend(0), Admin.DRAINING);
            Await.untilTrue(() -> proxy.backend(0).stats().connections() == 1, "the idle one is closed");
            go.countDown();
            assertThat(slow.read().status()).isEqualTo(200);
            Await.untilTrue(() -> proxy.backend(0).stats().connections() == 0, "the busy one is closed, too");
        }
    }
}
