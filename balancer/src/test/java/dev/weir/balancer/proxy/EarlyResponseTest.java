package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A backend may answer before it has read the request, and may then hang up in ways that are rather rude. */
class EarlyResponseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LARGE = 8 * 1024 * 1024;
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String TOO_LARGE = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 9\r\n\r\ntoo large";
    private static final String UPLOAD = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + LARGE + "\r\n\r\n";

    /** How a backend ends a connection whose request it does not want to read. */
    enum Ending {
        /** Which resets it, since bytes are unread. */
        CLOSE {
            @Override
            void end(RawBackend.Connection connection) {
                // the connection is closed on return
            }
        },
        RESET {
            @Override
            void end(RawBackend.Connection connection) throws IOException {
                connection.reset();
            }
        },
        SHUTDOWN_AND_DRAIN {
            @Override
            void end(RawBackend.Connection connection) throws IOException {
                connection.socket().shutdownOutput();
                connection.drain();
            }
        },
        DRAIN {
            @Override
            void end(RawBackend.Connection connection) throws IOException {
                connection.drain();
            }
        };

        abstract void end(RawBackend.Connection connection) throws IOException;
    }

    static Stream<Arguments> endings() {
        List<Arguments> all = new ArrayList<>();
        for (Sockets sockets : Sockets.values()) {
            for (Ending ending : Ending.values()) {
                all.add(Arguments.of(sockets, ending));
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("endings")
    void aClientInTheMiddleOfItsUploadGetsTheEarlyResponse(Sockets sockets, Ending ending) throws IOException {
        sockets.assumeAvailable();
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.readBytes(100_000);
                    connection.send(TOO_LARGE);
                    ending.end(connection);
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start()) {
            for (int i = 0; i < 5; i++) {
                try (RawClient client = new RawClient(proxy.port())) {
                    Thread.ofVirtual().start(() -> client.sendQuietly(UPLOAD + "x".repeat(LARGE)));
                    RawClient.Response response = client.read();
                    assertThat(response.status()).isEqualTo(413);
                    assertThat(response.text()).isEqualTo("too large");
                }
            }
            assertThat(proxy.blamed()).isEmpty();
            assertThat(proxy.accessLog(5))
                    .allSatisfy(line -> assertThat(line.getInteger("status")).isEqualTo(413));
        }
    }

    @Test
    void aClientThatSendsTheRestOfItsRequestMayUseItsConnectionOn() throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    if (connection.readHead().startsWith("POST")) {
                        connection.send(TOO_LARGE);
                        connection.drain();
                    } else {
                        connection.send(OK);
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(UPLOAD);
            assertThat(client.read().status()).isEqualTo(413);
            client.sendQuietly("x".repeat(LARGE) + GET);
            assertThat(client.read().text()).isEqualTo("ok");
            assertThat(backend.connections())
                    .as("the connection on which the request is not complete is not reused")
                    .isEqualTo(2);
        }
    }

    @Test
    void aResponseThatEndsTheConnectionIsReadByAClientThatStillSends() throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send(TOO_LARGE);
                    connection.drain();
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " + LARGE + "\r\n\r\n");
            client.sendQuietly("x".repeat(LARGE));
            RawClient.Response response = client.read();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.text()).isEqualTo("too large");
            assertThat(client.in().read()).as("a clean end").isNegative();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBackendMayAnswerWhileItReads(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    for (int i = 0; i < 3; i++) {
                        connection.send("1\r\n" + (char) connection.in().read() + "\r\n");
                    }
                    connection.send("0\r\n\r\n");
                    connection.readHead();
                    connection.send(OK);
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
            assertThat(HttpText.readHead(client.in())).startsWith("HTTP/1.1 200 ");
            for (String piece : List.of("a", "b", "c")) {
                client.send(piece);
                assertThat(HttpText.readLine(client.in())).isEqualTo("1");
                assertThat(HttpText.readLine(client.in())).isEqualTo(piece);
            }
            assertThat(HttpText.readLine(client.in())).isEqualTo("0");
            assertThat(HttpText.readLine(client.in())).isEmpty();
            client.send(GET);
            assertThat(client.read().text()).isEqualTo("ok");
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    @Test
    void aResponseThatHasBegunDoesNotKeepTheRestOfTheRequestFromTheBackend() throws IOException {
        CountDownLatch read = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n");
                    if (connection.readBytes(LARGE).length == LARGE) {
                        read.countDown();
                    }
                    connection.send("0\r\n\r\n");
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            Thread.ofVirtual().start(() -> client.sendQuietly(UPLOAD + "x".repeat(LARGE)));
            RawClient.Response response = client.read();
            assertThat(response.text()).isEqualTo("begun");
            assertThat(response.complete()).isTrue();
            assertThat(Await.happened(read, PATIENCE)).isTrue();
        }
    }
}
