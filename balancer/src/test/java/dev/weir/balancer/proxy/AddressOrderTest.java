package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AddressOrderTest {
    private final AddressOrder order = new AddressOrder();
    private long now = Long.MAX_VALUE - 5_000_000_000L; // a clock may overflow

    private static InetSocketAddress at(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 80);
    }

    private static List<InetSocketAddress> list(String... addresses) {
        return Arrays.stream(addresses).map(AddressOrderTest::at).toList();
    }

    private List<InetSocketAddress> next(List<InetSocketAddress> list) {
        return List.copyOf(order.next(list, now));
    }

    @Test
    void theFamiliesTakeTurnsBeginningWithIpv6() {
        assertThat(next(list("fd00::1", "fd00::2", "10.0.0.1", "10.0.0.2", "10.0.0.3")))
                .isEqualTo(list("fd00::1", "10.0.0.1", "fd00::2", "10.0.0.2", "10.0.0.3"));
    }

    @Test
    void theFamilyThatWorkedComesFirstFromThenOn() {
        List<InetSocketAddress> both = list("::1", "127.0.0.1");
        order.next(both, now);
        order.failed(at("::1"), now);
        order.connected(at("127.0.0.1"), at("::1"));
        now += 2 * AddressOrder.SHUN_NANOS;
        assertThat(next(both)).isEqualTo(list("127.0.0.1", "::1"));
    }

    @Test
    void newConnectionsAreSpreadOverAllAddresses() {
        List<InetSocketAddress> three = list("10.0.0.1", "10.0.0.2", "10.0.0.3");
        List<InetSocketAddress> firsts = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            firsts.add(next(three).getFirst());
        }
        assertThat(firsts).isEqualTo(list("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1", "10.0.0.2", "10.0.0.3"));
    }

    @Test
    void anAddressThatFailedComesLastForAWhile() {
        List<InetSocketAddress> three = list("10.0.0.1", "10.0.0.2", "10.0.0.3");
        order.next(three, now);
        order.failed(at("10.0.0.2"), now);
        for (int i = 0; i < 6; i++) {
            assertThat(next(three)).hasSize(3).last().isEqualTo(at("10.0.0.2"));
        }
        now += AddressOrder.SHUN_NANOS;
        List<InetSocketAddress> firsts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            firsts.add(next(three).getFirst());
        }
        assertThat(firsts).contains(at("10.0.0.2"));
    }

    @Test
    void whereAllHaveFailedAllAreTriedAgain() {
        List<InetSocketAddress> two = list("10.0.0.1", "10.0.0.2");
        order.next(two, now);
        two.forEach(address -> order.failed(address, now));
        assertThat(next(two)).containsExactlyInAnyOrderElementsOf(two);
    }
}
