package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.balancer.Await;
import dev.weir.balancer.config.RetryConfig;
import dev.weir.balancer.config.StatusCodes;
import dev.weir.balancer.config.StatusSet;
import dev.weir.balancer.failure.ProxyError;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens when a backend is too slow, in each phase of an attempt. */
class BackendDeadlinesTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    /** Where things must go well: several times a {@link #STEP}, since the machine may be busy. */
    private static final Duration LONGER = Duration.ofMillis(600);

    private static final Duration STEP = Duration.ofMillis(100);
    private static final RetryConfig ONCE = new RetryConfig(1, 1, StatusSet.NONE, 64 * 1024, false);
    private static final int UPLOAD = 24 * 1024 * 1024; // more than the kernel's buffers take

    private static ProxyUnderTest.Setup before(int... ports) {
        return ProxyUnderTest.before(ports).retry(ONCE);
    }

    /** A backend that reads a request and then does as told, but does not hang up. */
    private static RawBackend answeringAndStalling(String response) {
        return RawBackend.that(connection -> {
            connection.readRequest();
            connection.send(response);
            connection.drain();
        });
    }

    private static void assertFailure(RawClient.Response response, int status, ProxyError error) {
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.field("proxy-status")).startsWith("weir; error=" + error.token());
        assertThat(response.field("x-incident-id")).isNotBlank();
    }

    private static JsonObject lastAttempt(JsonObject line) {
        return line.getJsonArray("attempts")
                .getJsonObject(line.getJsonArray("attempts").size() - 1);
    }

    // ---- connecting

    @EnabledOnOs(OS.LINUX)
    @ParameterizedTest
    @CsvSource({"GATEWAY,502,NIO", "RFC9209,504,NIO", "GATEWAY,502,EPOLL", "GATEWAY,502,IO_URING"})
    void aBackendThatDoesNotAcceptInTimeIsAConnectionTimeout(StatusCodes codes, int status, Sockets sockets)
            throws IOException {
        sockets.assumeAvailable();
        try (FullQueue backend = new FullQueue();
                ProxyUnderTest proxy = before(backend.port())
                        .transport(sockets.transport())
                        .statusCodes(codes)
                        .connect(SHORT)
                        .start()) {
            assertFailure(RawClient.get(proxy.port(), "/"), status, ProxyError.CONNECTION_TIMEOUT);
            assertThat(proxy.blamed()).containsExactly(ProxyError.CONNECTION_TIMEOUT);
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getInteger("status")).isEqualTo(status);
            assertThat(line.getString("error")).isEqualTo("connection_timeout");
            assertThat(lastAttempt(line).getString("phase")).isEqualTo("connect");
            Await.untilTrue(() -> proxy.backend(0).stats().connections() == 0, "the socket has given up as well");
        }
    }

    @EnabledOnOs(OS.LINUX)
    @Test
    void aBackendThatDoesNotAcceptInTimeIsReplacedForAnyMethod() throws IOException {
        try (FullQueue full = new FullQueue();
                RawBackend backend = RawBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                ProxyUnderTest proxy = ProxyUnderTest.before(full.port(), backend.port())
                        .connect(SHORT)
                        .start()) {
            assertThat(RawClient.exchange(proxy.port(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
                            .status())
                    .isEqualTo(200);
            assertThat(proxy.blamed()).containsExactly(ProxyError.CONNECTION_TIMEOUT);
            Await.untilTrue(() -> proxy.backend(0).stats().connections() == 0, "the socket has given up as well");
        }
    }

    // ---- waiting for the response's head

    @ParameterizedTest
    @CsvSource({"GATEWAY,502", "RFC9209,504"})
    void aBackendThatDoesNotAnswerInTimeIsAResponseTimeout(StatusCodes codes, int status) throws IOException {
        try (RawBackend backend = answeringAndStalling("");
                ProxyUnderTest proxy = before(backend.port())
                        .statusCodes(codes)
                        .responseHead(SHORT)
                        .start()) {
            assertFailure(RawClient.get(proxy.port(), "/"), status, ProxyError.HTTP_RESPONSE_TIMEOUT);
            assertThat(proxy.blamed()).containsExactly(ProxyError.HTTP_RESPONSE_TIMEOUT);
            assertThat(lastAttempt(proxy.accessLog(1).getFirst()).getString("phase"))
                    .isEqualTo("response-head");
        }
    }

    @Test
    void aHeadThatDripsByteByByteDoesNotPushTheDeadlineBack() throws IOException {
        CountDownLatch ended = new CountDownLatch(1);
        RawBackend.Behaviour dripping = connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nX: ");
            try {
                while (!Await.happened(ended, Duration.ofMillis(20))) {
                    connection.send("x");
                }
            } finally {
                ended.countDown();
            }
        };
        try (RawBackend backend = RawBackend.that(dripping);
                ProxyUnderTest proxy =
                        before(backend.port()).responseHead(SHORT).start()) {
            assertFailure(RawClient.get(proxy.port(), "/"), 502, ProxyError.HTTP_RESPONSE_TIMEOUT);
            ended.countDown();
        }
    }

    @Test
    void theDeadlineOfTheHeadCountsFromTheEndOfTheRequest() throws IOException {
        RawBackend.Behaviour patient = connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            connection.drain();
        };
        try (RawBackend backend = RawBackend.that(patient);
                ProxyUnderTest proxy = before(backend.port())
                        .responseHead(LONGER)
                        .bodyIdle(LONGER)
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n");
            for (int i = 0; i < 8; i++) { // for much longer than any of the backend's deadlines
                Await.pass(STEP);
                client.send("x");
            }
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(proxy.blamed()).isEmpty();
        }
    }

    // ---- in the middle of the response's body

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 100000\r\n\r\nthe beginning",
                "Content-Length: 1000\r\n\r\nthe beginning",
                "Transfer-Encoding: chunked\r\n\r\nd\r\nthe beginning\r\n",
                "Transfer-Encoding: chunked\r\n\r\n1000\r\nthe beginning"
            })
    void aBackendThatStallsInTheBodyHasTheClientCutOff(String response) throws IOException {
        try (RawBackend backend = answeringAndStalling("HTTP/1.1 200 OK\r\n" + response);
                ProxyUnderTest proxy = before(backend.port()).bodyIdle(SHORT).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            RawClient.Response got = client.read();
            assertThat(got.status()).isEqualTo(200);
            assertThat(got.complete()).isFalse();
            assertThat(got.text()).isEqualTo("the beginning");
            assertThat(client.ends()).isTrue();
            assertThat(proxy.blamed()).containsExactly(ProxyError.CONNECTION_READ_TIMEOUT);
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getInteger("status")).isEqualTo(200);
            assertThat(line.getString("error")).isEqualTo("connection_read_timeout");
            assertThat(line.getString("incident")).isNotBlank();
            assertThat(proxy.metric("weir_request_failures_total", "error=\"connection_read_timeout\""))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatOnlyTheEndOfTheConnectionDelimitsIsCutOffByAReset(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        try (RawBackend backend = answeringAndStalling("HTTP/1.1 200 OK\r\n\r\nthe beginning");
                ProxyUnderTest proxy = before(backend.port())
                        .transport(sockets.transport())
                        .bodyIdle(SHORT)
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(HttpText.readHead(client.in())).startsWith("HTTP/1.1 200 ");
            assertThat(client.in().readNBytes(13)).isEqualTo("the beginning".getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(client.in()::read).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void aBodyThatFlowsSlowlyButSteadilyIsLeftAlone() throws IOException {
        RawBackend.Behaviour slow = connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100010\r\n\r\n");
            for (int i = 0; i < 10; i++) {
                Await.pass(STEP);
                connection.send("y".repeat(10_001));
            }
        };
        try (RawBackend backend = RawBackend.that(slow);
                ProxyUnderTest proxy = before(backend.port()).bodyIdle(LONGER).start()) {
            RawClient.Response got = RawClient.get(proxy.port(), "/");
            assertThat(got.complete()).isTrue();
            assertThat(got.body().length()).isEqualTo(100_010);
            assertThat(proxy.blamed()).isEmpty();
        }
    }

    // ---- sending the request's body

    @ParameterizedTest
    @CsvSource({"GATEWAY,502,NIO", "RFC9209,504,NIO", "GATEWAY,502,EPOLL", "GATEWAY,502,IO_URING"})
    void aBackendThatStopsReadingAnUploadIsAWriteTimeout(StatusCodes codes, int status, Sockets sockets)
            throws IOException {
        sockets.assumeAvailable();
        RawBackend.Behaviour deaf = connection -> {
            connection.readHead();
            connection.readBytes(1_000);
            connection.awaitClose();
        };
        try (RawBackend backend = RawBackend.that(deaf);
                ProxyUnderTest proxy = before(backend.port())
                        .transport(sockets.transport())
                        .statusCodes(codes)
                        .bodyIdle(SHORT)
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + UPLOAD + "\r\n\r\n");
            Thread sending = Thread.ofVirtual().start(() -> upload(client));
            assertFailure(client.read(), status, ProxyError.CONNECTION_WRITE_TIMEOUT);
            assertThat(proxy.blamed()).containsExactly(ProxyError.CONNECTION_WRITE_TIMEOUT);
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(lastAttempt(line).getString("phase")).isEqualTo("request");
            assertThat(proxy.metric("weir_retries_total", "result=\"no_attempts_left\""))
                    .isEqualTo(1);
            client.socket().close();
            Await.untilTrue(() -> !sending.isAlive(), "the client has given up");
        }
    }

    private static void upload(RawClient client) {
        try {
            OutputStream out = client.socket().getOutputStream();
            byte[] piece = new byte[64 * 1024];
            for (int sent = 0; sent < UPLOAD; sent += piece.length) {
                out.write(piece);
            }
        } catch (IOException e) {
            // cut off
        }
    }

    // ---- full duplex: a response that begins before the request has ended

    @Test
    void aBackendThatStallsAfterAnEarlyHeadIsFoundOutOnceTheRequestIsThere() throws IOException {
        RawBackend.Behaviour early = connection -> {
            connection.readHead();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nthe beginning");
            connection.drain();
        };
        try (RawBackend backend = RawBackend.that(early);
                ProxyUnderTest proxy = before(backend.port()).bodyIdle(SHORT).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
            assertThat(HttpText.readHead(client.in())).startsWith("HTTP/1.1 200 ");
            for (int i = 0; i < 5; i++) { // while the client sends, the backend may wait
                Await.pass(Duration.ofMillis(100));
                client.send("x");
            }
            assertThat(client.in().readNBytes(13)).isEqualTo("the beginning".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.ends()).isTrue();
            assertThat(proxy.blamed()).containsExactly(ProxyError.CONNECTION_READ_TIMEOUT);
        }
    }

    // ---- between requests

    @Test
    void aConnectionThatIsNotUsedIsClosedAfterItsTime() throws IOException {
        try (RawBackend backend = RawBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                ProxyUnderTest proxy = before(backend.port()).idle(LONGER).start()) {
            for (int i = 0; i < 3; i++) {
                assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            }
            assertThat(backend.connections()).as("kept and reused meanwhile").isEqualTo(1);
            Await.untilTrue(() -> proxy.backend(0).stats().connections() == 0, "it is closed");
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            assertThat(backend.connections()).isEqualTo(2);
            assertThat(proxy.blamed()).isEmpty();
        }
    }

    @Test
    void anIdleTimeOfZeroMeansThatNoConnectionIsKept() throws IOException {
        try (RawBackend backend = RawBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                ProxyUnderTest proxy =
                        before(backend.port()).idle(Duration.ZERO).start()) {
            for (int i = 0; i < 3; i++) {
                assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            }
            assertThat(backend.connections()).isEqualTo(3);
        }
    }

    // ---- the total time

    @ParameterizedTest
    @CsvSource({"GATEWAY,502", "RFC9209,504"})
    void theTotalTimeEndsTheLastOfSeveralAttempts(StatusCodes codes, int status) throws IOException {
        try (RawBackend one = answeringAndStalling("");
                RawBackend two = answeringAndStalling("");
                ProxyUnderTest proxy = ProxyUnderTest.before(one.port(), two.port())
                        .statusCodes(codes)
                        .responseHead(Duration.ofMillis(300))
                        .total(Duration.ofMillis(900))
                        .retry(new RetryConfig(10, 1, StatusSet.NONE, 64 * 1024, false))
                        .start()) {
            assertFailure(RawClient.get(proxy.port(), "/"), status, ProxyError.HTTP_RESPONSE_TIMEOUT);
            JsonObject line = proxy.accessLog(1).getFirst();
            int attempts = line.getJsonArray("attempts").size();
            assertThat(attempts).isBetween(2, 3);
            assertThat(line.getLong("duration_us")).isGreaterThanOrEqualTo(900_000);
            assertThat(proxy.metric("weir_retries_total", "result=\"no_time_left\""))
                    .isEqualTo(1);
            assertThat(proxy.metric("weir_retries_total", "result=\"failure\"")).isEqualTo(attempts - 1.0);
        }
    }

    @Test
    void theTotalTimeHoldsForAResponseThatNeverEnds() throws IOException {
        RawBackend.Behaviour endless = connection -> {
            connection.readHead();
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (true) {
                connection.send("1\r\nx\r\n");
                Await.pass(Duration.ofMillis(20));
            }
        };
        try (RawBackend backend = RawBackend.that(endless);
                ProxyUnderTest proxy =
                        before(backend.port()).total(Duration.ofMillis(400)).start()) {
            RawClient.Response got = RawClient.get(proxy.port(), "/");
            assertThat(got.complete()).isFalse();
            assertThat(proxy.accessLog(1).getFirst().getString("error")).isEqualTo("connection_read_timeout");
        }
    }

    @Test
    void aClientThatTakesTheTotalTimeToSendItsBodyIsNotTheBackendsFault() throws IOException {
        try (RawBackend backend = answeringAndStalling("");
                ProxyUnderTest proxy = before(backend.port()).total(SHORT).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nx");
            assertFailure(client.read(), 408, ProxyError.HTTP_REQUEST_ERROR);
            assertThat(proxy.blamed()).isEmpty();
        }
    }
}
