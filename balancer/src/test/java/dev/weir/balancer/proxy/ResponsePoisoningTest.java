package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that a backend sends beyond its response never become the response to somebody else's request. */
class ResponsePoisoningTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    enum Answer {
        WITH_LENGTH("GET", OK),
        CHUNKED("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
        NO_CONTENT("GET", "HTTP/1.1 204 No Content\r\n\r\n"),
        NOT_MODIFIED("GET", "HTTP/1.1 304 Not Modified\r\n\r\n"),
        TO_HEAD("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");

        private final String method;
        private final String text;

        Answer(String method, String text) {
            this.method = method;
            this.text = text;
        }

        String request() {
            return method + " / HTTP/1.1\r\nHost: a\r\n\r\n";
        }

        int status() {
            return Integer.parseInt(text.substring(9, 12));
        }
    }

    enum Surplus {
        JUNK("JUNK"),
        RESPONSE("HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n"),
        PART_OF_A_HEAD("HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nX-Junk: "),
        PART_OF_A_STATUS_LINE("HTTP/1.1 302 "),
        EMPTY_LINE("\r\n");

        private final String text;

        Surplus(String text) {
            this.text = text;
        }
    }

    static Stream<Arguments> answersWithSurplus() {
        List<Arguments> all = new ArrayList<>();
        for (Answer answer : Answer.values()) {
            for (Surplus surplus : Surplus.values()) {
                all.add(Arguments.of(answer, surplus));
            }
        }
        return all.stream();
    }

    /**
     * Gives its answer and a surplus to the first request, and a good answer to all others, on any connection.
     *
     * @param due when it is open, the surplus comes; null: with the answer, in one packet
     * @param done is open once the surplus has come, or is about to
     */
    private static RawBackend poisoning(
            Answer answer, String surplus, @Nullable CountDownLatch due, CountDownLatch done) {
        return RawBackend.that(connection -> {
            while (!connection.readHead().isEmpty()) {
                if (done.getCount() == 0) {
                    connection.send(OK);
                } else if (due == null) {
                    done.countDown();
                    connection.send(answer.text + surplus);
                } else {
                    connection.send(answer.text);
                    assertThat(Await.happened(due, PATIENCE)).isTrue();
                    done.countDown(); // first: the innocent may be here before this thread goes on
                    connection.send(surplus);
                }
            }
        });
    }

    private static void assertAnswered(Answer answer, RawClient client) throws IOException {
        client.send(answer.request());
        assertThat(client.read(answer == Answer.TO_HEAD).status()).isEqualTo(answer.status());
    }

    private static void assertInnocentIsAnswered(RawClient client) throws IOException {
        client.send("GET /innocent HTTP/1.1\r\nHost: a\r\n\r\n");
        RawClient.Response response = client.read();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.field("location")).isNull();
        assertThat(response.text()).isEqualTo("ok");
    }

    @ParameterizedTest
    @MethodSource("answersWithSurplus")
    void surplusInTheSamePacketHarmsNobody(Answer answer, Surplus surplus) throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        try (RawBackend backend = poisoning(answer, surplus.text, null, done);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            assertAnswered(answer, client);
            assertInnocentIsAnswered(client);
            assertThat(backend.connections())
                    .as("the first connection was given up")
                    .isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("answersWithSurplus")
    void surplusThatComesLaterHarmsNobody(Answer answer, Surplus surplus) throws IOException {
        CountDownLatch due = new CountDownLatch(1);
        try (RawBackend backend = poisoning(answer, surplus.text, due, new CountDownLatch(1));
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            assertAnswered(answer, client);
            due.countDown(); // no sooner, or both may be read at once
            Await.untilTrue(() -> proxy.backend(0).stats().connections() == 0, "the first connection was given up");
            assertInnocentIsAnswered(client);
            assertThat(backend.connections()).isEqualTo(2);
            assertThat(proxy.blamed()).isEmpty();
            assertThat(proxy.metric("weir_backend_violations_total", "violation=\"unsolicited_bytes\""))
                    .isEqualTo(1);
        }
    }

    /** The surplus begins in the response's packet and ends in a later one: what is left is no beginning of a response. */
    @ParameterizedTest
    @EnumSource
    void surplusThatIsSplitBetweenTwoPacketsHarmsNobody(Answer answer) throws IOException {
        String surplus = Surplus.RESPONSE.text;
        for (int split : new int[] {1, 9, 13, surplus.length() - 2}) {
            AtomicBoolean asked = new AtomicBoolean();
            try (RawBackend backend = RawBackend.that(connection -> {
                        while (!connection.readHead().isEmpty()) {
                            if (asked.getAndSet(true)) {
                                connection.send(OK);
                            } else {
                                connection.send(answer.text + surplus.substring(0, split));
                                connection.send(surplus.substring(split));
                            }
                        }
                    });
                    ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                    RawClient client = new RawClient(proxy.port())) {
                client.socket().setTcpNoDelay(true);
                assertAnswered(answer, client);
                assertInnocentIsAnswered(client);
                assertThat(backend.connections()).isEqualTo(2);
                assertThat(proxy.metric("weir_backend_violations_total", "violation=\"surplus_bytes\""))
                        .isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void thatHoldsForEveryTransport(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        for (boolean later : List.of(false, true)) {
            CountDownLatch due = later ? new CountDownLatch(1) : null;
            CountDownLatch done = new CountDownLatch(1);
            try (RawBackend backend = poisoning(Answer.NO_CONTENT, Surplus.PART_OF_A_HEAD.text, due, done);
                    ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                            .transport(sockets.transport())
                            .start();
                    RawClient client = new RawClient(proxy.port())) {
                assertAnswered(Answer.NO_CONTENT, client);
                if (due != null) {
                    due.countDown();
                }
                Await.untilTrue(() -> proxy.backend(0).stats().connections() == 0, "the connection was given up");
                assertInnocentIsAnswered(client);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 2", "Transfer-Encoding: chunked"})
    void aConnectionWhoseResponseAnnouncesAForbiddenBodyIsNotReused(String framing) throws IOException {
        try (RawBackend backend = RawBackend.answering("HTTP/1.1 204 No Content\r\n" + framing + "\r\n\r\n");
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 3; i++) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                RawClient.Response response = client.read();
                assertThat(response.status()).isEqualTo(204);
                assertThat(response.field("content-length")).isNull();
                assertThat(response.field("transfer-encoding")).isNull();
            }
            assertThat(backend.connections()).isEqualTo(3);
        }
    }

    @Test
    void aTimeoutThatABackendAnnouncesOnAnIdleConnectionIsNobodysResponse() throws IOException {
        CountDownLatch due = new CountDownLatch(1);
        String timeout = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        try (RawBackend backend = poisoning(Answer.WITH_LENGTH, timeout, due, new CountDownLatch(1));
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            assertAnswered(Answer.WITH_LENGTH, client);
            due.countDown();
            Await.untilTrue(() -> proxy.backend(0).stats().connections() == 0, "the connection was given up");
            assertInnocentIsAnswered(client);
        }
    }
}
