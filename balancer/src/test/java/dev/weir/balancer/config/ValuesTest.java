package dev.weir.balancer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small values that the records are made of. */
final class ValuesTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.1.2.3/8, 10.9.9.9, true",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.128/25, 192.0.2.255, true",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.6, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "::1, ::1, true",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
    })
    void aRangeContainsTheAddressesOfItsPrefix(String range, String address, boolean contained) {
        assertThat(Cidr.parse(range).contains(InetAddress.ofLiteral(address))).isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10",
                "10.0.0",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "::/129",
                "a.example",
                "10.0.0.0/8/8",
                "10.0.0.0/+8"
            })
    void whatIsNoRangeIsRejected(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cidr.parse(text))
                .withMessageStartingWith("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"200-299, 250, true", "200-299, 300, false", "'200, 301-303', 302, true", "'200,301-303', 201, false"})
    void aSetOfStatusesIsAListOfRanges(String text, int status, boolean contained) {
        assertThat(StatusSet.parse(text).contains(status)).isEqualTo(contained);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"200-299 | 200-299", "204, 200,201 | 200-201,204", "599 | 599", "100-599 | 100-599"})
    void aSetOfStatusCodesIsShownAsItIsWritten(String text, String shown) {
        assertThat(StatusSet.parse(text)).hasToString(shown);
        assertThat(StatusSet.NONE).hasToString("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2xx", "600", "99", "299-200", "200-", "-200", "200,", "200-250-299", "0200"})
    void whatIsNoSetOfStatusesIsRejected(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StatusSet.parse(text))
                .withMessageStartingWith("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 127.0.0.1, true",
        "127.0.0.1, 0.0.0.0, true",
        "::, 10.0.0.1, true",
        "10.0.0.1, 10.0.0.2, false",
        "::1, 0:0:0:0:0:0:0:1, true",
        "a.example, A.example, true",
        "localhost, 127.0.0.1, true",
    })
    void twoListenersOverlapIfTheyWantTheSameSocket(String one, String other, boolean overlap) {
        assertThat(new Address(one, 80).overlaps(new Address(other, 80))).isEqualTo(overlap);
        assertThat(new Address(one, 80).overlaps(new Address(other, 81))).isFalse();
        assertThat(new Address(one, 0).overlaps(new Address(other, 0))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 127.0.0.9, true",
        "0.0.0.0, localhost, true",
        "::, ::1, true",
        "0.0.0.0, 10.0.0.1, false",
        "10.0.0.1, 10.0.0.1, true",
        "10.0.0.1, 127.0.0.1, false",
        "127.0.0.1, localhost, true",
        "a.example, b.example, false",
    })
    void aListenerAcceptsWhatIsSurelySentToIt(String listener, String target, boolean accepted) {
        assertThat(new Address(listener, 80).accepts(new Address(target, 80))).isEqualTo(accepted);
    }

    @Test
    void theNearestWordIsTheOneWithTheFewestEdits() {
        List<String> known = List.of("timeouts", "routes", "retry");
        assertThat(Nearest.hint("timeout", known)).isEqualTo("; did you mean 'timeouts'?");
        assertThat(Nearest.hint("rotues", known)).isEqualTo("; did you mean 'routes'?");
        assertThat(Nearest.hint("colour", known)).isEmpty();
        assertThat(Nearest.distance("abcd", "acbd")).isEqualTo(1);
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
    }

    @Test
    void aQuotedTextStaysOnOneShortLine() {
        assertThat(Quote.text("a\nb\t\u0000\u202e")).isEqualTo("'a\\nb\\t\\u0000\\u202e'");
        assertThat(Quote.text("x".repeat(1000))).hasSize(85).endsWith("x...'");
    }
}
