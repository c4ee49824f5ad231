package dev.weir.loadtest.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.weir.loadtest.catalogue.Expected.Kind;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What the operator is told of a failed request.
 *
 * @param line in words; empty: nothing
 * @param dossier of {@code /api/incidents/ID}; missing: there is none
 */
record Operator(Act act, String line, JsonNode dossier) {
    private static final Duration SOON = Duration.ofSeconds(3);

    /** From the incident that the answer, or else the access log, names. */
    static Operator of(Act act, Shot shot) {
        Optional<String> id =
                shot.reply().field("X-Incident-Id").or(() -> shot.line().flatMap(AccessLine::incident));
        String words = shot.line().map(AccessLine::words).orElse("");
        return id.flatMap(known -> Deadline.awaitValue(SOON, () -> act.weir().incident(known)))
                .map(json -> new Operator(act, json.path("line").asText(words), json))
                .orElse(new Operator(act, words, MissingNode.getInstance()));
    }

    /** Words and blame. */
    void judge(Expected expected) {
        act.found(Finding.OPERATOR, line);
        if (expected.says() != null) {
            act.expect(
                    "operator's line",
                    expected.says().matcher(line).find(),
                    "expected to contain /" + expected.says() + "/, got: " + line);
        }
        if (expected.kind() != Kind.ANSWER) {
            String blamed = dossier.path("blames").asText("nobody");
            act.found(Finding.BLAMED, blamed);
            act.expect("who is blamed", expected.blamed().name().toLowerCase(Locale.ROOT), blamed);
        }
    }

    /** Why the last attempt was not followed by another one. */
    String refusal() {
        return lastAttempt().path("retry").asText("");
    }

    /** What the last attempt may have done. */
    String retryClass() {
        return lastAttempt().path("retry_class").asText("");
    }

    private JsonNode lastAttempt() {
        JsonNode attempts = dossier.path("attempts");
        return attempts.path(attempts.size() - 1);
    }
}
