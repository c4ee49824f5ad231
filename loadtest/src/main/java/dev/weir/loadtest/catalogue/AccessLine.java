package dev.weir.loadtest.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** What the balancer's access log says of one request. */
record AccessLine(JsonNode json) {
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
