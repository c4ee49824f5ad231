package dev.weir.balancer.proxy;

import java.nio.charset.StandardCharsets;

/**
 * Formats times as {@code 2025-11-20T10:54:33.123Z} (RFC 3339, years 0 to 9999) and keeps the last one: the day is
 * computed once a second at most, and nothing allocates.
 *
 * <p>Not thread-safe.
 */
final class UtcTimestamp {
    private final byte[] text = "0000-00-00T00:00:00.000Z".getBytes(StandardCharsets.US_ASCII);
    private long millis = Long.MIN_VALUE;
    private long second = Long.MIN_VALUE;

    /** @return an array that the next call overwrites */
    byte[] at(long epochMillis) {
        if (epochMillis != millis) {
            millis = epochMillis;
            long newSecond = Math.floorDiv(epochMillis, 1_000L);
            if (newSecond != second) {
                second = newSecond;
                date(Math.floorDiv(newSecond, 86_400L));
                time((int) Math.floorMod(newSecond, 86_400L));
            }
            digits(20, 3, (int) Math.floorMod(epochMillis, 1_000L));
        }
        return text;
    }

    /** Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days. */
    private void date(long epochDay) {
        long shifted = epochDay + 719_468; // days since 0000-03-01
        long era = Math.floorDiv(shifted, 146_097L);
        int dayOfEra = (int) Math.floorMod(shifted, 146_097L);
        int yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100); // from the 1st of March
        int shiftedMonth = (5 * dayOfYear + 2) / 153; // March is 0
        int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        digits(0, 4, (int) (yearOfEra + era * 400 + (month <= 2 ? 1 : 0)));
        digits(5, 2, month);
        digits(8, 2, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1);
    }

    private void time(int secondOfDay) {
        digits(11, 2, secondOfDay / 3_600);
        digits(14, 2, secondOfDay / 60 % 60);
        digits(17, 2, secondOfDay % 60);
    }

    private void digits(int at, int count, int value) {
        int rest = value;
        for (int i = at + count - 1; i >= at; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
