package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashKeyTest {
    @ParameterizedTest
    @CsvSource({
        "source, 192.0.2.7",
        "path, /cart/items",
        "header:X-User, anna",
        "cookie:id, 42",
        "query:user, berta",
    })
    void theKeyIsTheNamedPartOfTheRequest(String hashOn, String part) {
        FakeRequest request = new FakeRequest()
                .from("192.0.2.7")
                .to("/cart/items?x=1&user=berta")
                .with("x-user", "anna")
                .with("cookie", "a=b; id=42");
        assertThat(key(hashOn).hash(request)).isEqualTo(XxHash64.of(part, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"header:x-user", "cookie:id", "cookie:absent", "query:user", "query:absent"})
    void whatIsAbsentOrEmptyIsMissing(String hashOn) {
        FakeRequest empty = new FakeRequest().to("/?user=").with("x-user", "").with("cookie", "id=");
        assertThat(key(hashOn).hash(empty)).isEqualTo(HashKey.MISSING);
        assertThat(key(hashOn).hash(new FakeRequest())).isEqualTo(HashKey.MISSING);
        assertThat(key(hashOn).place(empty)).isNaN();
    }

    @Test
    void theClientsAddressIsTheDefault() {
        HashKey key = HashKey.of(new Options(new JsonObject(), "hash-on"));
        assertThat(key.hash(new FakeRequest().from("192.0.2.9"))).isEqualTo(XxHash64.of("192.0.2.9", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "header", "header:", "header:a b", "cookie:a;b", "query:", "source:x", ":x"})
    void whatCannotBeHashedOnIsRefused(String hashOn) {
        assertThatThrownBy(() -> key(hashOn))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'hash-on'")
                .hasMessageContaining("'" + hashOn + "'")
                .hasMessageContaining("expected");
    }

    @Test
    void placesAreEvenlySpreadAndTellNothingOfTheHashItself() {
        HashKey key = key("source");
        double sum = 0;
        double product = 0;
        int keys = 20_000;
        for (int i = 0; i < keys; i++) {
            FakeRequest request = new FakeRequest().from("client-" + i);
            double place = key.place(request);
            assertThat(place).isGreaterThanOrEqualTo(0).isLessThan(1);
            sum += place;
            product += (place - 0.5) * ((key.hash(request) >>> 11) * 0x1p-53 - 0.5);
        }
        assertThat(sum / keys).isCloseTo(0.5, within(0.01));
        assertThat(12 * product / keys).as("correlation").isCloseTo(0, within(0.03));
    }

    private static HashKey key(String hashOn) {
        return HashKey.of(new Options(new JsonObject().put("hash-on", hashOn), "hash-on"));
    }
}
