package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses before the response: Expect: 100-continue, Early Hints, and what nobody asked for. */
class InterimResponsesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
    private static final String EXPECTING =
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";

    private static ProxyUnderTest before(RawBackend backend) {
        return ProxyUnderTest.before(backend.port()).start();
    }

    @ParameterizedTest
    @EnumSource
    void aClientSendsItsBodyAsSoonAsTheBackendSaysContinue(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        CountDownLatch go = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.that(connection -> {
                    while (!connection.readHead().isEmpty()) {
                        Await.happened(go, PATIENCE);
                        connection.send(CONTINUE);
                        connection.readBytes(3);
                        connection.send(OK);
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 2; i++) {
                client.send(EXPECTING);
                Await.untilTrue(() -> !backend.heads().isEmpty(), "the backend is asked before the body comes");
                go.countDown();
                assertThat(client.read().status()).isEqualTo(100);
                client.send("abc");
                assertThat(client.read().status()).isEqualTo(200);
            }
            assertThat(backend.heads().getFirst()).containsIgnoringCase("\r\nexpect: 100-continue\r\n");
            assertThat(backend.connections()).as("the connection is reused").isEqualTo(1);
        }
    }

    @Test
    void theBalancerSaysContinueIfTheBackendDoesNot() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = before(backend);
                RawClient client = new RawClient(proxy.port())) {
            long began = System.nanoTime();
            client.send(EXPECTING);
            assertThat(client.read().status()).isEqualTo(100);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            client.send("abc");
            assertThat(client.read().status()).isEqualTo(200);
            client.send(GET);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void aContinueThatComesAfterTheBalancersOwnIsNotForwarded() throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.readBytes(3);
                    connection.send(CONTINUE + OK);
                });
                ProxyUnderTest proxy = before(backend);
                RawClient client = new RawClient(proxy.port())) {
            client.send(EXPECTING);
            assertThat(client.read().status()).isEqualTo(100);
            client.send("abc");
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"413,Content Too Large", "417,Expectation Failed", "200,OK"})
    void aFinalAnswerInsteadOfContinueReachesTheClientAtOnceAndEndsTheConnection(int status, String phrase)
            throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 " + status + " " + phrase + "\r\nContent-Length: 2\r\n\r\nno");
                    connection.drain();
                });
                ProxyUnderTest proxy = before(backend);
                RawClient client = new RawClient(proxy.port())) {
            client.send(EXPECTING);
            RawClient.Response response = client.read();
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.text()).isEqualTo("no");
            assertThat(response.field("connection"))
                    .as("nobody knows whether the body will come")
                    .isEqualTo("close");
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void aClientThatDoesNotWaitIsNotToldToContinue() throws IOException {
        try (RawBackend backend = RawBackend.answering(CONTINUE + OK);
                ProxyUnderTest proxy = before(backend);
                RawClient client = new RawClient(proxy.port())) {
            client.send(EXPECTING + "abc");
            assertThat(client.read().status()).isEqualTo(200);
            client.send(GET);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST / HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc",
                "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"
            })
    void anExpectationThatMeansNothingIsNotForwarded(String request) throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = before(backend)) {
            assertThat(RawClient.exchange(proxy.port(), request).status()).isEqualTo(200);
            assertThat(backend.heads().getFirst()).doesNotContainIgnoringCase("expect:");
        }
    }

    @Test
    void anExpectationThatNobodyKnowsIsRefused() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = before(backend)) {
            RawClient.Response response = RawClient.exchange(
                    proxy.port(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: miracles\r\n\r\nabc");
            assertThat(response.status()).isEqualTo(417);
            assertThat(backend.connections()).isZero();
        }
    }

    @Test
    void earlyHintsReachNewClientsWithoutFieldsOfTheBackendsConnection() throws IOException {
        String hints =
                "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: X-Hop\r\nX-Hop: 1\r\nLink: </b.js>\r\n\r\n";
        try (RawBackend backend = RawBackend.answering(hints + hints + OK);
                ProxyUnderTest proxy = before(backend);
                RawClient client = new RawClient(proxy.port())) {
            for (String method : new String[] {"GET", "HEAD", "GET"}) {
                client.send(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
                for (int i = 0; i < 2; i++) {
                    RawClient.Response early = client.read();
                    assertThat(early.status()).isEqualTo(103);
                    assertThat(early.fields("link")).containsExactly("</a.css>", "</b.js>");
                    assertThat(early.head().toLowerCase(Locale.ROOT))
                            .doesNotContain("hop")
                            .doesNotContain("via");
                }
                assertThat(client.read(method.equals("HEAD")).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void earlyHintsDoNotReachOldClients() throws IOException {
        try (RawBackend backend = RawBackend.answering("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + OK);
                ProxyUnderTest proxy = before(backend)) {
            assertThat(RawClient.exchange(proxy.port(), "GET / HTTP/1.0\r\n\r\n")
                            .status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"100 Continue", "102 Processing", "199 Whatever", "104 Upload Resumption Supported"})
    void whatNobodyAskedForIsNotForwarded(String status) throws IOException {
        try (RawBackend backend = RawBackend.answering("HTTP/1.1 " + status + "\r\nX-A: b\r\n\r\n" + OK);
                ProxyUnderTest proxy = before(backend);
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(GET);
                assertThat(client.read().status()).isEqualTo(200);
            }
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    @Test
    void interimResponsesAreForwardedBeforeTheFinalOneComes() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
                    Await.happened(go, PATIENCE);
                    connection.send(OK);
                });
                ProxyUnderTest proxy = before(backend);
                RawClient client = new RawClient(proxy.port())) {
            client.send(GET);
            assertThat(client.read().status()).isEqualTo(103);
            go.countDown();
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"20,200", "21,502"})
    void interimResponsesWithoutEndAreNotTakenForAnAnswer(int count, int status) throws IOException {
        try (RawBackend backend = RawBackend.answering(CONTINUE.repeat(count) + OK);
                ProxyUnderTest proxy = before(backend)) {
            RawClient.Response response = RawClient.get(proxy.port(), "/");
            assertThat(response.status()).isEqualTo(status);
            if (status == 502) {
                assertThat(response.field("proxy-status")).contains("error=http_protocol_error");
            }
        }
    }

    @Test
    void interimResponsesOfABackendThatFailedAreNotHeldAgainstTheNext() throws IOException {
        try (RawBackend endless = RawBackend.answering(CONTINUE.repeat(21) + OK);
                RawBackend sound = RawBackend.answering(CONTINUE + OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(endless.port(), sound.port()).start()) {
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Upgrade: websocket\r\nConnection: upgrade\r\n"})
    void aSwitchOfProtocolsThatNobodyAskedForIsAnError(String fields) throws IOException {
        try (RawBackend backend = RawBackend.answering("HTTP/1.1 101 Switching Protocols\r\n" + fields + "\r\njunk");
                ProxyUnderTest proxy = before(backend);
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 2; i++) {
                client.send(GET);
                RawClient.Response response = client.read();
                assertThat(response.status()).isEqualTo(502);
                assertThat(response.field("proxy-status")).contains("error=http_upgrade_failed");
            }
        }
    }
}
