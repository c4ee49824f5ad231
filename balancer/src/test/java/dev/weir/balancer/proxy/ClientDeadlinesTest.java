package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.config.StatusCodes;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens when a client is too slow. */
class ClientDeadlinesTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final int PIECE = 64 * 1024;
    private static final int DOWNLOAD = 32 * 1024 * 1024; // more than the kernel's buffers take

    private static void assertRequestTimeout(RawClient.Response response) {
        assertThat(response.status()).isEqualTo(408);
        assertThat(response.field("proxy-status")).startsWith("weir; error=http_request_error");
        assertThat(response.field("connection")).isEqualTo("close");
    }

    // ---- the head

    @Test
    void aConnectionWithoutAByteIsClosedWithoutAWord() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(backend.port()).requestHead(SHORT).start();
                RawClient client = new RawClient(proxy.port())) {
            assertThat(client.in().read()).isEqualTo(-1);
            assertThat(proxy.metrics()).doesNotContain("weir_bad_requests_total{status=\"408\"");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeadThatStopsHalfwayGets408(StatusCodes codes) throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .statusCodes(codes)
                        .requestHead(SHORT)
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.1\r\nHo");
            assertRequestTimeout(client.read());
            assertThat(client.ends()).isTrue();
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getInteger("status")).isEqualTo(408);
            assertThat(line.getLong("duration_us")).isGreaterThanOrEqualTo(SHORT.toNanos() / 1_000);
            assertThat(line.getString("method")).isEqualTo("-");
            assertThat(backend.connections()).isZero();
        }
    }

    @Test
    void aHeadThatDripsByteByByteDoesNotPushTheDeadlineBack() throws IOException {
        CountDownLatch answered = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(backend.port()).requestHead(SHORT).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.1\r\nX: ");
            Thread dripping = Thread.ofVirtual().start(() -> {
                try {
                    while (!Await.happened(answered, Duration.ofMillis(20))) {
                        client.send("x");
                    }
                } catch (IOException e) {
                    // cut off
                }
            });
            assertRequestTimeout(client.read());
            answered.countDown();
            Await.untilTrue(() -> !dripping.isAlive(), "the client has given up");
        }
    }

    @Test
    void theSecondHeadOfAConnectionHasADeadlineFromItsFirstByte() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(backend.port()).requestHead(SHORT).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            Await.pass(SHORT.multipliedBy(2)); // idle, which another deadline is for
            client.send("GET / HTTP/1.1\r\n");
            assertRequestTimeout(client.read());
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void anIdleConnectionIsClosedAfterItsTime() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .keepAlive(SHORT.multipliedBy(3))
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 3; i++) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(client.read().status()).isEqualTo(200);
                Await.pass(SHORT.dividedBy(2));
            }
            assertThat(client.in().read()).isEqualTo(-1);
        }
    }

    // ---- the body

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 10\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"})
    void aBodyThatStopsHalfwayGets408AndIsNotTheBackendsFault(String rest) throws IOException {
        CountDownLatch released = new CountDownLatch(1);
        RawBackend.Behaviour waiting = connection -> {
            connection.readHead();
            connection.drain();
            released.countDown();
        };
        try (RawBackend backend = RawBackend.that(waiting);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .clientBodyIdle(SHORT)
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\n" + rest);
            assertRequestTimeout(client.read());
            assertThat(Await.happened(released, Duration.ofSeconds(10))).isTrue();
            assertThat(proxy.blamed()).isEmpty();
            assertThat(proxy.backend(0).stats().inFlight()).isZero();
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getInteger("status")).isEqualTo(408);
            assertThat(line.getLong("bytes_in")).isEqualTo(4);
        }
    }

    @Test
    void aBodyThatComesSlowlyButSteadilyIsLeftAlone() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .clientBodyIdle(SHORT.multipliedBy(3))
                        .bodyIdle(SHORT.multipliedBy(3))
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n");
            for (int i = 0; i < 8; i++) {
                Await.pass(SHORT.dividedBy(2));
                client.send("x");
            }
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    // ---- taking the response

    /** A response that is too long for all buffers; tells how much of it was sent when the connection ended. */
    private static RawBackend.Behaviour download(AtomicLong sent, CountDownLatch ended) {
        return connection -> {
            connection.readHead();
            try {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + DOWNLOAD + "\r\n\r\n");
                byte[] piece = new byte[PIECE];
                while (sent.get() < DOWNLOAD) {
                    connection.send(piece);
                    sent.addAndGet(PIECE);
                }
            } finally {
                ended.countDown();
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatStopsReadingIsCutOffAndTheBackendSetFree(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        AtomicLong sent = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.that(download(sent, ended));
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .clientBodyIdle(Duration.ofMillis(1_500))
                        .bodyIdle(Duration.ofSeconds(1)) // must not be taken for the backend's fault
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(HttpText.readHead(client.in())).startsWith("HTTP/1.1 200 ");
            assertThat(Await.happened(ended, Duration.ofSeconds(10))).isTrue();
            assertThat(sent.get()).isLessThan(DOWNLOAD);
            Await.untilTrue(() -> proxy.backend(0).stats().inFlight() == 0, "the attempt has ended");
            assertThat(proxy.blamed()).isEmpty();
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getInteger("status")).isEqualTo(499);
            assertThat(line.getString("detail")).contains("did not take the response");
            assertThat(client.in().readAllBytes().length).isLessThan(DOWNLOAD);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset"); // just as good an end
        }
    }

    @Test
    void aClientThatStopsReadingIsCutOffEvenIfItEndsItsRequestOnlyThen() throws IOException {
        AtomicLong sent = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.that(download(sent, ended));
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .clientBodyIdle(Duration.ofSeconds(2))
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n1");
            AtomicLong before = new AtomicLong(-1);
            Await.untilTrue(
                    () -> {
                        Await.pass(Duration.ofMillis(100));
                        return sent.get() > 0 && before.getAndSet(sent.get()) == sent.get();
                    },
                    "all buffers are full");
            client.send("2");
            assertThat(Await.happened(ended, Duration.ofSeconds(10))).isTrue();
            assertThat(proxy.accessLog(1).getFirst().getString("detail")).contains("did not take the response");
        }
    }

    @Test
    void aClientThatReadsNothingForTheTotalTimeIsNotTheBackendsFault() throws IOException {
        CountDownLatch ended = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.that(download(new AtomicLong(), ended));
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(backend.port()).total(SHORT).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(Await.happened(ended, Duration.ofSeconds(10))).isTrue();
            proxy.accessLog(1);
            assertThat(proxy.blamed()).isEmpty();
        }
    }

    @Test
    void aClientThatSendsWithoutReadingTheEchoIsNotTheBackendsFault() throws IOException {
        RawBackend.Behaviour echo = connection -> {
            connection.readHead();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + DOWNLOAD + "\r\n\r\n");
            for (int echoed = 0; echoed < DOWNLOAD; echoed += PIECE) {
                connection.send(connection.readBytes(PIECE));
            }
        };
        try (RawBackend backend = RawBackend.that(echo);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .clientBodyIdle(SHORT.multipliedBy(2))
                        .bodyIdle(SHORT)
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            Thread sending = Thread.ofVirtual().start(() -> {
                try {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + DOWNLOAD + "\r\n\r\n");
                    OutputStream out = client.socket().getOutputStream();
                    for (int sent = 0; sent < DOWNLOAD; sent += PIECE) {
                        out.write(new byte[PIECE]);
                    }
                } catch (IOException e) {
                    // cut off
                }
            });
            assertThat(proxy.accessLog(1).getFirst().getInteger("status")).isEqualTo(499);
            assertThat(proxy.blamed()).isEmpty();
            Await.untilTrue(() -> !sending.isAlive(), "the client was cut off");
        }
    }

    @Test
    void aClientThatAsksAndAsksWithoutReadingIsServedNoMoreThanBuffersHold() throws IOException {
        String body = "y".repeat(60_000);
        String response = "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n" + body;
        try (RawBackend backend = RawBackend.answering(response);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .clientBodyIdle(SHORT.multipliedBy(2))
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            byte[] requests = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1_000).getBytes(StandardCharsets.US_ASCII);
            Thread asking = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        client.send(requests);
                    }
                } catch (IOException e) {
                    // cut off
                }
            });
            Await.untilTrue(() -> !asking.isAlive(), "the client was cut off");
            proxy.awaitQuiet();
            assertThat(backend.heads().size()).isBetween(1, 400); // 24 MB; the kernel takes some of it
        }
    }

    @Test
    void aClientThatReadsLateStillGetsTheAnswersToAllItsPipelinedRequests() throws IOException {
        String response = "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n" + "y".repeat(60_000);
        int requests = 300;
        try (RawBackend backend = RawBackend.answering(response);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(requests));
            Await.untilTrue(
                    () -> proxy.backend(0).stats().inFlight() == 0
                            && !backend.heads().isEmpty(),
                    "it waits");
            for (int i = 0; i < requests; i++) {
                RawClient.Response got = client.read();
                assertThat(got.status()).isEqualTo(200);
                assertThat(got.body().length()).isEqualTo(60_000);
            }
            assertThat(proxy.accessLog(requests)).hasSize(requests);
        }
    }
}
