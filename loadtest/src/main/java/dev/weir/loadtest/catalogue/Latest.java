package dev.weir.loadtest.catalogue;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that is costly to look up, shared by all who ask while it is being looked up. Nobody gets what was looked up
 * before they asked.
 */
final class Latest<T> {
    private final Supplier<T> source;
    private @Nullable T value;
    private long begunNanos = Long.MIN_VALUE;

    Latest(Supplier<T> source) {
        this.source = source;
    }

    T get() {
        long asked = System.nanoTime();
        synchronized (this) {
            T latest = value;
            if (latest == null || begunNanos - asked < 0) {
                begunNanos = System.nanoTime();
                latest = source.get();
                value = latest;
            }
            return latest;
        }
    }
}
