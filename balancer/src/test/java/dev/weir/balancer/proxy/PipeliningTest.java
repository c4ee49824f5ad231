package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.config.RouteConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PipeliningTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Answers each request with its target and its body. */
    private static RawBackend echo() {
        return RawBackend.that(connection -> {
            while (true) {
                RawBackend.Request request = connection.readRequest();
                if (request.head().isEmpty()) {
                    return;
                }
                String text = request.head().split(" ", -1)[1] + request.body();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
            }
        });
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    @ParameterizedTest
    @EnumSource
    void pipelinedRequestsAreAnsweredInTheirOrder(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        try (RawBackend backend = echo();
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 100; i++) {
                requests.append(get("/" + i));
            }
            client.send(requests.toString());
            for (int i = 0; i < 100; i++) {
                assertThat(client.read().text()).isEqualTo("/" + i);
            }
            client.send(get("/more"));
            assertThat(client.read().text()).isEqualTo("/more");
        }
    }

    @Test
    void aSlowResponseHoldsBackThoseBehindIt() throws IOException {
        CountDownLatch released = new CountDownLatch(1);
        try (RawBackend slow = RawBackend.that(connection -> {
                    connection.readHead();
                    Await.happened(released, PATIENCE);
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow");
                });
                RawBackend quick = echo();
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(slow.port(), quick.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(get("/1") + get("/2"));
            Await.untilTrue(() -> slow.heads().size() == 1, "the first request came");
            assertThat(quick.heads())
                    .as("the second one waits for the first one's response")
                    .isEmpty();
            released.countDown();
            assertThat(client.read().text()).isEqualTo("slow");
            assertThat(client.read().text()).isEqualTo("/2");
        }
    }

    @Test
    void bodiesBetweenPipelinedRequestsBelongToTheirs() throws IOException {
        try (RawBackend backend = echo();
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(get("/1")
                    + "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                    + "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nd\r\n2\r\nef\r\n0\r\n\r\n"
                    + "POST /4 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                    + get("/5"));
            for (String expected : List.of("/1", "/2abc", "/3def", "/4", "/5")) {
                assertThat(client.read().text()).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 64})
    void pipelinedRequestsMayComeInPiecesOfAnySize(int size) throws IOException {
        try (RawBackend backend = echo();
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.socket().setTcpNoDelay(true);
            String requests = (get("/1")
                            + "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n")
                    .repeat(3);
            for (int begin = 0; begin < requests.length(); begin += size) {
                client.send(requests.substring(begin, Math.min(begin + size, requests.length())));
            }
            for (int i = 0; i < 3; i++) {
                assertThat(client.read().text()).isEqualTo("/1");
                assertThat(client.read().text()).isEqualTo("/2abc");
            }
        }
    }

    @Test
    void aBadRequestIsAnsweredInItsTurnAndEndsTheConnection() throws IOException {
        try (RawBackend backend = echo();
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(get("/1") + get("/2") + "BAD\r\n\r\n" + get("/4"));
            assertThat(client.read().text()).isEqualTo("/1");
            assertThat(client.read().text()).isEqualTo("/2");
            RawClient.Response bad = client.read();
            assertThat(bad.status()).isEqualTo(400);
            assertThat(bad.field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
            assertThat(backend.heads()).hasSize(2);
        }
    }

    @Test
    void aRequestThatIsRefusedButUnderstoodDoesNotEndTheConnection() throws IOException {
        try (RawBackend backend = echo();
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(get("/1") + "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n" + get("/3"));
            assertThat(client.read().text()).isEqualTo("/1");
            assertThat(client.read().status()).isEqualTo(405);
            assertThat(client.read().text()).isEqualTo("/3");
        }
    }

    @Test
    void whatFollowsARequestToCloseIsNotServed() throws IOException {
        try (RawBackend backend = echo();
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(get("/1") + "GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + get("/3"));
            assertThat(client.read().text()).isEqualTo("/1");
            assertThat(client.read().text()).isEqualTo("/2");
            assertThat(client.ends()).isTrue();
            assertThat(backend.heads()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void thousandsOfTinyRequestsAtOnceAreServedOneByOne(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        int count = 5_000;
        try (RawBackend backend = echo();
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            Thread sender = Thread.ofVirtual().start(() -> client.sendQuietly(get("/").repeat(count)));
            for (int i = 0; i < count; i++) {
                assertThat(client.read().text()).isEqualTo("/");
            }
            Await.untilTrue(() -> !sender.isAlive(), "all was sent");
        }
    }

    @Test
    void thousandsOfTinyRequestsThatNoRouteMatchesAreAnsweredOneByOne() throws IOException {
        int count = 5_000;
        try (RawBackend backend = echo();
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .routes(new RouteConfig(List.of(), "/shop", "shop"))
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            Thread sender = Thread.ofVirtual()
                    .start(() -> client.sendQuietly(get("/shop") + get("/").repeat(count) + get("/shop")));
            assertThat(client.read().text()).isEqualTo("/shop");
            for (int i = 0; i < count; i++) {
                assertThat(client.read().status()).isEqualTo(404);
            }
            assertThat(client.read().text()).isEqualTo("/shop");
            Await.untilTrue(() -> !sender.isAlive(), "all was sent");
        }
    }
}
