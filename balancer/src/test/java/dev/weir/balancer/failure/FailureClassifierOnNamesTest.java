package dev.weir.balancer.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the resolver says when a name has no address, with a DNS server of our own. */
final class FailureClassifierOnNamesTest {
    private static final int NXDOMAIN = 3;

    private DatagramSocket server;
    private Vertx vertx;

    @BeforeEach
    void start() throws IOException {
        server = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        vertx = Vertx.vertx(new VertxOptions()
                .setAddressResolverOptions(new AddressResolverOptions()
                        .setServers(List.of("127.0.0.1:" + server.getLocalPort()))
                        .setSearchDomains(List.of())
                        .setQueryTimeout(200)
                        .setMaxQueries(2)));
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
        server.close();
    }

    /** SERVFAIL, NXDOMAIN, REFUSED, and no error but no record either. */
    @ParameterizedTest
    @ValueSource(ints = {2, NXDOMAIN, 5, 0})
    void aNameWithoutAnAddressIsADnsError(int code) throws Exception {
        Thread.ofVirtual().start(() -> answer(code));
        assertThat(connect()).isEqualTo(ProxyError.DNS_ERROR);
    }

    @Test
    void aSilentResolverIsADnsTimeout() throws Exception {
        assertThat(connect()).isEqualTo(ProxyError.DNS_TIMEOUT);
    }

    private ProxyError connect() throws Exception {
        Future<NetSocket> connected = vertx.createNetClient().connect(80, "backend.test");
        Throwable failure = connected
                .<Throwable>map(socket -> new AssertionError("connected"))
                .otherwise(thrown -> thrown)
                .await(10, TimeUnit.SECONDS);
        return FailureClassifier.classify(failure, Phase.CONNECT);
    }

    /** Sends each query back as an answer without records (RFC 1035 section 4.1.1). */
    private void answer(int code) {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        try {
            while (true) {
                packet.setLength(512);
                server.receive(packet);
                packet.getData()[2] |= (byte) 0x80; // a response
                packet.getData()[3] = (byte) (0x80 | code); // recursion available
                packet.getData()[10] = 0; // without additional records:
                packet.getData()[11] = 0; // what follows the question is ignored
                server.send(packet);
            }
        } catch (IOException closed) {
            // the test is over
        }
    }
}
