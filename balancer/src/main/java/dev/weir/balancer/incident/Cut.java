package dev.weir.balancer.incident;

import org.jspecify.annotations.Nullable;

/** Keeps texts from outside within bounds, so that what is remembered is bounded in bytes as well. */
final class Cut {
    private Cut() {}

    static String to(int most, String text) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }

    static @Nullable String orNull(int most, @Nullable String text) {
        return text == null ? null : to(most, text);
    }
}
