package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.ClosedPort;
import dev.weir.balancer.failure.ProxyError;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final int KEPT = 64 * 1024; // of a request's body, for another attempt

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(1);

    private static void assertRequestError(RawClient.Response response, int status) {
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.field("proxy-status")).startsWith("weir; error=http_request_error");
        assertThat(response.field("connection")).isEqualTo("close");
    }

    // ---- the request's head

    @Test
    void aRequestLineOverTheLimitGets414() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .maxRequestLine(100)
                        .start()) {
            String fits = "/" + "a".repeat(100 - "GET / HTTP/1.1".length());
            assertThat(RawClient.get(proxy.port(), fits).status()).isEqualTo(200);
            assertRequestError(RawClient.get(proxy.port(), fits + "a"), 414);
            assertThat(proxy.metric("weir_bad_requests_total", "status=\"414\""))
                    .isEqualTo(1);
            assertThat(proxy.accessLog(2).getLast().getInteger("status")).isEqualTo(414);
        }
    }

    @Test
    void aRequestLineThatNeverEndsGets414Too() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .maxRequestLine(100)
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET /" + "a".repeat(200));
            assertRequestError(client.read(), 414);
            assertThat(client.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: %s\r\n\r\n", "X: %s"})
    void fieldsOverTheLimitGet431(String fields) throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(backend.port()).maxHead(200).start()) {
            String request = "GET / HTTP/1.1\r\nHost: a\r\n" + fields;
            assertRequestError(RawClient.exchange(proxy.port(), request.formatted("y".repeat(300))), 431);
            assertThat(RawClient.exchange(
                                    proxy.port(), "GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(100) + "\r\n\r\n")
                            .status())
                    .isEqualTo(200);
            assertThat(backend.heads()).hasSize(1);
        }
    }

    // ---- the request's body

    @Test
    void aBodyThatIsAnnouncedAsTooLongGets413AndGoesNowhere() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(backend.port()).maxBody(10).start()) {
            String request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s";
            assertThat(RawClient.exchange(proxy.port(), request.formatted(10, "0123456789"))
                            .status())
                    .isEqualTo(200);
            assertRequestError(RawClient.exchange(proxy.port(), request.formatted(11, "")), 413);
            assertThat(backend.heads()).hasSize(1);
        }
    }

    @Test
    void aChunkedBodyThatGrowsTooLongGets413() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(backend.port()).maxBody(10).start()) {
            String request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
            assertThat(RawClient.exchange(proxy.port(), request + "6\r\n012345\r\n4\r\n6789\r\n0\r\n\r\n")
                            .status())
                    .isEqualTo(200);
            assertRequestError(RawClient.exchange(proxy.port(), request + "6\r\n012345\r\n5\r\n6789a\r\n"), 413);
            assertThat(proxy.blamed()).isEmpty();
            assertThat(proxy.accessLog(2).getLast().getInteger("status")).isEqualTo(413);
        }
    }

    @Test
    void aClientThatGoesOnSendingStillGetsToRead413() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(backend.port()).maxBody(1_000_000).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            OutputStream out = client.socket().getOutputStream();
            for (int i = 0; i < 400; i++) {
                client.send("10000\r\n");
                out.write(new byte[64 * 1024]);
                client.send("\r\n");
            }
            client.send("0\r\n\r\n");
            assertRequestError(client.read(), 413);
        }
    }

    // ---- connections of clients

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aConnectionTooManyIsClosedAtOnce(int eventLoops) throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .eventLoops(eventLoops)
                        .maxConnections(2)
                        .start();
                RawClient first = new RawClient(proxy.port())) {
            try (RawClient second = new RawClient(proxy.port())) {
                for (RawClient client : List.of(first, second)) {
                    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                    assertThat(client.read().status()).isEqualTo(200);
                }
                try (RawClient third = new RawClient(proxy.port())) {
                    assertThat(third.ends()).isTrue();
                }
                assertThat(proxy.metric("weir_client_connections")).isEqualTo(2);
                assertThat(proxy.metric("weir_client_connections_rejected_total"))
                        .isEqualTo(1);
            }
            Await.untilTrue(() -> proxy.metric("weir_client_connections") == 1, "the second one is gone");
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource
    void clientsThatResetAtOnceLeaveNothingBehind(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        try (RawBackend backend = RawBackend.answering(OK);
                Complaints complaints = new Complaints();
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .maxConnections(50)
                        .start()) {
            for (int i = 0; i < 200; i++) {
                try (RawClient client = new RawClient(proxy.port())) {
                    client.socket().setSoLinger(true, 0);
                    if (i % 2 == 0) {
                        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                    }
                }
            }
            Await.untilTrue(() -> isServed(proxy), "all who came before were accepted");
            proxy.awaitQuiet();
            assertThat(complaints.all()).isEmpty();
        }
    }

    private static boolean isServed(ProxyUnderTest proxy) {
        try {
            return RawClient.get(proxy.port(), "/").status() == 200;
        } catch (IOException e) {
            return false; // too many at this moment
        }
    }

    // ---- the response's head

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nX: %s\r\n\r\n", "HTTP/1.1 200 OK\r\nX: %s"})
    void aResponseHeadOverTheLimitIsNeitherRetriedNorTheBackendsFault(String response) throws IOException {
        RawBackend.Behaviour verbose = connection -> {
            connection.readRequest();
            connection.send(response.formatted("y".repeat(2_000)));
            connection.drain();
        };
        try (RawBackend backend = RawBackend.that(verbose);
                RawBackend other = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port(), other.port())
                        .maxResponseHead(1_000)
                        .start()) {
            RawClient.Response got = RawClient.get(proxy.port(), "/");
            assertThat(got.status()).isEqualTo(502);
            assertThat(got.field("proxy-status")).startsWith("weir; error=http_response_header_section_size");
            assertThat(other.connections()).isZero();
            assertThat(proxy.blamed()).isEmpty();
            assertThat(proxy.accessLog(1).getFirst().getJsonArray("attempts")).hasSize(1);
            assertThat(proxy.metric(
                            "weir_retries_total",
                            "reason=\"http_response_header_section_size\"",
                            "result=\"not_safe\""))
                    .isEqualTo(1);
        }
    }

    // ---- what is kept of a request's body for another attempt

    /** Reads the request, and hangs up. */
    private static final RawBackend.Behaviour READING_AND_DYING = connection -> {
        connection.readRequest();
        connection.reset();
    };

    /** A client, the backend that gets its request first, and one that answers and keeps the bodies that it got. */
    private static final class SecondTry implements AutoCloseable {
        private final Queue<Buffer> bodies = new ConcurrentLinkedQueue<>();
        private final RawBackend dying;
        private final RawBackend backend = keeping(bodies);
        private final ProxyUnderTest proxy;
        private final RawClient client;

        private SecondTry(RawBackend.Behaviour first) throws IOException {
            dying = RawBackend.that(first);
            proxy = ProxyUnderTest.before(dying.port(), backend.port()).start();
            client = new RawClient(proxy.port());
        }

        @Override
        public void close() throws IOException {
            client.close();
            proxy.close();
            backend.close();
            dying.close();
        }
    }

    private static RawBackend keeping(Queue<Buffer> bodies) {
        return RawBackend.that(connection -> {
            for (RawBackend.Request request = connection.readRequest();
                    !request.head().isEmpty();
                    request = connection.readRequest()) {
                bodies.add(request.body());
                connection.send(OK);
            }
        });
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000, KEPT})
    void aBodyUpToTheLimitIsSentOnceMoreByteForByte(int size) throws IOException {
        try (SecondTry test = new SecondTry(READING_AND_DYING)) {
            byte[] body = bytes(size);
            test.client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
            test.client.send(body);
            assertThat(test.client.read().status()).isEqualTo(200);
            assertThat(test.bodies).containsExactly(Buffer.buffer(body));
        }
    }

    @Test
    void chunksAreSentOnceMoreAsChunks() throws IOException {
        try (SecondTry test = new SecondTry(READING_AND_DYING)) {
            test.client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            Buffer body = Buffer.buffer();
            for (int i = 1; i <= 100; i++) {
                byte[] chunk = bytes(i);
                body.appendBytes(chunk);
                test.client.send(Integer.toHexString(i) + "\r\n");
                test.client.send(chunk);
                test.client.send("\r\n");
            }
            test.client.send("0\r\n\r\n");
            assertThat(test.client.read().status()).isEqualTo(200);
            assertThat(test.bodies).containsExactly(body);
        }
    }

    @Test
    void aBodyOverTheLimitIsNotSentOnceMore() throws IOException {
        try (SecondTry test = new SecondTry(READING_AND_DYING)) {
            test.client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + (KEPT + 1) + "\r\n\r\n");
            test.client.send(bytes(KEPT + 1));
            assertThat(test.client.read().status()).isEqualTo(502);
            assertThat(test.bodies).isEmpty();
            assertThat(test.proxy.metric(
                            "weir_retries_total", "reason=\"connection_terminated\"", "result=\"body_not_kept\""))
                    .isEqualTo(1);
        }
    }

    @Test
    void aLongBodyOfWhichNothingWasSentIsStillAllThere() throws IOException {
        Queue<Buffer> bodies = new ConcurrentLinkedQueue<>();
        try (RawBackend backend = keeping(bodies);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(ClosedPort.take(), backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            byte[] body = bytes(1_000_000);
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length + "\r\n\r\n");
            client.send(body);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(bodies).containsExactly(Buffer.buffer(body));
            assertThat(proxy.blamed()).containsExactly(ProxyError.CONNECTION_REFUSED);
        }
    }

    @Test
    void aBodyWhoseFirstHalfWentToADyingBackendArrivesWholeAtTheNext() throws IOException {
        RawBackend.Behaviour dyingEarly = connection -> {
            connection.readHead();
            connection.readBytes(10);
            connection.reset();
        };
        try (SecondTry test = new SecondTry(dyingEarly)) {
            test.client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n0123456789");
            Await.untilTrue(() -> test.backend.heads().size() == 1, "the other backend has its turn");
            test.client.send("abcdefghij");
            assertThat(test.client.read().status()).isEqualTo(200);
            assertThat(test.bodies).containsExactly(Buffer.buffer("0123456789abcdefghij"));
        }
    }
}
