package dev.weir.cluster;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * A node, as the others know it.
 *
 * @param id drawn by the node when it starts; the transport's own ids change while a node lives
 * @param name for people: need not be unique
 * @param incarnation of two that claim the same id, the higher one is right. Positive
 */
public record Identity(UUID id, String name, long incarnation) {
    /** Longest name, bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 255;

    public Identity {
        requireNonNull(id, "id");
        if (!Bounds.isText(name) || name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "name: " + name + " (expected: at most " + MAX_NAME_BYTES + " bytes, no control characters)");
        }
        if (incarnation <= 0) {
            throw new IllegalArgumentException("incarnation: " + incarnation + " (expected: > 0)");
        }
    }

    @Override
    public String toString() {
        return name + " (" + id + ")";
    }
}
