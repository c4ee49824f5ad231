package dev.weir.cluster;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What any thread says, until the one thread that listens takes it: the last word on each key. Bounded by the number of keys.
 *
 * @param <K> of what is said
 */
final class Conflated<K> {
    /** Told apart by identity. */
    private static final byte[] REMOVED = {};

    private final Map<K, byte[]> pending = new ConcurrentHashMap<>();
    private final int limit;

    Conflated(int limit) {
        this.limit = limit;
    }

    /** Takes one after the other. */
    @FunctionalInterface
    interface Taker<K> {
        /** @param value null: removed */
        void take(K key, byte @Nullable [] value);
    }

    /** @return false: there are too many keys already */
    boolean put(K key, byte[] value) {
        if (pending.size() >= limit && !pending.containsKey(key)) {
            return false;
        }
        pending.put(key, value);
        return true;
    }

    /** @return false: there are too many keys already */
    boolean remove(K key) {
        return put(key, REMOVED);
    }

    /** Whatever was said of the key is no longer the last word. */
    void forget(K key) {
        if (!pending.isEmpty()) {
            pending.remove(key);
        }
    }

    /** What is said meanwhile is taken now or the next time. */
    @SuppressWarnings("ReferenceEquality") // REMOVED is no value, but an object of its own
    void takeAll(Taker<K> taker) {
        pending.forEach((key, value) -> {
            // By identity, since arrays have no other equality: what was said since stays for the next time.
            if (pending.remove(key, value)) {
                taker.take(key, value == REMOVED ? null : value);
            }
        });
    }
}
