package dev.weir.balancer.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;

final class ProxyStatusTest {
    /** RFC 8941: member sf-token, parameters; token and string by their grammar. */
    private static final Pattern FIELD =
            Pattern.compile("weir; error=([a-z][a-z_]*)(?:; received-status=([1-5][0-9]{2}))?"
                    + "(?:; details=\"((?:[ !#-\\[\\]-~]|\\\\[\"\\\\])*)\")?");

    @Test
    void theFieldNamesTheBalancerAndTheError() {
        assertThat(ProxyStatus.value(ProxyError.CONNECTION_REFUSED)).isEqualTo("weir; error=connection_refused");
    }

    @Test
    void aPlainValueIsMadeOnce() {
        assertThat(ProxyStatus.value(ProxyError.DNS_ERROR)).isSameAs(ProxyStatus.value(ProxyError.DNS_ERROR, 0, null));
    }

    @Test
    void theBackendsLastStatusAndAPublicSentenceCanBeAdded() {
        assertThat(ProxyStatus.value(ProxyError.HTTP_PROTOCOL_ERROR, 503, "say \"no\" \\ ü\n"))
                .isEqualTo("weir; error=http_protocol_error; received-status=503; details=\"say \\\"no\\\" \\\\ ??\"");
    }

    @Test
    void whatANameServerAnsweredCanBeAdded() {
        assertThat(ProxyStatus.value(ProxyError.DNS_ERROR, "NXDOMAIN"))
                .isEqualTo("weir; error=dns_error; rcode=\"NXDOMAIN\"");
        assertThat(ProxyStatus.value(ProxyError.DNS_TIMEOUT, null)).isEqualTo("weir; error=dns_timeout");
    }

    @Property
    void anyTextBecomesAValidStructuredField(@ForAll ProxyError error, @ForAll String details) {
        assertThat(ProxyStatus.value(error, 0, details)).matches(FIELD);
    }

    @Property
    void readableTextComesThroughUnchanged(@ForAll @CharRange(from = 0, to = 127) String text) {
        String readable = text.replaceAll("[^ -~]", "");
        Matcher field = FIELD.matcher(ProxyStatus.value(ProxyError.DNS_ERROR, 502, readable));
        assertThat(field.matches()).isTrue();
        assertThat(field.group(3).replaceAll("\\\\(.)", "$1")).isEqualTo(readable);
    }
}
