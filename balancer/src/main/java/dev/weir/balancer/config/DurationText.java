package dev.weir.balancer.config;

import java.time.Duration;

/** Durations as the file writes them, for strategies, which read their options themselves. */
public final class DurationText {
    private DurationText() {}

    /**
     * @param min inclusive, in the same form
     * @param max inclusive, in the same form
     * @throws IllegalArgumentException with a message for users that quotes the text
     */
    public static Duration parse(String text, String min, String max) {
        return Scalars.duration(min, max).parse(text);
    }
}
