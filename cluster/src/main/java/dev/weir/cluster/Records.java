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

    /** These, with exactly the others from {@code first} to {@code last}. The same object if that changes nothing. */
    Records withRange(long first, long last, Records others) {
        int from = lowerBound(first);
        int to = last == Long.MAX_VALUE ? keys.length : lowerBound(last + 1);
        if (isSame(from, to, others)) {
            return this;
        }
        int size = from + others.size() + keys.length - to;
        long[] newKeys = Arrays.copyOf(keys, size);
        byte[][] newValues = Arrays.copyOf(values, size);
        System.arraycopy(others.keys, 0, newKeys, from, others.size());
        System.arraycopy(others.values, 0, newValues, from, others.size());
        System.arraycopy(keys, to, newKeys, from + others.size(), keys.length - to);
        System.arraycopy(values, to, newValues, from + others.size(), keys.length - to);
        return new Records(newKeys, newValues);
    }

    private boolean isSame(int from, int to, Records others) {
        if (to - from != others.size()) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (keys[i] != others.keys[i - from] || !Arrays.equals(values[i], others.values[i - from])) {
                return false;
            }
        }
        return true;
    }

    /**
     * These, without the removed and then with the changed. The same object if that changes nothing.
     *
     * @param removed ascending
     */
    Records with(Records changed, long[] removed) {
        Records kept = isAnyOf(removed) ? without(removed) : this;
        return kept.isKnown(changed) ? kept : kept.with(changed);
    }

    private Records without(long[] removed) {
        long[] newKeys = new long[keys.length];
        byte[][] newValues = new byte[keys.length][];
        int size = 0;
        for (int i = 0; i < keys.length; i++) {
            if (Arrays.binarySearch(removed, keys[i]) < 0) {
                newKeys[size] = keys[i];
                newValues[size++] = values[i];
            }
        }
        return new Records(Arrays.copyOf(newKeys, size), Arrays.copyOf(newValues, size));
    }

    private Records with(Records changed) {
        byte @Nullable [][] replaced = replaced(changed);
        return replaced == null ? merged(changed) : new Records(keys, replaced);
    }

    /** Nearly always there are other values for keys that are known: they can be shared. Null: there are other keys. */
    private byte @Nullable [][] replaced(Records changed) {
        byte[][] newValues = values.clone();
        int at = 0;
        for (int i = 0; i < changed.keys.length; i++) {
            while (at < keys.length && keys[at] < changed.keys[i]) {
                at++;
            }
            if (at == keys.length || keys[at] != changed.keys[i]) {
                return null;
            }
            newValues[at] = changed.values[i];
        }
        return newValues;
    }

    private Records merged(Records changed) {
        long[] newKeys = new long[keys.length + changed.keys.length];
        byte[][] newValues = new byte[newKeys.length][];
        int size = 0;
        int mine = 0;
        for (int theirs = 0; theirs < changed.keys.length; theirs++) {
            long key = changed.keys[theirs];
            for (; mine < keys.length && keys[mine] < key; mine++) {
                newKeys[size] = keys[mine];
                newValues[size++] = values[mine];
            }
            if (mine < keys.length && keys[mine] == key) {
                mine++;
            }
            newKeys[size] = key;
            newValues[size++] = changed.values[theirs];
        }
        System.arraycopy(keys, mine, newKeys, size, keys.length - mine);
        System.arraycopy(values, mine, newValues, size, keys.length - mine);
        size += keys.length - mine;
        return new Records(Arrays.copyOf(newKeys, size), Arrays.copyOf(newValues, size));
    }

    private boolean isKnown(Records changed) {
        for (int i = 0; i < changed.keys.length; i++) {
            if (!Arrays.equals(get(changed.keys[i]), changed.values[i])) {
                return false;
            }
        }
        return true;
    }

    private boolean isAnyOf(long[] others) {
        for (long other : others) {
            if (Arrays.binarySearch(keys, other) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Index of the first key that is not below. */
    private int lowerBound(long key) {
        int at = Arrays.binarySearch(keys, key);
        return at < 0 ? -at - 1 : at;
    }

    @Override
    public String toString() {
        return keys.length + " records";
    }
}
