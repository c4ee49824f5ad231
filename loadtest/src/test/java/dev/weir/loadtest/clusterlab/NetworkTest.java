package dev.weir.loadtest.clusterlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Output;
import dev.weir.loadtest.process.Tool;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NetworkTest {
    private final Network network = Network.unique();

    @BeforeEach
    void needRights() {
        assumeTrue(Network.obstacle().isEmpty(), () -> String.valueOf(Network.obstacle()));
    }

    @AfterEach
    void delete() {
        if (Network.obstacle().isEmpty()) {
            network.delete();
        }
    }

    private void connect(List<String> from, String host, int port) {
        List<String> command = new ArrayList<>(from);
        command.addAll(List.of("timeout", "0.5", "bash", "-c", "exec 3<>/dev/tcp/" + host + "/" + port));
        Output.require(command);
    }

    private static String rootAddresses() {
        return Output.of(Tool.IP.path(), "-br", "addr").text()
                + Output.of(Tool.IP.path(), "route").text();
    }

    /** A port that nobody listens on: what is refused at once has been reached. */
    private void assertReaches(int node, String host) {
        assertThatThrownBy(() -> connect(network.asNode(node), host, 9))
                .isInstanceOf(MeasurementException.class)
                .hasMessageContaining("Connection refused");
    }

    private void assertDoesNotReach(int node, String host) {
        assertThatThrownBy(() -> connect(network.asNode(node), host, 9))
                .isInstanceOf(MeasurementException.class)
                .hasMessageNotContaining("Connection refused");
    }

    @Test
    void aNodeThatIsCutOffReachesTheWorldButNoPeerUntilItIsHealedAndNothingIsLeft() {
        String before = rootAddresses();
        network.create();
        assertReaches(1, Network.peerAddress(3));
        assertReaches(1, Network.PEERS);

        network.cut(3);
        assertDoesNotReach(1, Network.peerAddress(3));
        assertReaches(1, Network.peerAddress(2));
        assertReaches(3, Network.clientAddress());

        network.heal();
        assertReaches(1, Network.peerAddress(3));
        network.lose(2, 1);
        assertDoesNotReach(2, Network.peerAddress(1));
        assertThat(network.lost()).isPositive();
        network.heal();
        assertThat(network.lost()).isZero();
        assertReaches(2, Network.peerAddress(1));

        assertThat(rootAddresses()).isEqualTo(before);
        network.delete();
        assertThat(Output.of(Tool.IP.path(), "netns", "list").text()).doesNotContain(network.name());
    }
}
