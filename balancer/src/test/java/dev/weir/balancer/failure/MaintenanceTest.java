package dev.weir.balancer.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MaintenanceTest {
    private static final long NOON = Instant.parse("2030-01-31T12:00:00Z").toEpochMilli();
    private static final String[] FORMS = {"text/html", "text/plain", "application/json"};

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb", "a\rb", "a\tb", "\u001b[31m", "a\u2028b", "\ud800", "a\u0085b"})
    void aMessageIsOneLineOfCharacters(String message) {
        assertThat(Maintenance.check(message)).contains("expected 1 to 500 characters on one line");
        assertThatThrownBy(() -> new Maintenance(message, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMessageHasItsBound() {
        assertThat(Maintenance.check("🛠".repeat(500))).isNull();
        assertThat(Maintenance.check("🛠".repeat(501))).startsWith("has 501 characters; expected ");
    }

    @Test
    void theOperatorsWordsStandInEveryForm() {
        Maintenance maintenance = new Maintenance("Wir bauen um: zurück um zwölf.", NOON);
        for (String form : FORMS) {
            assertThat(page(maintenance, form))
                    .contains("Wir bauen um: zurück um zwölf.", "It is expected to be back at 2030-01-31 12:00 UTC.")
                    .doesNotContain("fault");
        }
    }

    @Test
    void theOperatorsWordsAreTextAndNothingElse() {
        Maintenance nasty = new Maintenance("<script>alert('\"&amp;\"')</script>", Maintenance.OPEN_END);
        assertThat(page(nasty, "text/html"))
                .contains("&lt;script&gt;alert(&#39;&quot;&amp;amp;&quot;&#39;)&lt;/script&gt;")
                .doesNotContain("<script");
        assertThat(new JsonObject(page(nasty, "application/json")).getString("detail"))
                .isEqualTo(nasty.message() + " Please come back later.");
        assertThat(page(nasty, "text/plain")).contains(nasty.message());
    }

    @Test
    void withoutWordsOfTheirsThereAreOurs() {
        for (String form : FORMS) {
            assertThat(page(Maintenance.UNANNOUNCED, form))
                    .contains("taken out of service on purpose", "come back later");
        }
    }

    @Test
    void clientsAreToldToComeBackAtItsEndAndNotAtOnceIfThatIsOver() {
        assertThat(RetryAfter.seconds(new Maintenance("x", NOON), NOON - 90_001))
                .isEqualTo(91);
        assertThat(RetryAfter.seconds(new Maintenance("x", NOON), NOON - 1)).isEqualTo(1);
        assertThat(RetryAfter.seconds(new Maintenance("x", NOON), NOON)).isEqualTo(60);
        assertThat(RetryAfter.seconds(new Maintenance("x", Maintenance.OPEN_END), NOON))
                .isEqualTo(60);
        assertThat(RetryAfter.seconds(new Maintenance("x", Maintenance.MAX_MILLIS), 0))
                .isEqualTo(Integer.MAX_VALUE);
    }

    private static String page(Maintenance maintenance, String accept) {
        return new String(
                ErrorPage.render(503, maintenance, ProxyError.PROXY_INTERNAL_RESPONSE, "06F4TZ9ABCDEFGHJ", accept)
                        .body(),
                StandardCharsets.UTF_8);
    }
}
