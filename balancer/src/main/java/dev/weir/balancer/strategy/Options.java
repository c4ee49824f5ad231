package dev.weir.balancer.strategy;

import dev.weir.balancer.config.DurationText;
import dev.weir.balancer.config.Nearest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what stands beside a strategy's name in the configuration. Whatever is wrong is an {@link
 * IllegalArgumentException} for users: it names the option, the value and what was expected.
 */
public final class Options {
    private final JsonObject json;

    /**
     * @param known the names of all options that the strategy has
     * @throws IllegalArgumentException if there are others
     */
    public Options(JsonObject json, String... known) {
        this.json = json;
        List<String> names = List.of(known);
        for (String name : json.fieldNames()) {
            if (!names.contains(name)) {
                String expected = names.isEmpty() ? "no options" : "one of " + String.join(", ", names);
                throw new IllegalArgumentException(
                        "unknown option '" + name + "'; expected " + expected + Nearest.hint(name, names));
            }
        }
    }

    /** @return null if it is not there */
    public @Nullable String text(String name) {
        Object value = json.getValue(name);
        if (value == null) {
            return null;
        }
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        throw wrong(name, value, "is not a text", "some text, in quotes if it looks like something else");
    }

    public String text(String name, String fallback) {
        String text = text(name);
        return text == null ? fallback : text;
    }

    /** @param words what it may be; the first one is the fallback */
    public String word(String name, String... words) {
        String text = text(name, words[0]);
        List<String> known = List.of(words);
        if (!known.contains(text)) {
            throw wrong(name, text, "is not known", String.join(", ", known) + Nearest.hint(text, known));
        }
        return text;
    }

    /** Bounds are inclusive. */
    public double number(String name, double fallback, double min, double max) {
        Object value = json.getValue(name);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Number number && number.doubleValue() >= min && number.doubleValue() <= max) {
            return number.doubleValue();
        }
        String fault = value instanceof Number ? "is out of range" : "is not a number";
        throw wrong(name, value, fault, "a number from " + shown(min) + " to " + shown(max));
    }

    /** Bounds are inclusive. */
    public int whole(String name, int fallback, int min, int max) {
        double number = number(name, fallback, min, max);
        if (number != Math.rint(number)) {
            throw wrong(name, number, "is not a whole number", "one from " + min + " to " + max);
        }
        return (int) number;
    }

    /**
     * Bounds are inclusive and written as users write them.
     *
     * @return null if it is not there
     */
    public @Nullable Duration duration(String name, String min, String max) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        try {
            return DurationText.parse(text, min, max);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("option '" + name + "': " + e.getMessage(), e);
        }
    }

    public boolean flag(String name, boolean fallback) {
        Object value = json.getValue(name);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(name, value, "is neither", "true or false");
    }

    /** @return to be thrown */
    public static IllegalArgumentException wrong(String name, Object value, String fault, String expected) {
        return new IllegalArgumentException(
                "option '" + name + "': '" + value + "' " + fault + "; expected " + expected);
    }

    private static String shown(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
