package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.ClosedPort;
import dev.weir.balancer.backend.Addresses;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One backend that is to be found in several places, which may change. Different ports stand for different addresses. */
final class SeveralAddressesTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";

    private static RawBackend answering(String body) {
        return RawBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static InetSocketAddress local(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    private static void move(ProxyUnderTest proxy, int... ports) {
        publish(proxy, null, false, ports);
        proxy.proxy().addressesChanged(proxy.backend(0));
    }

    private static void publish(ProxyUnderTest proxy, @Nullable ProxyException problem, boolean gone, int... ports) {
        List<InetSocketAddress> list =
                Arrays.stream(ports).mapToObj(SeveralAddressesTest::local).toList();
        proxy.pool().addresses(proxy.backend(0), new Addresses(list, System.nanoTime(), problem, gone));
    }

    @Test
    void anAddressThatRefusesIsMaskedWithoutARetry() throws IOException {
        try (RawBackend backend = answering("ok");
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            move(proxy, ClosedPort.take(), ClosedPort.take(), backend.port());
            assertThat(RawClient.exchange(proxy.port(), POST).text()).isEqualTo("ok");
            assertThat(proxy.blamed()).isEmpty();
            assertThat(proxy.metric("weir_retries_total")).isZero();
            assertThat(proxy.metric("weir_backend_failures_total")).isZero();
        }
    }

    @Test
    void anAddressThatDoesNotAnswerDelaysTheFirstRequestForAMomentOnly() throws IOException {
        try (FullQueue silent = new FullQueue();
                RawBackend backend = answering("ok");
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .connect(Duration.ofSeconds(3))
                        .start()) {
            move(proxy, silent.port(), backend.port());
            long began = System.nanoTime();
            assertThat(RawClient.exchange(proxy.port(), POST).text()).isEqualTo("ok");
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isBetween(Duration.ofMillis(240), Duration.ofMillis(2_500));
            assertThat(proxy.blamed()).isEmpty();
            Await.untilTrue(() -> proxy.backend(0).stats().connections() == 1, "the slow connection is given up");
        }
    }

    @Test
    void aConnectionThatWasOpenedInVainAndIsClosedUnderItsFirstRequestIsARaceAndNobodysFault() throws IOException {
        try (FullQueue slow = new FullQueue();
                RawBackend backend = answering("ok");
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            move(proxy, slow.port(), backend.port());
            assertThat(RawClient.exchange(proxy.port(), GET).text()).isEqualTo("ok");
            try (Socket spare = slow.acceptOne()) { // after a second, when the kernel asks once more
                Await.untilTrue(
                        () -> proxy.metric("weir_backend_connections_opened_total") == 2, "the spare one is kept");
                Thread.ofVirtual().start(() -> hangUpAtTheFirstByte(spare));
                assertThat(RawClient.exchange(proxy.port(), GET).text()).isEqualTo("ok");
            }
            assertThat(proxy.blamed()).isEmpty();
            assertThat(proxy.metric("weir_backend_reuse_races_total")).isEqualTo(1);
            assertThat(proxy.metric("weir_requests_saved_total")).isEqualTo(1);
        }
    }

    private static void hangUpAtTheFirstByte(Socket socket) {
        try (socket) {
            socket.getInputStream().read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theDeadlineOfTheAttemptHoldsForAllAddressesTogether() throws IOException {
        try (FullQueue silent = new FullQueue();
                FullQueue other = new FullQueue();
                ProxyUnderTest proxy = ProxyUnderTest.before(silent.port())
                        .connect(Duration.ofMillis(100))
                        .start()) {
            move(proxy, silent.port(), other.port());
            RawClient.Response response = RawClient.get(proxy.port(), "/");
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).isEqualTo("weir; error=connection_timeout");
            Await.untilTrue(() -> proxy.backend(0).stats().connections() == 0, "slow connections are given up");
        }
    }

    @Test
    void ifAllAddressesFailEachIsNamed() throws IOException {
        int first = ClosedPort.take();
        try (ProxyUnderTest proxy = ProxyUnderTest.before(first).start()) {
            move(proxy, first, ClosedPort.take());
            RawClient.Response response = RawClient.get(proxy.port(), "/");
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).isEqualTo("weir; error=connection_refused");
            assertThat(proxy.accessLog(1).getFirst().getString("detail"))
                    .isEqualTo("no address of 127.0.0.1 could be connected: 127.0.0.1 connection refused, "
                            + "127.0.0.1 connection refused");
        }
    }

    @Test
    void thatANameIsGoneIsWhyItsOldAddressesRefuse() throws IOException {
        int nobody = ClosedPort.take();
        try (ProxyUnderTest proxy = ProxyUnderTest.before(nobody).start()) {
            ProxyException gone =
                    new ProxyException(ProxyError.DNS_ERROR, "DNS says a.test does not exist", "NXDOMAIN");
            publish(proxy, gone, true, nobody);
            RawClient.Response response = RawClient.get(proxy.port(), "/");
            assertThat(response.field("proxy-status")).isEqualTo("weir; error=dns_error; rcode=\"NXDOMAIN\"");
            assertThat(proxy.accessLog(1).getFirst().getString("detail"))
                    .isEqualTo("DNS says a.test does not exist, and what was known 0 s ago could not be connected: "
                            + "127.0.0.1 connection refused");
        }
    }

    @Test
    void thatTheResolverFailsIsNotWhyAnAddressRefuses() throws IOException {
        int nobody = ClosedPort.take();
        try (ProxyUnderTest proxy = ProxyUnderTest.before(nobody).start()) {
            publish(proxy, new ProxyException(ProxyError.DNS_ERROR, "no answer", "SERVFAIL"), false, nobody);
            assertThat(RawClient.get(proxy.port(), "/").field("proxy-status"))
                    .isEqualTo("weir; error=connection_refused");
        }
    }

    @Test
    void withoutAnAddressTheResolverIsQuoted() throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(ClosedPort.take()).start()) {
            publish(proxy, new ProxyException(ProxyError.DNS_ERROR, "DNS says so", "REFUSED"), false);
            RawClient.Response response = RawClient.get(proxy.port(), "/");
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).isEqualTo("weir; error=dns_error; rcode=\"REFUSED\"");
        }
    }

    @Test
    void idleConnectionsToOldAddressesAreClosedAndNewOnesGoToTheNew() throws IOException {
        CountDownLatch ended = new CountDownLatch(1);
        try (RawBackend old = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold");
                    connection.drain();
                    ended.countDown();
                });
                RawBackend fresh = answering("new");
                ProxyUnderTest proxy = ProxyUnderTest.before(old.port()).start()) {
            assertThat(RawClient.exchange(proxy.port(), GET).text()).isEqualTo("old");
            move(proxy, fresh.port());
            assertThat(Await.happened(ended, Duration.ofSeconds(10))).isTrue();
            assertThat(RawClient.exchange(proxy.port(), GET).text()).isEqualTo("new");
        }
    }

    @Test
    void whatIsUnderWayEndsWhereItBeganAndThenItsConnectionIsClosed() throws IOException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch moved = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (RawBackend old = RawBackend.that(connection -> {
                    connection.readHead();
                    asked.countDown();
                    Await.happened(moved, Duration.ofSeconds(10));
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold");
                    connection.drain();
                    ended.countDown();
                });
                RawBackend fresh = answering("new");
                ProxyUnderTest proxy = ProxyUnderTest.before(old.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(GET);
            assertThat(Await.happened(asked, Duration.ofSeconds(10))).isTrue();
            move(proxy, fresh.port());
            moved.countDown();
            assertThat(client.read().text()).isEqualTo("old");
            assertThat(Await.happened(ended, Duration.ofSeconds(10))).isTrue();
            client.send(GET);
            assertThat(client.read().text()).isEqualTo("new");
        }
    }

    @Test
    void connectionsAreSpreadOverAllAddresses() throws IOException {
        String closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        try (RawBackend one = RawBackend.answering(closing);
                RawBackend two = RawBackend.answering(closing);
                ProxyUnderTest proxy = ProxyUnderTest.before(one.port()).start()) {
            move(proxy, one.port(), two.port());
            for (int i = 0; i < 10; i++) {
                assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            }
            assertThat(one.heads()).hasSize(5);
            assertThat(two.heads()).hasSize(5);
        }
    }
}
