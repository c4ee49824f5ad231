package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.backend.Addresses;
import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import io.netty.channel.ChannelException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConnectFailureTest {
    private static final InetSocketAddress ONE = new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 80);
    private static final InetSocketAddress TWO = new InetSocketAddress(InetAddress.ofLiteral("10.0.0.2"), 80);

    /** As epoll has it. */
    private static ConnectException noPort() {
        return new ConnectException("finishConnect(..) failed with error(-99): Cannot assign requested address");
    }

    private static ConnectFailure.OfAddress at(InetSocketAddress address, Throwable cause) {
        return ConnectFailure.OfAddress.of(address, cause);
    }

    @Test
    void sourcePortsThatAreUsedUpTowardsOneAddressMayBeFreeTowardsAnother() {
        assertThat(at(ONE, noPort()).isOwn()).isTrue();
        assertThat(at(ONE, noPort()).isSameEverywhere()).isFalse();
        assertThat(at(ONE, new BindException("Cannot assign requested address")).isSameEverywhere())
                .isFalse();
    }

    @Test
    void descriptorsAreUsedUpEverywhere() {
        Throwable noSocket =
                new ChannelException("Failed to open a socket.", new SocketException("Too many open files"));
        assertThat(at(ONE, noSocket).isSameEverywhere()).isTrue();
    }

    @Test
    void aBackendIsNotBlamedForALackOfPortsWhateverItsOtherAddressesDo() {
        List<ConnectFailure.OfAddress> failures =
                List.of(at(ONE, noPort()), at(TWO, new ConnectException("Connection refused")));
        Throwable all = ConnectFailure.of("shop.test", new Addresses(List.of(ONE, TWO), 0, null, false), 0, failures);
        ProxyError error = Failure.of(all, Phase.CONNECT).error();
        assertThat(error).isEqualTo(ProxyError.PROXY_RESOURCES_EXHAUSTED);
        assertThat(error.blamesBackend()).isFalse();
    }
}
