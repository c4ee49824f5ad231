package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A node that has little left of something gives up what it can do without, and says so. */
final class OwnLimitsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final int ENOUGH = 50;

    // ---- descriptors

    @ParameterizedTest
    @EnumSource(Sockets.class)
    void whoConnectsWhileDescriptorsAreShortIsServedWhenTheyAreNot(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start();
                RawClient idle = new RawClient(proxy.port())) {
            idle.send(GET);
            assertThat(idle.read().status()).isEqualTo(200);
            proxy.descriptors().ranOut();
            assertThat(idle.ends()).as("an idle connection is given back").isTrue();
            Await.untilTrue(() -> proxy.metric("weir_client_connections") == 0, "nobody is connected");
            Await.untilTrue(() -> proxy.backend(0).stats().connections() == 0, "idle ones to backends are given back");
            try (RawClient waiting = firstWhoHasToWait(proxy)) {
                proxy.descriptors().counted(ENOUGH);
                assertThat(waiting.read().status()).isEqualTo(200);
            }
        }
    }

    /** Some may have been in the kernel's hands already. */
    private static RawClient firstWhoHasToWait(ProxyUnderTest proxy) throws IOException {
        for (int i = 0; i < 20; i++) {
            RawClient client = new RawClient(proxy.port());
            int patience = client.socket().getSoTimeout();
            client.socket().setSoTimeout(200);
            client.send(GET);
            try {
                client.read();
                client.close();
            } catch (SocketTimeoutException e) {
                client.socket().setSoTimeout(patience);
                return client;
            }
        }
        throw new AssertionError("everybody was served at once");
    }

    @Test
    void aRequestInProgressIsServedButItsConnectionEnds() throws IOException {
        RawBackend.Behaviour slow = connection -> {
            connection.readRequest();
            Await.untilTrue(
                    () -> proxyOfTheBackend != null
                            && proxyOfTheBackend.descriptors().isShort(),
                    "descriptors are short");
            connection.send(OK);
            connection.drain();
        };
        try (RawBackend backend = RawBackend.that(slow);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            proxyOfTheBackend = proxy;
            client.send(GET);
            Await.untilTrue(() -> backend.heads().size() == 1, "the request has arrived");
            proxy.descriptors().ranOut();
            RawClient.Response response = client.read();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
        }
    }

    private volatile ProxyUnderTest proxyOfTheBackend;

    @Test
    void everyConnectionIsCountedAndGivenBack() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            try (RawClient client = new RawClient(proxy.port())) {
                client.send(GET);
                assertThat(client.read().status()).isEqualTo(200);
                assertThat(proxy.descriptors().open()).isEqualTo(2);
            }
            Await.untilTrue(() -> proxy.descriptors().open() == 1, "the connection to the backend is left");
        }
    }

    // ---- memory

    @Test
    void aRequestIsRefusedWhileBuffersFillTheMemory() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            proxy.reserve((1 << 20) - 1);
            assertThat(RawClient.exchange(proxy.port(), GET).status())
                    .as("reserved, but free")
                    .isEqualTo(200);
            proxy.memory().waiting(1 << 19);
            RawClient.Response refused = RawClient.exchange(proxy.port(), GET);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.field("retry-after")).isEqualTo("1");
            assertThat(refused.field("proxy-status")).contains("error=proxy_internal_error");
            assertThat(proxy.accessLog(2).getLast().getString("detail")).contains("MB of direct memory reserved");
            proxy.memory().waiting(-(1 << 19));
            assertThat(RawClient.exchange(proxy.port(), GET).status()).isEqualTo(200);
            assertThat(proxy.blamed()).isEmpty();
        }
    }

    @Test
    void clientsThatTakeNothingFillTheMemoryAndTheirLeavingFreesIt() throws IOException {
        byte[] much = new byte[8 << 20];
        RawBackend.Behaviour generous = connection -> {
            String head = connection.readRequest().head();
            connection.send(
                    head.startsWith("GET /much")
                            ? "HTTP/1.1 200 OK\r\nContent-Length: " + much.length + "\r\n\r\n"
                            : OK);
            if (head.startsWith("GET /much")) {
                connection.send(much);
            }
        };
        try (RawBackend backend = RawBackend.that(generous);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            proxy.reserve((1 << 20) - 1);
            List<RawClient> stalled = new ArrayList<>();
            for (int i = 0; i < 12; i++) { // each lets at least 64 KB wait
                RawClient client = new RawClient(proxy.port());
                client.socket().setReceiveBufferSize(4_096);
                client.send("GET /much HTTP/1.1\r\nHost: a\r\n\r\n");
                stalled.add(client);
            }
            Await.untilTrue(() -> proxy.memory().isShort(), "the buffers are full");
            assertThat(RawClient.exchange(proxy.port(), GET).status()).isEqualTo(503);
            for (RawClient client : stalled) {
                client.close();
            }
            Await.untilTrue(() -> !proxy.memory().isShort(), "the buffers are empty");
            assertThat(RawClient.exchange(proxy.port(), GET).status()).isEqualTo(200);
            assertThat(proxy.blamed()).isEmpty();
        }
    }

    @Test
    void noBodyIsKeptForAnotherAttemptWhileMemoryIsTight() throws IOException {
        RawBackend.Behaviour hangingUp = RawBackend.Connection::readRequest;
        try (RawBackend first = RawBackend.that(hangingUp);
                RawBackend second = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(first.port(), second.port()).start()) {
            proxy.reserve((1 << 20) * 8 / 10);
            String put = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n";
            try (RawClient client = new RawClient(proxy.port())) {
                client.send(put);
                Await.untilTrue(() -> first.heads().size() == 1, "the head has arrived");
                client.send("hi");
                assertThat(client.read().status()).isEqualTo(502);
            }
            assertThat(proxy.metric("weir_retries_total", "result=\"body_not_kept\""))
                    .isEqualTo(1);
        }
    }
}
