package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections are reused only for as long as the backend leaves them open, by its word or by experience. */
class LearnedKeepAliveTest {
    private static final int LESSONS = 3;
    private static final int IDLE_MILLIS = 150;
    private static final Duration LONGER = Duration.ofMillis(200);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";

    /** Closes its first connections when they have been idle for a time, and no others: so that time is no matter of luck. */
    private static RawBackend teaching() {
        AtomicInteger accepted = new AtomicInteger();
        return RawBackend.that(connection -> {
            boolean closes = accepted.incrementAndGet() <= LESSONS;
            try {
                while (!connection.readRequest().head().isEmpty()) {
                    connection.send(OK);
                    connection.socket().setSoTimeout(closes ? IDLE_MILLIS : 0);
                }
            } catch (SocketTimeoutException _) {
                // it was idle for too long
            }
        });
    }

    private static void assertOk(RawClient client, String request) throws IOException {
        client.send(request);
        assertThat(client.read().text()).isEqualTo("ok");
    }

    private static int open(ProxyUnderTest proxy) {
        return proxy.backend(0).stats().connections();
    }

    private static void learn(ProxyUnderTest proxy, RawClient client) throws IOException {
        for (int i = 0; i < LESSONS; i++) {
            assertOk(client, GET);
            int closed = i + 1;
            Await.untilTrue(
                    () -> open(proxy) == 0 && proxy.metric("weir_backend_idle_connections_closed_total") == closed,
                    "the backend has closed the connection");
        }
    }

    /** As measured: on a machine under load the balancer hears late that a connection was closed. */
    private static void passWhatWasLearned(ProxyUnderTest proxy) {
        double learned = proxy.metric("weir_backend_reusable_idle_seconds");
        Await.pass(Duration.ofMillis(Math.round(learned * 1_000) + 60)); // more than a tick of the timers
    }

    @ParameterizedTest
    @EnumSource
    void afterAFewClosingsNoConnectionIsReusedThatTheBackendIsAboutToClose(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        try (RawBackend backend = teaching();
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            learn(proxy, client);

            assertThat(proxy.metric("weir_backend_idle_connections_closed_total"))
                    .isEqualTo(LESSONS);
            assertThat(proxy.metric("weir_backend_reusable_idle_seconds")).isGreaterThan(0.1);
            assertOk(client, GET);
            passWhatWasLearned(proxy);
            assertThat(open(proxy)).as("it is kept, as a witness").isEqualTo(1);
            assertOk(client, GET);
            assertThat(backend.connections()).isEqualTo(LESSONS + 2);
            assertThat(open(proxy)).isEqualTo(2);
        }
    }

    @Test
    void whatOneEventLoopLearnsAllOfThemKnow() throws IOException {
        try (RawBackend backend = teaching();
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(backend.port()).eventLoops(2).start();
                RawClient one = new RawClient(proxy.port());
                RawClient other = new RawClient(proxy.port())) {
            learn(proxy, one);
            assertOk(other, GET);
            passWhatWasLearned(proxy);
            assertOk(other, POST);
            assertThat(backend.connections()).isEqualTo(LESSONS + 2);
        }
    }

    @Test
    void aRequestThatMayNotBeRepeatedTakesNoConnectionThatNothingIsKnownOf() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            assertOk(client, GET);
            Await.pass(Duration.ofMillis(300));
            assertOk(client, POST);
            assertThat(backend.connections()).as("a new one for POST").isEqualTo(2);
            Await.pass(Duration.ofMillis(300));
            assertOk(client, POST);
            assertThat(backend.connections())
                    .as("the first one, still open, has shown that they live for 600 ms")
                    .isEqualTo(2);
        }
    }

    @Test
    void aRequestThatMayBeRepeatedTakesIt() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            assertOk(client, GET);
            Await.pass(Duration.ofMillis(800)); // shows that they live for so long: 640 ms are trusted from then on
            assertOk(client, GET);
            assertThat(backend.connections()).isEqualTo(1);
            Await.pass(Duration.ofMillis(200));
            assertOk(client, POST);
            assertThat(backend.connections())
                    .as("idle for less than was trusted")
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timeout=0", "timeout=5, max=0", "timeout=5, max=1"})
    void aBackendThatAnnouncesThatItWillCloseIsTakenByItsWord(String announced) throws IOException {
        String response = "HTTP/1.1 200 OK\r\nKeep-Alive: " + announced + "\r\nContent-Length: 2\r\n\r\nok";
        try (RawBackend backend = RawBackend.answering(response);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 3; i++) {
                assertOk(client, GET);
            }
            assertThat(backend.connections()).isEqualTo(3);
        }
    }

    @Test
    void aConnectionIsNotReusedShortlyBeforeItsAnnouncedEnd() throws IOException {
        try (RawBackend backend = RawBackend.answering(
                        "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok");
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            assertOk(client, GET);
            Await.pass(Duration.ofMillis(400));
            assertOk(client, POST);
            assertThat(backend.connections()).as("trusted by its word").isEqualTo(1);
            Await.pass(Duration.ofMillis(810));
            assertOk(client, GET);
            assertThat(backend.connections()).isEqualTo(2);
        }
    }

    @Test
    void aMaximumOfRequestsIsLearned() throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    for (int i = 0; i < 10; i++) {
                        connection.readRequest();
                        connection.send(OK);
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 10; j++) {
                    assertOk(client, GET);
                }
                Await.untilTrue(() -> open(proxy) == 0, "the backend has closed the connection");
                Await.pass(Duration.ofMillis(110)); // closer together, they would count as one
            }
            for (int i = 0; i < 16; i++) {
                assertOk(client, POST);
            }
            assertThat(backend.connections())
                    .as("8 requests on each since then")
                    .isEqualTo(3 + 2);
            assertThat(proxy.metric("weir_backend_reuse_races_total")).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatTheBackendClosesUnderARequestIsARaceAndNobodysFault(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readRequest();
                    connection.send(OK);
                    connection.in().read(); // the next request, to which it hangs up
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            assertOk(client, GET);
            Await.pass(Duration.ofMillis(110));
            assertOk(client, GET);
            assertThat(proxy.metric("weir_backend_reuse_races_total")).isEqualTo(1);
            assertThat(proxy.metric("weir_requests_saved_total")).isEqualTo(1);
            assertThat(proxy.blamed()).isEmpty();
            assertThat(proxy.backend(0).keepAlive().known().closesAfterNanos())
                    .as("it is remembered")
                    .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(110));
        }
    }

    @Test
    void whatIsIdleIsClosedWithTheBalancerEvenAWitness() throws IOException {
        try (RawBackend backend = teaching()) {
            try (ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                    RawClient client = new RawClient(proxy.port())) {
                learn(proxy, client);
                assertOk(client, GET);
                Await.pass(LONGER);
                assertThat(open(proxy)).isEqualTo(1);
            } // asserts that no connection is left
            assertThat(backend.connections()).isEqualTo(LESSONS + 1);
        }
    }
}
