package dev.weir.balancer;

import dev.weir.balancer.incident.Amount;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What {@code weir explain} prints of the admin API's answers: what to do first, then what happened, then all that may help. */
final class ExplainText {
    private static final int WIDTH = 100;
    private static final String INDENT = "  ";

    private final StringBuilder text = new StringBuilder();

    private ExplainText() {}

    /** @param answer of {@code /api/incidents} */
    static String list(JsonObject answer) {
        ExplainText made = new ExplainText();
        List<JsonObject> open = objects(answer, "incidents")
                .filter(incident -> incident.getBoolean("open"))
                .toList();
        made.line(
                "",
                Amount.count(answer.getInteger("open"), "open incident") + ", " + answer.getLong("total")
                        + " since the balancer started");
        for (JsonObject incident : open) {
            made.blank();
            made.line("", incident.getString("id") + INDENT + subject(incident));
            made.line(INDENT, incident.getString("remedy"));
            made.line(INDENT, incident.getString("finding"));
            made.incidentFacts(incident);
        }
        made.leftOut(answer.getInteger("open") - open.size(), answer.getLong("not_counted"));
        return made.done();
    }

    private void leftOut(int unlisted, long uncounted) {
        if (unlisted > 0) {
            blank();
            line("", Amount.count(unlisted, "open incident") + " with older failures left out");
        }
        if (uncounted > 0) {
            blank();
            line("", Amount.count(uncounted, "failure") + " in none of them: too many different ones at a time");
        }
    }

    /** @param answer of {@code /api/incidents/ID} */
    static String one(JsonObject answer) {
        ExplainText made = new ExplainText();
        made.line("", answer.getString("remedy"));
        made.line("", answer.getString("finding"));
        made.blank();
        if ("incident".equals(answer.getString("kind"))) {
            made.line("", "Incident " + answer.getString("id") + ": " + subject(answer));
            made.incidentFacts(answer);
            made.blank();
            made.request(answer.getJsonObject("latest"), "Its last request, ");
        } else {
            made.request(answer, "Request ");
            objects(answer, "incidents").forEach(incident -> {
                made.blank();
                made.line("", "Incident " + incident.getString("id") + ": " + subject(incident));
                made.incidentFacts(incident);
            });
        }
        made.pool(answer);
        return made.done();
    }

    private static String subject(JsonObject incident) {
        return Stream.of(
                        incident.getString("cause"),
                        incident.getString("backend"),
                        incident.getString("pool") == null ? null : "pool " + incident.getString("pool"))
                .filter(part -> part != null)
                .collect(Collectors.joining(", "));
    }

    private void incidentFacts(JsonObject incident) {
        line(
                INDENT,
                counts(incident) + ", " + (incident.getBoolean("open") ? "open" : "over") + "; first "
                        + incident.getString("first_seen") + ", last " + incident.getString("last_seen"));
        JsonObject shared = incident.getJsonObject("shared_labels");
        if (!shared.isEmpty()) {
            line(
                    INDENT,
                    "only the " + Amount.count(incident.getInteger("backends_alike"), "backend")
                            + " that fail" + (incident.getInteger("backends_alike") == 1 ? "s" : "") + ", of "
                            + incident.getInteger("backends") + ", ha"
                            + (incident.getInteger("backends_alike") == 1 ? "s " : "ve ") + labels(shared));
        } else if (incident.getInteger("backends_alike") > 1) {
            line(
                    INDENT,
                    incident.getInteger("backends_alike") + " of " + incident.getInteger("backends")
                            + " backends of the pool fail alike");
        }
        JsonObject routes = incident.getJsonObject("routes");
        if (!routes.isEmpty()) {
            line(
                    INDENT,
                    "routes: "
                            + routes.stream()
                                    .map(route -> route.getKey() + " (" + route.getValue() + ")")
                                    .collect(Collectors.joining(", ")));
        }
        changes("changed before: ", incident.getJsonArray("changed_before"));
        changes("then: ", incident.getJsonArray("changed_after"));
    }

    private static String counts(JsonObject incident) {
        StringJoiner apart = new StringJoiner(", ", " (", ")");
        for (String kind : List.of("failed", "cut", "saved", "relayed")) {
            if (incident.getLong(kind) > 0) {
                apart.add(incident.getLong(kind) + " " + kind);
            }
        }
        return Amount.count(incident.getLong("count"), "request") + apart;
    }

    private void changes(String title, JsonArray changes) {
        for (int i = 0; i < changes.size(); i++) {
            JsonObject change = changes.getJsonObject(i);
            line(INDENT, title + change.getString("time") + " " + change.getString("what"));
        }
    }

    private void request(JsonObject request, String title) {
        line("", title + request.getString("id") + " at " + request.getString("time"));
        String host = request.getString("host");
        String error = request.getString("error");
        line(
                INDENT,
                request.getString("method") + " " + (host == null ? "" : host) + request.getString("path")
                        + ": the client got " + request.getInteger("status") + " after "
                        + time(request.getDouble("duration_ms")) + " ("
                        + request.getString("result").replace('_', ' ')
                        + (error == null ? "" : ", " + error) + ")");
        List<JsonObject> attempts = objects(request, "attempts").toList();
        if (attempts.isEmpty()) {
            line(INDENT, "no attempt on a backend was made");
        }
        for (int i = 0; i < attempts.size(); i++) {
            attempt(i + 1, attempts.get(i));
        }
    }

    private void attempt(int number, JsonObject attempt) {
        JsonObject labels = attempt.getJsonObject("labels");
        line(
                INDENT,
                number + ". " + attempt.getString("backend") + (labels.isEmpty() ? "" : " (" + labels(labels) + ")")
                        + (attempt.getBoolean("reused")
                                ? ", on a connection idle for " + time(attempt.getDouble("idle_ms"))
                                : ""));
        List<String> steps = new ArrayList<>();
        step(steps, attempt, "began_ms", "picked");
        step(steps, attempt, "connected_ms", attempt.getBoolean("reused") ? "connection taken" : "connected");
        step(steps, attempt, "sent_ms", "request sent, " + Amount.bytes(attempt.getLong("sent_bytes")));
        JsonObject answer = attempt.getJsonObject("answer");
        step(steps, attempt, "head_ms", answer == null ? "head received" : "answered " + answer.getInteger("status"));
        step(steps, attempt, "ended_ms", end(attempt));
        steps.forEach(step -> line("       ", " ".repeat(18), step));
        if (attempt.getString("retry_reason") != null) {
            line("       ", attempt.getString("retry_reason"));
        }
        line("       ", "at that moment: " + state(attempt.getJsonObject("state")));
    }

    private static void step(List<String> steps, JsonObject attempt, String key, String what) {
        Double millis = attempt.getDouble(key);
        if (millis != null) {
            steps.add(String.format("%9s  %s", time(millis), what));
        }
    }

    private static String end(JsonObject attempt) {
        String error = attempt.getString("error");
        if (error == null) {
            return "whole response received, " + Amount.bytes(attempt.getLong("received_bytes"));
        }
        String first = attempt.getString("first_bytes");
        String errno = attempt.getString("errno");
        String detail = attempt.getString("detail");
        return "failed: " + error + (errno == null ? "" : " " + errno) + " (" + attempt.getString("phase") + ", "
                + Amount.bytes(attempt.getLong("received_bytes")) + " received)"
                + (detail == null ? "" : ": " + detail)
                + (first == null ? "" : "; it began with `" + first + "`");
    }

    private void pool(JsonObject answer) {
        List<JsonObject> members = objects(answer, "pool_now").toList();
        if (members.isEmpty()) {
            return;
        }
        blank();
        line("", "The pool now");
        for (JsonObject member : members) {
            JsonObject labels = member.getJsonObject("labels");
            line(
                    INDENT,
                    member.getString("backend") + (labels.isEmpty() ? "" : " (" + labels(labels) + ")") + ": "
                            + (member.getBoolean("usable") ? "usable, " : "out, ")
                            + state(member.getJsonObject("state")));
        }
    }

    private static String state(JsonObject state) {
        StringJoiner words = new StringJoiner(", ");
        words.add("health " + state.getString("health"));
        words.add(state.getString("admin"));
        if (state.getBoolean("ejected")) {
            words.add("ejected");
        }
        if (state.getBoolean("shunned", false)) {
            words.add("taken out by other nodes");
        }
        words.add(state.getInteger("in_flight") + " in flight");
        words.add(Amount.count(state.getInteger("connections"), "connection"));
        if (!state.getBoolean("ever_answered")) {
            words.add("has never answered");
        }
        String agreement = state.getString("agreement");
        if (agreement != null) {
            words.add(agreement + " ("
                    + objects(state, "nodes")
                            .map(node -> node.getString("node") + " " + node.getString("says"))
                            .collect(Collectors.joining("; "))
                    + ")");
        }
        return words.toString();
    }

    private static String labels(JsonObject labels) {
        return labels.stream()
                .map((Map.Entry<String, Object> label) -> label.getKey() + ": " + label.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String time(double millis) {
        return Amount.time(Math.round(millis * TimeUnit.MILLISECONDS.toNanos(1)));
    }

    private static Stream<JsonObject> objects(JsonObject of, String key) {
        JsonArray array = of.getJsonArray(key);
        return array == null ? Stream.empty() : array.stream().map(JsonObject.class::cast);
    }

    private void blank() {
        text.append('\n');
    }

    private void line(String indent, @Nullable String words) {
        line(indent, indent.isEmpty() ? "" : indent + INDENT, words);
    }

    /**
     * Broken where it is too long for a terminal.
     *
     * @param further indent of the lines after the first one
     */
    private void line(String indent, String further, @Nullable String words) {
        String rest = printable(String.valueOf(words));
        String front = indent;
        while (front.length() + rest.length() > WIDTH) {
            int space = rest.lastIndexOf(' ', WIDTH - front.length());
            if (space <= 0) {
                break;
            }
            text.append(front).append(rest, 0, space).append('\n');
            rest = rest.substring(space + 1);
            front = further;
        }
        text.append(front).append(rest).append('\n');
    }

    private String done() {
        return text.toString();
    }

    /** Texts from outside must not command the terminal. */
    static String printable(String outside) {
        return outside.codePoints()
                .map(character -> Character.isISOControl(character) ? '?' : character)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
