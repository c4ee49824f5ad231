package dev.weir.balancer.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One key of a section: the only place that states its name, the values it takes, and what holds in its absence.
 *
 * @param required whether it must be there
 * @param schemaDefault what holds in its absence, in JSON; null if that is not one value
 * @param absence reads a section that lacks the key
 */
record Key<T>(
        String name,
        Syntax<T> syntax,
        boolean required,
        @Nullable Object schemaDefault,
        Absence<T> absence) {
    @FunctionalInterface
    interface Absence<T> {
        @Nullable
        T read(Value section);
    }

    static <T> Key<T> required(String name, Syntax<T> syntax) {
        return new Key<>(name, syntax, true, null, section -> {
            section.getOrEmpty(name).fail("missing; expected " + syntax.expected());
            return null;
        });
    }

    /** Its absence has a meaning of its own: {@link Fields#find}. */
    static <T> Key<T> optional(String name, Syntax<T> syntax) {
        return new Key<>(name, syntax, false, null, section -> null);
    }

    /** @param fallback as a user would write it */
    static <T> Key<T> of(String name, Scalar<T> syntax, String fallback) {
        T parsed = syntax.parse(fallback);
        return new Key<>(name, syntax, false, syntax.json(fallback), section -> parsed);
    }

    /** @param fallback what a user would write for {@code value}, in JSON */
    static <T> Key<T> of(String name, Syntax<T> syntax, Object fallback, T value) {
        return new Key<>(name, syntax, false, fallback, section -> value);
    }

    /** Empty by default. */
    static <T> Key<List<T>> of(String name, ListOf<T> syntax) {
        return new Key<>(name, syntax, false, List.of(), section -> List.of());
    }

    /** Empty by default. */
    static <T> Key<Map<String, T>> of(String name, MapOf<T> syntax) {
        return new Key<>(name, syntax, false, Map.of(), section -> Map.of());
    }

    /** A section whose keys all have their own defaults. */
    static <T> Key<T> of(String name, Section<T> syntax) {
        return new Key<>(name, syntax, false, null, section -> syntax.read(section.getOrEmpty(name)));
    }

    /** @return null if it is absent and optional, or if it has problems, which are noted */
    @Nullable
    T read(Value section) {
        Value present = section.get(name);
        return present == null ? absence.read(section) : syntax.read(present);
    }
}
