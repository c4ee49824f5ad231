package dev.weir.balancer.top;

import dev.weir.balancer.incident.Amount;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Numbers in the few characters that a cell has. */
final class Figure {
    static final String UNKNOWN = "-";

    private Figure() {}

    /** Such as {@code 0}, {@code 0.3}, {@code 42}, {@code 12345}. */
    static String rate(double perSecond) {
        if (Double.isNaN(perSecond)) {
            return UNKNOWN;
        }
        boolean small = perSecond > 0 && perSecond < 9.95;
        return small ? String.format(Locale.ROOT, "%.1f", perSecond) : Long.toString(Math.round(perSecond));
    }

    /** Such as {@code 7s}, {@code 12m}, {@code 3h}, {@code 2d}. */
    static String age(long millis) {
        long seconds = Math.max(0, TimeUnit.MILLISECONDS.toSeconds(millis));
        if (seconds < 100) {
            return seconds + "s";
        }
        long minutes = TimeUnit.SECONDS.toMinutes(seconds);
        if (minutes < 100) {
            return minutes + "m";
        }
        long hours = TimeUnit.SECONDS.toHours(seconds);
        return hours < 48 ? hours + "h" : TimeUnit.SECONDS.toDays(seconds) + "d";
    }

    static String seconds(double seconds) {
        return Double.isNaN(seconds) ? UNKNOWN : Amount.time(Math.round(seconds * TimeUnit.SECONDS.toNanos(1)));
    }
}
