package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.config.Cidr;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedHeadersTest {
    private static final String PEER = "192.0.2.7";

    private static ForwardedHeaders from(String peer, String... trusted) {
        return new ForwardedHeaders(
                new InetSocketAddress(InetAddress.ofLiteral(peer), 40_000),
                new InetSocketAddress(InetAddress.ofLiteral("192.0.2.80"), 8080),
                Arrays.stream(trusted).map(Cidr::parse).toList(),
                new Via(() -> 0));
    }

    private static Map<String, String> written(ForwardedHeaders forwarded, HttpHeaders headers, String host) {
        forwarded.write(headers, HttpVersion.HTTP_1_1, host);
        return headers.entries().stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static HttpHeaders spoofed() {
        return new DefaultHttpHeaders()
                .add("X-Forwarded-For", "10.0.0.1")
                .add("X-Forwarded-For", "10.0.0.2")
                .add("Forwarded", "for=10.0.0.1;proto=https")
                .add("X-Forwarded-Proto", "https")
                .add("X-Forwarded-Port", "443")
                .add("X-Forwarded-Host", "evil.example")
                .add("X-Forwarded-Prefix", "/evil")
                .add("X-Real-IP", "10.0.0.1");
    }

    @Test
    void aBackendIsToldWhoAskedForWhatAndHow() {
        assertThat(written(from(PEER), new DefaultHttpHeaders(), "shop.example:8080"))
                .containsOnly(
                        Map.entry("x-forwarded-for", PEER),
                        Map.entry("forwarded", "for=192.0.2.7;host=\"shop.example:8080\";proto=http"),
                        Map.entry("x-forwarded-proto", "http"),
                        Map.entry("x-forwarded-port", "8080"),
                        Map.entry("x-forwarded-host", "shop.example:8080"),
                        Map.entry("via", "1.1 weir-aaaaaaaaaaaa"));
    }

    @Test
    void whatAnUntrustedClientSaysOfItselfIsReplaced() {
        assertThat(written(from(PEER, "10.0.0.0/8"), spoofed(), "shop.example"))
                .containsOnly(
                        Map.entry("x-forwarded-for", PEER),
                        Map.entry("forwarded", "for=192.0.2.7;host=shop.example;proto=http"),
                        Map.entry("x-forwarded-proto", "http"),
                        Map.entry("x-forwarded-port", "8080"),
                        Map.entry("x-forwarded-host", "shop.example"),
                        Map.entry("via", "1.1 weir-aaaaaaaaaaaa"));
    }

    @Test
    void anUntrustedClientThatNamesNoHostCannotForwardOne() {
        assertThat(written(from(PEER), spoofed(), null)).doesNotContainKey("x-forwarded-host");
        assertThat(written(from(PEER), spoofed(), "")).doesNotContainKey("x-forwarded-host");
        assertThat(written(from(PEER), spoofed(), null)).containsEntry("forwarded", "for=192.0.2.7;proto=http");
    }

    @Test
    void whatATrustedProxySaysIsKeptAndAddedTo() {
        assertThat(written(from(PEER, "192.0.2.0/24"), spoofed(), "shop.example"))
                .containsOnly(
                        Map.entry("x-forwarded-for", "10.0.0.1, 10.0.0.2, 192.0.2.7"),
                        Map.entry("forwarded", "for=10.0.0.1;proto=https, for=192.0.2.7;host=shop.example;proto=http"),
                        Map.entry("X-Forwarded-Proto", "https"),
                        Map.entry("X-Forwarded-Port", "443"),
                        Map.entry("X-Forwarded-Host", "evil.example"),
                        Map.entry("X-Forwarded-Prefix", "/evil"),
                        Map.entry("X-Real-IP", "10.0.0.1"),
                        Map.entry("via", "1.1 weir-aaaaaaaaaaaa"));
    }

    @Test
    void anIpv6PeerIsWrittenInItsShortFormAndQuotedWhereThatIsNeeded() {
        assertThat(written(from("2001:db8:0:0:0:0:0:1"), new DefaultHttpHeaders(), "[2001:db8::2]"))
                .containsEntry("x-forwarded-for", "2001:db8::1")
                .containsEntry("forwarded", "for=\"[2001:db8::1]\";host=\"[2001:db8::2]\";proto=http");
    }

    @Test
    void aHostCannotAddElementsOfItsOwnToForwarded() {
        assertThat(written(from(PEER), new DefaultHttpHeaders(), "a;for=10.0.0.1,for=10.0.0.2"))
                .containsEntry("forwarded", "for=192.0.2.7;host=\"a;for=10.0.0.1,for=10.0.0.2\";proto=http");
    }

    @Test
    void eachHostOfAConnectionIsTold() {
        ForwardedHeaders forwarded = from(PEER);
        for (String host : List.of("a.example", "b.example", "a.example")) {
            assertThat(written(forwarded, new DefaultHttpHeaders(), host))
                    .containsEntry("forwarded", "for=192.0.2.7;host=" + host + ";proto=http");
        }
    }

    @Test
    void viaIsAddedToAndTellsTheVersionInWhichTheMessageCame() {
        HttpHeaders headers = new DefaultHttpHeaders().add("Via", "1.1 edge");
        from(PEER).write(headers, HttpVersion.HTTP_1_0, "shop.example");
        assertThat(headers.getAll("via")).containsExactly("1.1 edge", "1.0 weir-aaaaaaaaaaaa");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "198.51.100.9                       | 198.51.100.9",
                "198.51.100.9, 10.1.1.1             | 198.51.100.9",
                "203.0.113.5, 198.51.100.9,10.1.1.1 | 198.51.100.9",
                "10.2.2.2, 10.1.1.1                 | 10.2.2.2",
                "198.51.100.9, unknown, 10.1.1.1    | 10.1.1.1",
                "198.51.100.9:51234, 10.1.1.1:80    | 198.51.100.9",
                "2001:db8::9, 10.1.1.1              | 2001:db8::9",
                "[2001:db8::9]:443, 10.1.1.1        | 2001:db8::9",
                "_hidden                            | 192.0.2.7",
                "''                                 | 192.0.2.7",
            })
    void theClientIsTheLastOneThatNoTrustedProxyIs(String forwardedFor, String client) {
        ForwardedHeaders forwarded = from(PEER, "192.0.2.0/24", "10.0.0.0/8");
        HttpHeaders headers = new DefaultHttpHeaders().add("X-Forwarded-For", forwardedFor);
        assertThat(forwarded.clientAddress(headers)).isEqualTo(client);
    }

    @Test
    void theClientIsFoundAcrossSeveralLines() {
        HttpHeaders headers = new DefaultHttpHeaders()
                .add("X-Forwarded-For", "203.0.113.5, 198.51.100.9")
                .add("X-Forwarded-For", "10.1.1.1");
        assertThat(from(PEER, "192.0.2.0/24", "10.0.0.0/8").clientAddress(headers))
                .isEqualTo("198.51.100.9");
    }

    @Test
    void anUntrustedClientIsItself() {
        assertThat(from(PEER, "10.0.0.0/8").clientAddress(spoofed())).isEqualTo(PEER);
        assertThat(from(PEER, "192.0.2.0/24").clientAddress(new DefaultHttpHeaders()))
                .isEqualTo(PEER);
    }
}
