package dev.weir.balancer.failure;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What clients of a pool are told that operators have closed. Immutable.
 *
 * @param message one line in the operators' words, as of {@link #check}; null: nobody wrote one
 * @param untilMillis when it is expected to end, in milliseconds since 1970; {@link #OPEN_END}: nobody knows. It ends nothing by
 *     itself: work that takes longer must not be cut short by a clock
 */
public record Maintenance(@Nullable String message, long untilMillis) {
    public static final long OPEN_END = 0;

    /** Every backend was taken out, and nobody announced anything. */
    public static final Maintenance UNANNOUNCED = new Maintenance(null, OPEN_END);

    /** Of a message, in characters (code points). */
    public static final int MAX_MESSAGE = 500;

    /** The last moment that can be written with a year of four digits: the end of 9999. */
    public static final long MAX_MILLIS = 253_402_300_799_999L;

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    public Maintenance {
        String problem = message == null ? null : check(message);
        if (problem != null) {
            throw new IllegalArgumentException("message: " + problem);
        }
        if (untilMillis < 0 || untilMillis > MAX_MILLIS) {
            throw new IllegalArgumentException("until: " + untilMillis + " ms (expected: 0 to " + MAX_MILLIS + ")");
        }
    }

    /** @return what is wrong with a message and what is expected; null: nothing */
    public static @Nullable String check(String message) {
        String expected = "; expected 1 to " + MAX_MESSAGE + " characters on one line";
        if (message.isBlank()) {
            return "is empty" + expected;
        }
        int length = message.codePointCount(0, message.length());
        if (length > MAX_MESSAGE) {
            return "has " + length + " characters" + expected;
        }
        boolean broken = message.codePoints()
                .anyMatch(character -> Character.isISOControl(character)
                        || Character.getType(character) == Character.SURROGATE
                        || character == '\u2028'
                        || character == '\u2029');
        return broken ? "has a line break, a control character or half a character" + expected : null;
    }

    /** When it is expected to end, to the minute; null: nobody knows. */
    public @Nullable String until() {
        return untilMillis == OPEN_END ? null : MINUTE.format(Instant.ofEpochMilli(untilMillis));
    }
}
