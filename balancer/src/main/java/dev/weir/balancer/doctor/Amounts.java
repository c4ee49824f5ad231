package dev.weir.balancer.doctor;

import java.time.Duration;
import java.util.Locale;

/** Durations and sizes for people. */
final class Amounts {
    private Amounts() {}

    /** Such as {@code 0.3 ms}, {@code 41 ms} or {@code 1.5 s}. */
    static String time(long nanos) {
        double millis = nanos / 1e6;
        if (millis < 10) {
            return String.format(Locale.ROOT, "%.1f ms", millis);
        }
        return millis < 1000
                ? String.format(Locale.ROOT, "%.0f ms", millis)
                : String.format(Locale.ROOT, "%.1f s", millis / 1000);
    }

    static String time(Duration duration) {
        return time(duration.toNanos());
    }

    /** Such as {@code 512 bytes} or {@code 9.1 KB}; a KB has 1024 bytes. */
    static String size(long bytes) {
        if (bytes < 1024) {
            return bytes == 1 ? "1 byte" : bytes + " bytes";
        }
        return bytes < 1024 * 1024
                ? String.format(Locale.ROOT, "%.1f KB", bytes / 1024.0)
                : String.format(Locale.ROOT, "%.1f MB", bytes / (1024.0 * 1024));
    }

    static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3; // three digits: microseconds
    }

    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
