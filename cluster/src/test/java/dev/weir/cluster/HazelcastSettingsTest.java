package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.instance.EndpointQualifier;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HazelcastSettingsTest {
    private final HazelcastOptions options = new HazelcastOptions("shop", "127.0.0.1", 5701, List.of("localhost"));
    private final Seeds seeds = new Seeds(
            options.seeds(), options.seedPort(), name -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")});
    private final Config config = HazelcastSettings.config(options, "test", seeds);

    @Test
    void itListensToMembersAloneOnOneAddress() {
        AdvancedNetworkConfig network = config.getAdvancedNetworkConfig();
        assertThat(network.isEnabled()).isTrue();
        assertThat(network.getEndpointConfigs()).containsOnlyKeys(EndpointQualifier.MEMBER);
        assertThat(network.getEndpointConfigs()
                        .get(EndpointQualifier.MEMBER)
                        .getInterfaces()
                        .getInterfaces())
                .containsExactly("127.0.0.1");
        assertThat(config.getProperty("hazelcast.socket.bind.any")).isEqualTo("false");
    }

    @Test
    void nobodyIsSoughtButTheSeedsAndTheseWheneverTheyChange() {
        AdvancedNetworkConfig network = config.getAdvancedNetworkConfig();
        assertThat(network.getJoin().getMulticastConfig().isEnabled()).isFalse();
        assertThat(network.getJoin().getAutoDetectionConfig().isEnabled()).isFalse();
        assertThat(network.getJoin().getTcpIpConfig().getMembers()).isEmpty();

        seeds.resolve();

        assertThat(network.getJoin().getTcpIpConfig().getMembers()).containsExactly("127.0.0.1:5701");
    }

    @Test
    void whatIsNotNeededIsOff() {
        assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
        assertThat(config.getProperty("hazelcast.shutdownhook.enabled")).isEqualTo("false");
        assertThat(config.getManagementCenterConfig().isScriptingEnabled()).isFalse();
        assertThat(config.getManagementCenterConfig().isConsoleEnabled()).isFalse();
        assertThat(config.getManagementCenterConfig().isDataAccessEnabled()).isFalse();
        assertThat(config.getJetConfig().isEnabled()).isFalse();
        assertThat(config.getMetricsConfig().isEnabled()).isFalse();
        assertThat(config.getSerializationConfig().getJavaSerializationFilterConfig())
                .isNotNull();
        assertThat(config.getProperty("hazelcast.mastership.claim.timeout.seconds"))
                .isNull();
    }

    /** A search may have to wait for a connection attempt of 5 s first: ten seconds in all have to do. */
    @Test
    void partsThatWereSplitSearchForEachOtherEveryFewSeconds() {
        assertThat(config.getProperty("hazelcast.merge.first.run.delay.seconds"))
                .isEqualTo("3");
        assertThat(config.getProperty("hazelcast.merge.next.run.delay.seconds")).isEqualTo("3");
    }

    /** A cluster of one Hazelcast minor and one format: others shut each other down, or do not understand each other. */
    @Test
    void theNameOfTheClusterTellsWhoUnderstandsEachOther() {
        assertThat(config.getClusterName()).isEqualTo("shop-hz5.7-w1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "localhost", "10.0.0.*", "", "224.0.0.1"})
    void whatIsNotOneAddressIsRefused(String address) {
        assertThatThrownBy(() -> new HazelcastOptions("shop", address, 5701, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bindAddress: '" + address + "' (expected: one IP address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "-a", "ä"})
    void whatIsNoNameIsRefused(String name) {
        assertThatThrownBy(() -> new HazelcastOptions(name, "127.0.0.1", 5701, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("installation: '" + name + "'");
    }
}
