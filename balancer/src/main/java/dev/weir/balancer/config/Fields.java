package dev.weir.balancer.config;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The fields of a section, all of them right. */
final class Fields {
    private final Value section;
    private final Map<Key<?>, Object> values;

    Fields(Value section, Map<Key<?>, Object> values) {
        this.section = section;
        this.values = values;
    }

    /** The key under which the section stands. */
    String name() {
        return section.name();
    }

    /** Whether the user wrote the key, rather than leaving it to its default. */
    boolean written(Key<?> key) {
        return section.get(key.name()) != null;
    }

    /** A field that is required or has a default. */
    <T> T get(Key<T> key) {
        return Objects.requireNonNull(find(key), key.name());
    }

    /** A field that may be absent. */
    @SuppressWarnings("unchecked") // Key.read put a T there
    <T> @Nullable T find(Key<T> key) {
        return (T) values.get(key);
    }
}
