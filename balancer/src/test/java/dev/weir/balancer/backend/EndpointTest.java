package dev.weir.balancer.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EndpointTest {
    @Test
    void anAddressIsToldFromANameWithoutAskingAnybody() {
        assertThat(new Endpoint("10.0.0.1", 80).literal()).isEqualTo(InetAddress.ofLiteral("10.0.0.1"));
        assertThat(new Endpoint("::1", 80).literal()).isEqualTo(InetAddress.ofLiteral("::1"));
        assertThat(new Endpoint("shop.svc", 80).literal()).isNull();
        assertThat(new Endpoint("10.0.0.1.", 80).literal()).isNull();
    }

    @Test
    void aHostFieldHasNoFinalDotAndBracketsAroundIpv6() {
        assertThat(new Endpoint("shop.svc.", 80).authority()).isEqualTo("shop.svc:80");
        assertThat(new Endpoint("shop.svc", 80).authority()).isEqualTo("shop.svc:80");
        assertThat(new Endpoint("::1", 80).authority()).isEqualTo("[::1]:80");
    }

    @Test
    void anAddressMeansItselfAndANameMeansNothingYet() {
        Backend address = new Backend(new Endpoint("10.0.0.1", 80), 1, 0, null, Map.of(), 0);
        assertThat(address.isNamed()).isFalse();
        assertThat(address.addresses().list())
                .containsExactly(new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 80));
        assertThat(address.state().usable()).isTrue();
        Backend name = new Backend(new Endpoint("shop.svc", 80), 1, 0, null, Map.of(), 0);
        assertThat(name.isNamed()).isTrue();
        assertThat(name.addresses().isEmpty()).isTrue();
        assertThat(name.addresses().problem()).isNotNull();
        assertThat(name.state().usable()).isFalse();
    }
}
