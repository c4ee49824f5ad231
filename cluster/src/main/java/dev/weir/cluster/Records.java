package dev.weir.cluster;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The records of one node: an immutable map in the order of its keys. */
public final class Records {
    public static final Records NONE = new Records(new long[0], new byte[0][]);

    /** Ascending, without duplicates. */
    private final long[] keys;

    private final byte[][] values;

    /** Takes the arrays over: as long as each other, the keys ascending and without duplicates. */
    Records(long[] keys, byte[][] values) {
        this.keys = keys;
        this.values = values;
    }

    /** What is done with each record. */
    @FunctionalInterface
    public interface Visitor {
        /** @param value not to be changed */
        void record(long key, byte[] value);
    }

    public int size() {
        return keys.length;
    }

    /** @return not to be changed */
    public byte @Nullable [] get(long key) {
        int at = Arrays.binarySearch(keys, key);
        return at < 0 ? null : values[at];
    }

    /** In the order of the keys. */
    public void forEach(Visitor visitor) {
        for (int i = 0; i < keys.length; i++) {
            visitor.record(keys[i], values[i]);
        }
    }

    @Override
    public String toString() {
        return keys.length + " records";
    }
}
