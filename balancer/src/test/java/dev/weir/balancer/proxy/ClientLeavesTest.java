package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.balancer.Await;
import dev.weir.balancer.config.HalfClose;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClientLeavesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String GET = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** A backend that takes a request's head, says something, and then waits for the connection to end. */
    private static final class Waiting implements AutoCloseable {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch left = new CountDownLatch(1);
        private final RawBackend backend;

        Waiting(String answer) {
            backend = RawBackend.that(connection -> {
                connection.readHead();
                connection.send(answer);
                asked.countDown();
                try {
                    connection.drain();
                } finally {
                    left.countDown();
                }
            });
        }

        ProxyUnderTest behind(Sockets sockets, HalfClose halfClose) {
            return ProxyUnderTest.before(backend.port())
                    .halfClose(halfClose)
                    .transport(sockets.transport())
                    .start();
        }

        void awaitAsked() {
            assertThat(Await.happened(asked, PATIENCE))
                    .as("the backend got the request")
                    .isTrue();
        }

        void awaitLeft() {
            assertThat(Await.happened(left, PATIENCE))
                    .as("the backend's connection ended")
                    .isTrue();
        }

        @Override
        public void close() {
            backend.close();
        }
    }

    private static void assertLoggedAsClientGone(ProxyUnderTest proxy) {
        assertThat(proxy.accessLog(1)).singleElement().satisfies(line -> {
            assertThat(line.getInteger("status")).isEqualTo(499);
            assertThat(line.getString("error")).isNull();
            assertThat(line.getJsonArray("attempts")).hasSize(1);
        });
        assertThat(proxy.blamed()).isEmpty();
        assertThat(proxy.backend(0).stats().inFlight()).isZero();
    }

    private static void assertLeavingCancels(Sockets sockets, HalfClose halfClose, String request, boolean reset)
            throws IOException {
        sockets.assumeAvailable();
        try (Waiting backend = new Waiting("");
                ProxyUnderTest proxy = backend.behind(sockets, halfClose)) {
            try (RawClient client = new RawClient(proxy.port())) {
                client.send(request);
                backend.awaitAsked();
                client.socket().setSoLinger(reset, 0);
            }
            backend.awaitLeft();
            assertLoggedAsClientGone(proxy);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatEndsItsSideCancelsItsRequestIfThatMeansThatItIsGone(Sockets sockets) throws IOException {
        assertLeavingCancels(sockets, HalfClose.ABORT, GET, false);
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatResetsWhileItWaitsCancelsTheRequestToTheBackend(Sockets sockets) throws IOException {
        assertLeavingCancels(sockets, HalfClose.ANSWER, GET, true);
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatLeavesInTheMiddleOfItsUploadCancelsTheRequestToTheBackend(Sockets sockets) throws IOException {
        String upload = "POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 1000000\r\n\r\nabc";
        assertLeavingCancels(sockets, HalfClose.ANSWER, upload, false);
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatLeavesInTheMiddleOfADownloadCancelsTheRequestToTheBackend(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        CountDownLatch left = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                    try {
                        while (true) {
                            connection.send(new byte[64 * 1024]);
                        }
                    } finally {
                        left.countDown();
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start()) {
            try (RawClient client = new RawClient(proxy.port())) {
                client.send(GET);
                assertThat(client.in().readNBytes(1_000_000)).hasSize(1_000_000);
            }
            assertThat(Await.happened(left, PATIENCE)).isTrue();
            assertLoggedAsClientGone(proxy);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatOnlyEndsItsSideStillGetsItsResponse(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        CountDownLatch answer = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    Await.happened(answer, PATIENCE);
                    connection.send(OK);
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(GET);
            client.socket().shutdownOutput();
            client.socket().setSoTimeout(300);
            assertThatThrownBy(client::read)
                    .as("nothing comes before the answer: common clients would take it for that")
                    .isInstanceOf(SocketTimeoutException.class);
            client.socket().setSoTimeout((int) PATIENCE.toMillis());
            answer.countDown();
            RawClient.Response response = client.read();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo("ok");
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void aClientOfHttp10ThatEndsItsSideIsSentNoInterimResponse() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            client.socket().shutdownOutput();
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatEndsItsSideAfterPipelinedRequestsGetsAllResponses(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(GET.repeat(5));
            client.socket().shutdownOutput();
            for (int i = 0; i < 5; i++) {
                assertThat(client.readFinal().status()).isEqualTo(200);
            }
            assertThat(client.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSlowClientThatEndsItsSideLateStillGetsTheRestOfItsResponse(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        int length = 16 * 1024 * 1024;
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
                    connection.send(new byte[length]);
                    connection.drain();
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(GET);
            String head = HttpText.readHead(client.in());
            assertThat(head).startsWith("HTTP/1.1 200 ");
            int read = 0;
            // until all of the response lies in buffers of the balancer and of the kernel
            while (proxy.backend(0).stats().inFlight() > 0 && read < length) {
                read += client.in().readNBytes(16 * 1024).length;
                LockSupport.parkNanos(500_000); // slower than the balancer
            }
            client.socket().shutdownOutput();
            assertThat(client.in().readNBytes(length).length + read).isEqualTo(length);
            assertThat(client.ends()).isTrue();
        }
    }
}
