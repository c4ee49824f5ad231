package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which connections live on after a response, on either side, and which do not. */
class KeepAliveTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String CHUNKED =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n";

    private static void assertOk(RawClient.Response response, String body) {
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.complete()).isTrue();
        assertThat(response.text()).isEqualTo(body);
    }

    @ParameterizedTest
    @EnumSource
    void requestsOfManyClientsShareOneConnectionToTheBackend(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start()) {
            for (int i = 0; i < 10; i++) {
                try (RawClient client = new RawClient(proxy.port())) {
                    for (int j = 0; j < 10; j++) {
                        client.send(GET);
                        assertOk(client.read(), "ok");
                    }
                }
            }
            assertThat(backend.connections()).isEqualTo(1);
            assertThat(backend.heads()).hasSize(100);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "Close", "keep-alive, close", "TE,close"})
    void aClientThatAsksForItGetsItsConnectionClosedButNotTheBackends(String connection) throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            for (int i = 0; i < 3; i++) {
                try (RawClient client = new RawClient(proxy.port())) {
                    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: " + connection + "\r\n\r\n");
                    RawClient.Response response = client.read();
                    assertOk(response, "ok");
                    assertThat(response.field("connection")).isEqualTo("close");
                    assertThat(client.ends()).isTrue();
                }
            }
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    /** The first bytes of HTTP/2, from a client that knows no better: RFC 9113, section 3.4, and an empty SETTINGS frame. */
    @Test
    void aClientOfHttp2IsToldOnceThatItIsNotSpokenAndThenLeft() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");

            RawClient.Response response = client.read();

            assertThat(response.status()).isEqualTo(505);
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
            assertThat(backend.connections()).isZero();
        }
    }

    @Test
    void aClientIsNotToldThatItsConnectionLivesOnUnlessItIsOld() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nKeep-Alive: 300\r\n\r\n");
            assertThat(client.read().field("connection")).isNull();
            client.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
            RawClient.Response response = client.read();
            assertThat(response.head()).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(response.field("connection")).isEqualTo("keep-alive");
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(client.read().field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "CLOSE", "keep-alive, close"})
    void aBackendThatAnnouncesItsEndIsNotAskedAgain(String connection) throws IOException {
        String response = "HTTP/1.1 200 OK\r\nConnection: " + connection + "\r\nContent-Length: 2\r\n\r\nok";
        try (RawBackend backend = RawBackend.answering(response);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(GET);
                RawClient.Response got = client.read();
                assertOk(got, "ok");
                assertThat(got.field("connection")).isNull();
            }
            assertThat(backend.connections()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBackendThatHangsUpAfterEachResponseIsAskedOnANewConnection(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send(OK);
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 10; i++) {
                client.send(GET);
                assertOk(client.read(), "ok");
                Await.untilTrue(() -> proxy.backend(0).stats().connections() == 0, "the end was noticed");
            }
            assertThat(backend.heads()).hasSize(10);
            assertThat(proxy.blamed()).isEmpty();
        }
    }

    @Test
    void aBackendOfHttp10IsAskedAgainOnlyIfItSaysSo() throws IOException {
        String once = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok";
        String more = "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok";
        try (RawBackend closing = RawBackend.answering(once);
                RawBackend keeping = RawBackend.answering(more);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(closing.port(), keeping.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 6; i++) {
                client.send(GET);
                RawClient.Response response = client.read();
                assertOk(response, "ok");
                assertThat(response.head()).startsWith("HTTP/1.1 200 OK\r\n");
                assertThat(response.field("via")).isEqualTo("1.0 weir");
                assertThat(response.field("connection")).isNull();
            }
            assertThat(closing.connections()).isEqualTo(3);
            assertThat(keeping.connections()).isEqualTo(1);
        }
    }

    @Test
    void aClientOfHttp10GetsAChunkedBodyWithoutChunksUpToTheEndOfTheConnection() throws IOException {
        try (RawBackend backend = RawBackend.answering(CHUNKED);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            for (String connection : new String[] {"close", "keep-alive"}) {
                try (RawClient client = new RawClient(proxy.port())) {
                    client.send("GET / HTTP/1.0\r\nConnection: " + connection + "\r\n\r\n");
                    RawClient.Response response = client.read();
                    assertOk(response, "abcde");
                    assertThat(response.field("transfer-encoding")).isNull();
                    assertThat(response.field("content-length")).isNull();
                    assertThat(response.field("connection")).isEqualTo("close");
                }
            }
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    @Test
    void aRequestOfHttp10ReachesTheBackendAsHttp11() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            RawClient.exchange(proxy.port(), "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(backend.heads().getFirst().toLowerCase(Locale.ROOT))
                    .startsWith("get /a http/1.1\r\n")
                    .contains("\r\nhost: 127.0.0.1:" + backend.port() + "\r\n")
                    .contains("\r\nvia: 1.0 weir-")
                    .doesNotContain("connection:")
                    .doesNotContain("x-forwarded-host:");
        }
    }

    @Test
    void aBodyUpToTheEndOfTheConnectionIsChunkedForANewClientAndNotForAnOldOne() throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\n\r\nall there is");
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            try (RawClient client = new RawClient(proxy.port())) {
                for (int i = 0; i < 2; i++) {
                    client.send(GET);
                    RawClient.Response response = client.read();
                    assertOk(response, "all there is");
                    assertThat(response.field("transfer-encoding")).isEqualTo("chunked");
                    assertThat(response.field("connection")).isNull();
                }
            }
            RawClient.Response old = RawClient.exchange(proxy.port(), "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
            assertOk(old, "all there is");
            assertThat(old.field("transfer-encoding")).isNull();
            assertThat(old.field("connection")).isEqualTo("close");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatAResetEndsIsNotPassedOnAsWhole(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\n\r\nall there is");
                    connection.in().read(); // the test says when
                    connection.reset();
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start()) {
            for (String version : new String[] {"1.1", "1.0"}) {
                try (RawClient client = new RawClient(proxy.port())) {
                    client.send("POST / HTTP/" + version + "\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
                    assertThat(HttpText.readHead(client.in())).startsWith("HTTP/1.1 200 ");
                    client.send("x");
                    assertThat(client.readsToACleanEnd(version.equals("1.1"))).isFalse();
                }
            }
            assertThat(proxy.accessLog(2)).allSatisfy(line -> {
                assertThat(line.getInteger("status")).isEqualTo(200);
                assertThat(line.getString("error")).isEqualTo("http_response_incomplete");
            });
        }
    }

    @Test
    void aBodyWhoseLastChunkIsMissingIsNotPassedOnAsWhole() throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
                    connection.in().read(); // the test says when
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            for (String version : new String[] {"1.1", "1.0"}) {
                try (RawClient client = new RawClient(proxy.port())) {
                    client.send("POST / HTTP/" + version + "\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
                    assertThat(HttpText.readHead(client.in())).startsWith("HTTP/1.1 200 ");
                    client.send("x");
                    assertThat(client.readsToACleanEnd(version.equals("1.1"))).isFalse();
                }
            }
        }
    }

    @Test
    void aBodyThatIsShorterThanAnnouncedIsPassedOnWithTheLengthThatWasAnnounced() throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc");
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            RawClient.Response response = RawClient.get(proxy.port(), "/");
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.field("content-length")).isEqualTo("100000");
            assertThat(response.text()).isEqualTo("abc");
            assertThat(response.complete()).isFalse();
        }
    }
}
