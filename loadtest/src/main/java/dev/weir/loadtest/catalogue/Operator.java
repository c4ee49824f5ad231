package dev.weir.loadtest.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;

/**
 * What the operator is told of a failed request.
 *
 * @param line in words; empty: nothing
 */
record Operator(Act act, String line) {
    private static final Duration SOON = Duration.ofSeconds(3);

    /** From the incident that the answer, or else the access log, names. */
    static Operator of(Act act, Shot shot) {
        Optional<String> id =
                shot.reply().field("X-Incident-Id").or(() -> shot.line().flatMap(AccessLine::incident));
        Optional<JsonNode> dossier =
                id.flatMap(known -> Deadline.awaitValue(SOON, () -> act.weir().incident(known)));
        String words = shot.line().map(AccessLine::words).orElse("");
        return dossier.map(json -> new Operator(act, lineOf(json, words))).orElse(new Operator(act, words));
    }

    private static String lineOf(JsonNode json, String otherwise) {
        String line =
                json.path("finding").asText("") + " " + json.path("remedy").asText("");
        return line.isBlank() ? otherwise : line;
    }

    void judge(Expected expected) {
        act.found(Finding.OPERATOR, line);
        if (expected.says() != null) {
            act.expect(
                    "operator's line",
                    expected.says().matcher(line).find(),
                    "expected to contain /" + expected.says() + "/, got: " + line);
        }
    }
}
