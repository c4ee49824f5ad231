package dev.weir.balancer.admin;

import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.directive.Directive;
import dev.weir.balancer.directive.DirectiveKey.Kind;
import dev.weir.balancer.failure.Maintenance;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the body of a request that gives a directive. Messages name the key, the value and what is expected. */
final class DirectiveBody {
    private static final int MOST_QUOTED = 80;

    private DirectiveBody() {}

    /**
     * @param epochMillis now
     * @return null: what the configuration says is to hold
     * @throws IllegalArgumentException with a message for users
     */
    static @Nullable Directive read(Kind kind, Buffer body, long epochMillis) {
        return switch (kind) {
            case ADMIN -> admin(object(body, "{\"admin\": \"draining\"}", "admin"), epochMillis);
            case WEIGHT -> weight(object(body, "{\"weight\": 3}", "weight"), epochMillis);
            case MAINTENANCE ->
                maintenance(object(body, "{\"message\": \"Back at noon.\"}", "message", "until"), epochMillis);
        };
    }

    private static JsonObject object(Buffer body, String example, String... keys) {
        Object value;
        try {
            value = Json.decodeValue(body);
        } catch (DecodeException e) {
            value = null;
        }
        if (!(value instanceof JsonObject object)) {
            throw new IllegalArgumentException("the body is no JSON object; expected one such as " + example);
        }
        for (String key : object.fieldNames()) {
            if (!List.of(keys).contains(key)) {
                throw new IllegalArgumentException(
                        "unknown key " + quoted(key) + "; expected " + String.join(", ", keys));
            }
        }
        if (!object.containsKey(keys[0])) {
            throw new IllegalArgumentException("the key " + keys[0] + " is missing; expected one such as " + example);
        }
        return object;
    }

    private static @Nullable Directive admin(JsonObject object, long epochMillis) {
        Object value = object.getValue("admin");
        Admin wanted = Stream.of(Admin.values())
                .filter(state -> state.name().toLowerCase(Locale.ROOT).equals(value))
                .findFirst()
                .orElseThrow(() -> wrong("admin", value, "enabled, draining or disabled"));
        return wanted == Admin.ENABLED ? null : new Directive.OutOfUse(wanted, epochMillis);
    }

    private static Directive weight(JsonObject object, long epochMillis) {
        Object value = object.getValue("weight");
        if (!(value instanceof Integer weight) || weight < 0 || weight > BackendState.MAX_WEIGHT) {
            throw wrong("weight", value, "a whole number from 0 to " + BackendState.MAX_WEIGHT);
        }
        return new Directive.Weight(weight, epochMillis);
    }

    private static Directive maintenance(JsonObject object, long epochMillis) {
        if (!(object.getValue("message") instanceof String message)) {
            throw wrong("message", object.getValue("message"), "a text");
        }
        String problem = Maintenance.check(message);
        if (problem != null) {
            throw new IllegalArgumentException("message: " + quoted(message) + " " + problem);
        }
        Object until = object.getValue("until");
        long untilMillis = until == null ? Maintenance.OPEN_END : moment(until, epochMillis);
        return new Directive.Closed(new Maintenance(message, untilMillis), epochMillis);
    }

    private static long moment(Object value, long epochMillis) {
        String expected = "a moment to come, such as " + Instant.ofEpochSecond(epochMillis / 1_000 + 3_600);
        if (!(value instanceof String text)) {
            throw wrong("until", value, expected);
        }
        long millis;
        try {
            millis = OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw wrong("until", value, expected);
        }
        if (millis <= epochMillis || millis > Maintenance.MAX_MILLIS) {
            throw wrong("until", value, expected);
        }
        return millis;
    }

    private static IllegalArgumentException wrong(String key, @Nullable Object value, String expected) {
        String shown = value instanceof String text ? quoted(text) : cut(String.valueOf(value));
        return new IllegalArgumentException(key + ": " + shown + "; expected " + expected);
    }

    /** For a message: on one line, and not endless. */
    static String quoted(String text) {
        return '"' + cut(text) + '"';
    }

    private static String cut(String text) {
        String line = text.codePoints()
                .map(character -> Character.isISOControl(character) ? '?' : character)
                .limit(MOST_QUOTED)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return text.codePointCount(0, text.length()) > MOST_QUOTED ? line + "…" : line;
    }
}
