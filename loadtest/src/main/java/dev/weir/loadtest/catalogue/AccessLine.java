package dev.weir.loadtest.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** What the balancer's access log says of one request. */
record AccessLine(JsonNode json) {
    /** What the balancer adds to the failure of an attempt that it found when it woke up. */
    private static final String NOT_COUNTED = "not counted";

    int status() {
        return json.path("status").asInt();
    }

    /** The RFC 9209 error type; empty: it did not fail. */
    Optional<String> error() {
        return text(json, "error");
    }

    Optional<String> incident() {
        return text(json, "incident");
    }

    int attempts() {
        return json.path("attempts").size();
    }

    /** Of each attempt, in order. */
    List<String> backends() {
        return json.path("attempts").findValuesAsText("backend");
    }

    /** Failed attempts on a backend, but for those that the balancer does not count, since it had just stood still. */
    long countedAgainst(String backend) {
        return StreamSupport.stream(json.path("attempts").spliterator(), false)
                .filter(attempt -> attempt.path("backend").asText().equals(backend))
                .filter(attempt -> attempt.has("error"))
                .filter(attempt -> !attempt.path("detail").asText().contains(NOT_COUNTED))
                .count();
    }

    /** Whether the balancer had just stood still when it found that an attempt had failed. */
    boolean isDiscounted() {
        return json.path("attempts").findValuesAsText("detail").stream()
                .anyMatch(detail -> detail.contains(NOT_COUNTED));
    }

    /** The error type of an attempt, counted from 0. */
    Optional<String> errorOf(int attempt) {
        return text(json.path("attempts").path(attempt), "error");
    }

    /** What the log says to operators, in words. */
    String words() {
        return (text(json, "finding").or(() -> text(json, "detail")).orElse("") + " "
                        + text(json, "remedy").orElse(""))
                .strip();
    }

    private static Optional<String> text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isTextual() && !value.asText().isEmpty() ? Optional.of(value.asText()) : Optional.empty();
    }
}
