package dev.weir.balancer.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What resolv.conf(5) says. */
final class ResolvConfTest {
    private static final List<String> KUBERNETES = List.of(
            "# made by the kubelet",
            "nameserver 10.96.0.10",
            "nameserver fd00::a",
            "search ns.svc.cluster.local svc.cluster.local.",
            "options ndots:5 timeout:1");

    @Test
    void serversSearchDomainsAndNdotsAreRead() {
        ResolvConf conf = ResolvConf.parse(KUBERNETES);
        assertThat(conf.servers()).containsExactly(server("10.96.0.10"), server("fd00::a"));
        assertThat(conf.search()).containsExactly("ns.svc.cluster.local.", "svc.cluster.local.");
        assertThat(conf.ndots()).isEqualTo(5);
    }

    @Test
    void aFileThatSaysNothingMeansThisHost() {
        ResolvConf conf = ResolvConf.parse(List.of("nameserver nonsense", "search", "; comment", "", "options rotate"));
        assertThat(conf).isEqualTo(new ResolvConf(List.of(server("127.0.0.1")), List.of(), 1));
    }

    @Test
    void theLastSearchLineCountsAndTheFirstThreeServers() {
        ResolvConf conf = ResolvConf.parse(List.of(
                "domain old.test",
                "search new.test",
                "nameserver 10.0.0.1",
                "nameserver 10.0.0.2",
                "nameserver 10.0.0.3",
                "nameserver 10.0.0.4"));
        assertThat(conf.search()).containsExactly("new.test.");
        assertThat(conf.servers()).containsExactly(server("10.0.0.1"), server("10.0.0.2"), server("10.0.0.3"));
    }

    @Test
    void aSearchDomainThatIsNoNameIsPassedOver() {
        ResolvConf conf = ResolvConf.parse(List.of("search . a..test .b.test " + "c".repeat(64) + ".test good.test"));
        assertThat(conf.search()).containsExactly("good.test.");
    }

    @Test
    void aNameWithFewDotsIsTriedInTheSearchDomainsFirst() {
        assertThat(ResolvConf.parse(KUBERNETES).candidates("shop.ns"))
                .containsExactly("shop.ns.ns.svc.cluster.local.", "shop.ns.svc.cluster.local.", "shop.ns.");
    }

    @Test
    void aNameWithManyDotsIsTriedByItselfFirst() {
        assertThat(ResolvConf.parse(KUBERNETES).candidates("a.b.c.d.e.f"))
                .startsWith("a.b.c.d.e.f.")
                .hasSize(3);
    }

    @Test
    void aNameWithAFinalDotIsComplete() {
        assertThat(ResolvConf.parse(KUBERNETES).candidates("shop.")).containsExactly("shop.");
    }

    @Test
    void serversOfOnesOwnTakeThePlaceOfTheSystemsButNotTheRest() {
        ResolvConf conf = ResolvConf.parse(KUBERNETES);
        assertThat(conf.with(List.of())).isEqualTo(conf);
        assertThat(conf.with(List.of(server("127.0.0.9"))))
                .isEqualTo(new ResolvConf(List.of(server("127.0.0.9")), conf.search(), 5));
    }

    @Test
    void aCommentMayBeInAnyEncodingAndAFileMayBeMissing(@TempDir Path directory) throws IOException {
        Path file = Files.write(
                directory.resolve("resolv.conf"),
                "# f\u00fcr alle\nnameserver 10.96.0.10\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(ResolvConf.read(file).servers()).containsExactly(server("10.96.0.10"));
        assertThat(ResolvConf.read(directory.resolve("none"))).isEqualTo(ResolvConf.parse(List.of()));
    }

    private static InetSocketAddress server(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 53);
    }
}
