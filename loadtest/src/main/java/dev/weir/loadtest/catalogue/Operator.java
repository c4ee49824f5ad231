package dev.weir.loadtest.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.weir.loadtest.catalogue.Expected.Kind;
import dev.weir.loadtest.process.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * What the operator is told of a failed request.
 *
 * @param line in words; empty: nothing
 * @param dossier of {@code /api/incidents/ID}; missing: there is none
 */
record Operator(Act act, String line, JsonNode dossier) {
    private static final Duration SOON = Duration.ofSeconds(3);
    /** May be added to any detail. */
    private static final String DISCOUNTED = "(; )?found when this node had just stood still, and not counted";

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
                    expected.says().matcher(line.replaceAll(DISCOUNTED, "")).find(),
                    "expected to contain /" + expected.says() + "/, got: " + line);
        }
        if (expected.kind() != Kind.ANSWER) {
            String blamed = dossier.path("blames").asText("(no dossier)");
            act.found(Finding.BLAMED, blamed);
            act.expect("who is blamed", expected.blamed().name().toLowerCase(Locale.ROOT), blamed);
        }
    }

    /** What the first attempt may have done. */
    String firstClass() {
        return dossier.path("attempts").path(0).path("retry_class").asText("");
    }

    /**
     * The attempts that failed, in order.
     *
     * @param decisions what was made of each
     * @param classes what each may have done
     */
    void judgeAttempts(String what, List<String> decisions, Set<String> classes) {
        List<JsonNode> failed = StreamSupport.stream(dossier.path("attempts").spliterator(), false)
                .filter(attempt -> attempt.has("error"))
                .toList();
        List<String> made =
                failed.stream().map(attempt -> attempt.path("retry").asText()).toList();
        act.expect(what + ", tried again or not", decisions, made);
        for (JsonNode attempt : failed) {
            String retryClass = attempt.path("retry_class").asText();
            boolean right = classes.contains(retryClass) && fits(retryClass, attempt);
            act.expect(what + ", retry class", right, "expected one of " + classes + " that fits, got: " + attempt);
        }
    }

    /** Whether what was sent and received speaks for it: of what is said not to have been processed, both may be. */
    private static boolean fits(String retryClass, JsonNode attempt) {
        return switch (retryClass) {
            case "R1" -> attempt.path("sent_bytes").asLong() > 0 && !speaks(attempt);
            case "R2", "R3" -> speaks(attempt);
            default -> true;
        };
    }

    private static boolean speaks(JsonNode attempt) {
        return attempt.path("received_bytes").asLong() > 0;
    }
}
