package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.failure.ProxyError;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The event loop is blocked on purpose; what happens meanwhile is nobody else's fault. */
final class OwnPausesTest {
    private static final Duration SHORT = Duration.ofMillis(600);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch standing = new CountDownLatch(1);

    @ParameterizedTest
    @EnumSource(Sockets.class)
    void aResponseThatCameInAPauseIsReadBeforeItsDeadlineIsJudged(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        try (RawBackend backend = answeringInThePause(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .responseHead(SHORT)
                        .total(SHORT) // this one runs already, should io_uring still have to say that the request was
                        // written
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            pause(proxy);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(proxy.blamed()).isEmpty();
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getLong("duration_us"))
                    .as("true time, pauses included")
                    .isGreaterThan(TimeUnit.MILLISECONDS.toMicros(900));
            assertThat(proxy.pauses()).anySatisfy(pause -> {
                assertThat(pause.loop()).isEqualTo("event loop 0");
                assertThat(pause.toNanos() - pause.fromNanos()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(500));
                assertThat(pause.deadlines()).isPositive();
            });
            assertThat(proxy.metric("weir_event_loop_pauses_seconds_count")).isPositive();
        }
    }

    @Test
    void aBackendThatHungUpInAPauseIsNotBlamed() throws IOException {
        RawBackend.Behaviour hangingUp = connection -> {
            connection.readRequest();
            asked.countDown();
            Await.happened(standing, Duration.ofSeconds(10));
            connection.reset();
        };
        try (RawBackend backend = RawBackend.that(hangingUp);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            pause(proxy);
            RawClient.Response response = client.read();
            assertThat(response.status()).isEqualTo(502);
            assertThat(proxy.blamed()).isEmpty();
            assertThat(proxy.accessLog(1).getFirst().getString("detail"))
                    .endsWith("; found when this node had just stood still, and not counted");
        }
    }

    @Test
    void aBackendThatIsSilentBeforeAndAfterAPauseIsBlamedAfterAllOfItsTime() throws IOException {
        RawBackend.Behaviour silent = connection -> {
            connection.readRequest();
            asked.countDown();
            connection.awaitClose();
        };
        try (RawBackend backend = RawBackend.that(silent);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .responseHead(SHORT)
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            pause(proxy);
            assertThat(client.read().status()).isEqualTo(502);
            assertThat(proxy.blamed()).containsExactly(ProxyError.HTTP_RESPONSE_TIMEOUT);
            assertThat(proxy.accessLog(1).getFirst().getLong("duration_us"))
                    .isGreaterThan(TimeUnit.MILLISECONDS.toMicros(1_400));
        }
    }

    @Test
    void aClientsDeadlinesAreExtendedAsWell() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(backend.port()).requestHead(SHORT).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.1\r\n");
            Await.untilTrue(() -> proxy.metric("weir_client_connections") == 1, "the client is connected");
            asked.countDown();
            pause(proxy);
            client.send("Host: a\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void theTotalTimeOfARequestIsExtendedAsWell() throws IOException {
        try (RawBackend backend = answeringInThePause(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(backend.port()).total(SHORT).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            pause(proxy);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void aPauseDoesNotMakeABackendLookSlow() throws IOException {
        try (RawBackend backend = answeringInThePause(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            pause(proxy);
            assertThat(client.read().status()).isEqualTo(200);
            Await.untilTrue(() -> proxy.backend(0).stats().inFlight() == 0, "the attempt has ended");
            assertThat(proxy.backend(0).stats().latency().micros(System.nanoTime()))
                    .isPositive()
                    .isLessThan(800_000.0);
        }
    }

    private RawBackend answeringInThePause(String answer) {
        return RawBackend.that(connection -> {
            connection.readRequest();
            asked.countDown();
            Await.happened(standing, Duration.ofSeconds(10));
            connection.send(answer);
            connection.drain();
        });
    }

    /** Blocks the event loop, once the backend was asked; returns while it stands still. */
    private void pause(ProxyUnderTest proxy) {
        assertThat(Await.happened(asked, Duration.ofSeconds(10))).isTrue();
        CountDownLatch never = new CountDownLatch(1);
        proxy.onEventLoop(() -> {
            standing.countDown();
            Await.happened(never, PAUSE);
        });
        assertThat(Await.happened(standing, Duration.ofSeconds(10))).isTrue();
    }
}
