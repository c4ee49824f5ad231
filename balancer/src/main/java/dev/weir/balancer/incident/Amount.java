package dev.weir.balancer.incident;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Figures as people read them. */
public final class Amount {
    private static final double KB = 1024;

    private Amount() {}

    /** Such as {@code 0.4 ms}, {@code 12 ms}, {@code 4.2 s}, {@code 11 min}. */
    public static String time(long nanos) {
        double millis = Math.max(0, nanos) / (double) TimeUnit.MILLISECONDS.toNanos(1);
        if (millis < 9.95) {
            return format("%.1f ms", millis);
        }
        if (millis < 999.5) {
            return format("%.0f ms", millis);
        }
        double seconds = millis / 1_000;
        if (seconds < 9.95) {
            return format("%.1f s", seconds);
        }
        if (seconds < 119.5) {
            return format("%.0f s", seconds);
        }
        return seconds < 119.5 * 60 ? format("%.0f min", seconds / 60) : format("%.0f h", seconds / 3_600);
    }

    public static String time(Duration duration) {
        return time(duration.toNanos());
    }

    /** For machines: with three digits, which are microseconds. */
    public static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }

    /** Such as {@code 1 byte}, {@code 27 bytes}, {@code 6.1 KB}, {@code 8 MB}. */
    public static String bytes(long count) {
        if (count < KB) {
            return count == 1 ? "1 byte" : count + " bytes";
        }
        String text = count < KB * KB ? format("%.1f KB", count / KB) : format("%.1f MB", count / KB / KB);
        return text.replace(".0 ", " ");
    }

    /** Such as {@code 1 backend}, {@code 3 backends}. */
    public static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
