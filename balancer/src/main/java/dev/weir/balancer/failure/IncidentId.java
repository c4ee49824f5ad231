package dev.weir.balancer.failure;

import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names a failed request, for its response and for the log: 16 letters and digits of Crockford's base 32, without I, L, O
 * and U, so that it survives being read out over the phone. Seven carry the second, so ids sort by time; nine are random,
 * so nobody guesses one.
 */
public final class IncidentId {
    private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
    private static final Pattern FORM = Pattern.compile("[0-9A-HJKMNP-TV-Z]{16}");
    private static final int BITS_PER_DIGIT = 5;
    private static final int TIME_DIGITS = 7;
    private static final int RANDOM_DIGITS = 9;

    private IncidentId() {}

    /**
     * @param random not necessarily secure: an id opens nothing, it only must not be enumerable
     * @param epochMillis the wall clock
     */
    public static String create(RandomGenerator random, long epochMillis) {
        char[] id = new char[TIME_DIGITS + RANDOM_DIGITS];
        write(id, 0, TIME_DIGITS, epochMillis / 1_000);
        write(id, TIME_DIGITS, RANDOM_DIGITS, random.nextLong());
        return new String(id);
    }

    /**
     * The id that somebody means: in any case, and with the letters that are easily taken for digits.
     *
     * @return null: that is none
     */
    public static @Nullable String parse(String text) {
        String id = text.toUpperCase(Locale.ROOT)
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1');
        return FORM.matcher(id).matches() ? id : null;
    }

    private static void write(char[] id, int from, int digits, long value) {
        long rest = value;
        for (int i = from + digits - 1; i >= from; i--) {
            id[i] = DIGITS[(int) rest & 31];
            rest >>>= BITS_PER_DIGIT;
        }
    }
}
