package dev.weir.balancer.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetTest {
    @ParameterizedTest
    @CsvSource({
        "http://a,                         http://a:80/",
        "HTTP://a:8080/x?y=1,              http://a:8080/x?y=1",
        "https://a.example.com,            https://a.example.com:443/",
        "http://[::1]:8080/healthz,        http://[::1]:8080/healthz",
        "https://[2001:db8::1],            https://[2001:db8::1]:443/",
        "http://10.0.3.7?x,                http://10.0.3.7:80/?x",
        "http://my_service.ns.svc:1,       http://my_service.ns.svc:1/",
        "http://a:65535/%20,               http://a:65535/%20"
    })
    void urlsOfBackendsAreRead(String url, String normal) {
        assertThat(Target.parse(url)).hasToString(normal);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "127.0.0.1:80       | is not a URL",
                "''                 | is not a URL",
                "ftp://a            | scheme 'ftp'; expected http or https",
                "http://            | names no host",
                "http://:80         | names no host",
                "http://a:0         | port '0'; expected a number from 1 to 65535",
                "http://a:65536     | port '65536'",
                "http://a:          | port ''",
                "http://a:+80       | port '+80'",
                "http://::1:80      | goes in brackets",
                "http://[::1        | more than one colon",
                "http://[::g]       | no IPv6 address",
                "http://[127.0.0.1] | no IPv6 address",
                "http://300.1.1.1   | no IPv4 address",
                "http://a/#top      | leave out '#top'",
                "http://a/x y       | write them as %20",
                "http://ä           | has the host 'ä'"
            })
    void whatIsNoUrlOfABackendIsToldWithWhatWasExpected(String url, String message) {
        assertThatThrownBy(() -> Target.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + url + "' ")
                .hasMessageContaining(message);
    }

    @Test
    void theHostFieldLeavesOutTheSchemesOwnPort() {
        assertThat(Target.parse("https://a:443").hostField()).isEqualTo("a");
        assertThat(Target.parse("http://a:443").hostField()).isEqualTo("a:443");
        assertThat(Target.parse("http://[::1]").hostField()).isEqualTo("[::1]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://root:geheim@shop.test/",
                "https://geheim@shop.test",
                "root:geheim@shop.test:8080/x",
                "ftp://root:geheim@shop.test/",
                "http://root:geheim@shop.test/#fragment"
            })
    void aPasswordIsNotRepeated(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Target.parse(url))
                .withMessageNotContaining("geheim@")
                .withMessageNotContaining("root:geheim")
                .withMessageContaining("***@shop.test");
    }

    @Test
    void anotherPathKeepsTheRest() {
        assertThat(Target.parse("http://a:1/x").withPath("y")).hasToString("http://a:1/y");
    }
}
