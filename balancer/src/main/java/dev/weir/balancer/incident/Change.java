package dev.weir.balancer.incident;

import org.jspecify.annotations.Nullable;

/**
 * Something that changed, and may be the reason for what failed soon after.
 *
 * @param epochMillis when
 * @param pool null: it concerns all pools
 * @param backend null: it concerns the whole pool
 * @param text a clause for operators, such as {@code came up}
 */
public record Change(
        long epochMillis, @Nullable String pool, @Nullable String backend, String text) {
    private static final int MAX_TEXT = 200;

    public Change {
        text = Cut.to(MAX_TEXT, text);
    }

    /** With who changed. */
    public String line() {
        if (backend != null) {
            return backend + " " + text;
        }
        return pool == null ? text : "pool " + pool + ": " + text;
    }
}
