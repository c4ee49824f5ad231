package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SeedsTest {
    private final Map<String, List<String>> names = new HashMap<>();

    private InetAddress[] resolve(String name) throws UnknownHostException {
        List<String> addresses = names.get(name);
        if (addresses == null) {
            throw new UnknownHostException(name);
        }
        return addresses.stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
    }

    @Test
    void aNameStandsForAllOfItsAddressesAndIsFollowed() {
        names.put("peers", List.of("10.0.0.1", "10.0.0.2"));
        Seeds seeds = new Seeds(List.of("peers"), 5701, this::resolve);
        assertThat(seeds.current()).isEmpty();

        seeds.resolve();
        assertThat(seeds.current()).containsExactly("10.0.0.1:5701", "10.0.0.2:5701");

        names.put("peers", List.of("10.0.0.2", "10.0.0.3"));
        seeds.resolve();
        assertThat(seeds.current()).containsExactly("10.0.0.2:5701", "10.0.0.3:5701");
    }

    @Test
    void whatANameStoodForIsKeptWhileItCannotBeResolved() {
        names.put("peers", List.of("10.0.0.1"));
        Seeds seeds = new Seeds(List.of("peers", "unknown"), 5701, this::resolve);
        seeds.resolve();

        names.clear();
        seeds.resolve();

        assertThat(seeds.current()).containsExactly("10.0.0.1:5701");
    }

    @Test
    void twoPortsOfOneNameAreBothKept() {
        names.put("host", List.of("10.0.0.1"));
        Seeds seeds = new Seeds(List.of("host:5701", "host:5702"), 5701, this::resolve);
        seeds.resolve();

        names.clear();
        seeds.resolve();

        assertThat(seeds.current()).containsExactly("10.0.0.1:5701", "10.0.0.1:5702");
    }

    @Test
    void portsAndBothFamiliesAreUnderstood() {
        names.put("a", List.of("10.0.0.1"));
        names.put("fd00::1", List.of("fd00::1"));
        Seeds seeds = new Seeds(List.of("a:1", "a", "[fd00::1]:2", "[fd00::1]", "fd00::1"), 5701, this::resolve);

        seeds.resolve();

        assertThat(seeds.current())
                .containsExactly("10.0.0.1:1", "10.0.0.1:5701", "[fd00:0:0:0:0:0:0:1]:2", "[fd00:0:0:0:0:0:0:1]:5701");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ":1", "a:", "a:0", "a:65536", "a:http", "10.0.0.*", "a b", "a,b", "[fd00::1", "http://a"})
    void whatIsNoSeedIsRefusedAndNamed(String text) {
        assertThatThrownBy(() -> Seeds.check(List.of("good:5701", text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("seed: '" + text + "' (expected: a name or address");
    }
}
