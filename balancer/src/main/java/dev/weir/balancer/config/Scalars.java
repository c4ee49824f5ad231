package dev.weir.balancer.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The kinds of single values that the file knows. Bounds are inclusive and written as users write them. */
final class Scalars {
    private static final Pattern DURATION = Pattern.compile("([0-9]+)(ms|s|m|h)");
    private static final Pattern SIZE = Pattern.compile("([0-9]+)(B|KB|MB|GB)|0");
    private static final Pattern SHARE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)%");
    private static final Pattern WHOLE = Pattern.compile("0|[1-9][0-9]*");
    private static final Pattern BARE_NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)?");

    private Scalars() {}

    static Scalar<Duration> duration(String min, String max) {
        Range<Duration> range = new Range<>(parseDuration(min), parseDuration(max), min + " to " + max);
        JsonObject constraints = new JsonObject().put("pattern", anchored(DURATION));
        String expected = "a duration, such as 250ms, 2s, 5m or 1h";
        return new Scalar<>(expected, List.of("string"), constraints, text -> range.check(parseDuration(text), text));
    }

    private static Duration parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw wrong(text, noUnitOr(text, "is not a duration"), "a number with ms, s, m or h, such as 250ms");
        }
        long number = number(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    /** In bytes; a KB has 1024 of them. Zero needs no unit. */
    static Scalar<Long> size(String min, String max) {
        Range<Long> range = new Range<>(parseSize(min), parseSize(max), min + " to " + max);
        JsonObject constraints = new JsonObject()
                .put("pattern", anchored(SIZE))
                .put("minimum", 0)
                .put("maximum", 0);
        String expected = "a size, such as 512B, 64KB, 1MB or 0";
        return new Scalar<>(
                expected, List.of("string", "integer"), constraints, text -> range.check(parseSize(text), text));
    }

    private static long parseSize(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw wrong(text, noUnitOr(text, "is not a size"), "a number with B, KB, MB or GB, such as 64KB");
        }
        if (matcher.group(1) == null) {
            return 0;
        }
        int shift = List.of("B", "KB", "MB", "GB").indexOf(matcher.group(2)) * 10;
        return number(matcher.group(1)) << shift; // 31 bits of number, 30 of unit
    }

    /** Percent in the file, 0 to 1 in the program. */
    static Scalar<Double> share() {
        Range<Double> range = new Range<>(0.0, 1.0, "0% to 100%");
        JsonObject constraints = new JsonObject().put("pattern", anchored(SHARE));
        String expected = "a percentage, such as 20%";
        return new Scalar<>(expected, List.of("string"), constraints, text -> range.check(parseShare(text), text));
    }

    private static double parseShare(String text) {
        Matcher matcher = SHARE.matcher(text);
        if (!matcher.matches()) {
            throw wrong(text, noUnitOr(text, "is not a percentage"), "a number with %, such as 20%");
        }
        return Double.parseDouble(matcher.group(1)) / 100;
    }

    static Scalar<Integer> whole(int min, int max) {
        Range<Integer> range = new Range<>(min, max, min + " to " + max);
        JsonObject constraints = new JsonObject().put("minimum", min).put("maximum", max);
        String expected = "a whole number from " + min + " to " + max;
        return new Scalar<>(expected, List.of("integer"), constraints, text -> {
            if (!WHOLE.matcher(text).matches()) {
                throw wrong(text, "is not a whole number", range.text());
            }
            return range.check((int) number(text), text);
        });
    }

    static Scalar<Boolean> flag() {
        return new Scalar<>("true or false", List.of("boolean"), new JsonObject(), text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(text, "is not a boolean", "true or false");
        });
    }

    /** The constants' names in lower case. */
    static <E extends Enum<E>> Scalar<E> oneOf(Class<E> type) {
        List<E> constants = Arrays.asList(type.getEnumConstants());
        List<String> words = constants.stream().map(Scalars::word).toList();
        String expected = "one of " + String.join(", ", words);
        JsonObject constraints = new JsonObject().put("enum", new JsonArray(words));
        return new Scalar<>(expected, List.of("string"), constraints, text -> {
            int index = words.indexOf(text);
            if (index < 0) {
                throw wrong(text, "is not known", expected + Nearest.hint(text, words));
            }
            return constants.get(index);
        });
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Any text that is not blank. Numbers and booleans count as text, as they are written. */
    static Scalar<String> text(String expected) {
        List<String> types = List.of("string", "number", "boolean");
        return new Scalar<>(expected, types, new JsonObject().put("pattern", "\\S"), text -> {
            if (text.isBlank()) {
                throw wrong(text, "is blank", expected);
            }
            return text;
        });
    }

    /**
     * @param fault such as "is not a name"
     * @param expected such as "a name of lower case letters"
     */
    static Scalar<String> matching(String pattern, String fault, String expected) {
        Pattern compiled = Pattern.compile(pattern);
        return parsed(pattern, expected, text -> {
            if (!compiled.matcher(text).matches()) {
                throw wrong(text, fault, expected);
            }
            return text;
        });
    }

    /**
     * @param pattern what editors check; may let more pass than the parser does
     * @param parser throws {@link IllegalArgumentException} with a message that quotes the text
     */
    static <T> Scalar<T> parsed(String pattern, String expected, Function<String, T> parser) {
        JsonObject constraints = new JsonObject().put("pattern", "^(" + pattern + ")$");
        return new Scalar<>(expected, List.of("string"), constraints, parser);
    }

    static Scalar<Pattern> regex() {
        String expected = "a regular expression of Java";
        return new Scalar<>(expected, List.of("string"), new JsonObject().put("format", "regex"), text -> {
            try {
                return Pattern.compile(text);
            } catch (PatternSyntaxException e) {
                String fault = "is not a regular expression (" + e.getDescription() + ")";
                throw wrong(text, fault, "one of Java, such as ^ok$");
            }
        });
    }

    /** @return to be thrown */
    static IllegalArgumentException wrong(String text, String fault, String expected) {
        return new IllegalArgumentException(Quote.text(text) + " " + fault + "; expected " + expected);
    }

    /** Values that are out of every range stand for themselves. */
    private static long number(String digits) {
        return new BigInteger(digits).min(BigInteger.valueOf(Integer.MAX_VALUE)).longValue();
    }

    private static String noUnitOr(String text, String otherwise) {
        return BARE_NUMBER.matcher(text).matches() ? "has no unit" : otherwise;
    }

    private static String anchored(Pattern pattern) {
        return "^(" + pattern.pattern() + ")$";
    }

    private record Range<T extends Comparable<T>>(T min, T max, String text) {
        T check(T value, String written) {
            if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
                throw wrong(written, "is out of range", text);
            }
            return value;
        }
    }
}
