package dev.weir.cluster;

import dev.weir.cluster.Message.Range;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * This node's own records, and which of them the others were not yet told: the one that waits longest goes first. Any thread
 * publishes; the rest belongs to one thread.
 */
final class OwnRecords {
    private final Conflated<Long> published = new Conflated<>(Cluster.MAX_RECORDS);
    private final Counters counters;
    private final Map<Long, Own> owns = new HashMap<>();
    private final ArrayDeque<Own> queue = new ArrayDeque<>();
    private int untold;

    /** Null: to be made again. */
    private long @Nullable [] sortedKeys;

    private static final class Own {
        final long key;

        /** Null: removed. */
        byte @Nullable [] value;

        boolean untold;

        /** Stays in the queue when it is told by other means: so it is there once at most. */
        boolean queued;

        Own(long key) {
            this.key = key;
        }
    }

    /** @param removed keys, ascending */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Changes(Records changed, long[] removed) {}

    OwnRecords(Counters counters) {
        this.counters = counters;
    }

    /** Any thread. */
    void publish(long key, byte[] value) {
        if (!published.put(key, value)) {
            counters.dropped(Drop.TOO_MANY_RECORDS);
        }
    }

    /** Any thread. */
    void withdraw(long key) {
        if (!published.remove(key)) {
            counters.dropped(Drop.TOO_MANY_RECORDS);
        }
    }

    /** Takes over what was published since. */
    void collect() {
        published.takeAll(this::take);
    }

    /**
     * As {@link #publish} or {@link #withdraw}, by the one thread.
     *
     * @param value null: it is withdrawn
     */
    void change(long key, byte @Nullable [] value) {
        published.forget(key);
        take(key, value);
    }

    private void take(Long key, byte @Nullable [] value) {
        Own own = owns.get(key);
        if (own == null) {
            if (value == null) {
                return;
            }
            if (owns.size() >= Cluster.MAX_RECORDS) {
                counters.dropped(Drop.TOO_MANY_RECORDS);
                return;
            }
            own = new Own(key);
            owns.put(key, own);
            sortedKeys = null;
        } else if (Arrays.equals(own.value, value)) {
            return;
        }
        own.value = value;
        if (!own.untold) {
            own.untold = true;
            untold++;
        }
        if (!own.queued) {
            own.queued = true;
            queue.add(own);
        }
    }

    /** Records that changed since they were told. */
    int untold() {
        return untold;
    }

    /** Those that wait longest, as many as fit; they count as told. */
    Changes takeChanges(int bytes) {
        List<Own> changed = new ArrayList<>();
        List<Own> removed = new ArrayList<>();
        int left = bytes;
        for (Own own = queue.peek(); own != null; own = queue.peek()) {
            byte[] value = own.value;
            if (own.untold) {
                left -= value == null ? Wire.removedBytes() : Wire.recordBytes(value);
                if (left < 0) {
                    break;
                }
                (value == null ? removed : changed).add(own);
            }
            queue.remove();
            own.queued = false;
            told(own);
        }
        return new Changes(records(changed), keys(removed));
    }

    private void told(Own own) {
        if (own.untold) {
            own.untold = false;
            untold--;
        }
        if (own.value == null && !own.queued) {
            owns.remove(own.key);
            sortedKeys = null;
        }
    }

    /**
     * All records from the first key on, as many as fit; they count as told.
     *
     * @return null: not even one fits
     */
    @Nullable
    Range takeRange(long first, int bytes) {
        List<Own> within = new ArrayList<>();
        long[] keys = sortedKeys();
        int at = Arrays.binarySearch(keys, first);
        int left = bytes;
        for (int i = at < 0 ? -at - 1 : at; i < keys.length; i++) {
            Own own = owns.get(keys[i]);
            byte[] value = own == null ? null : own.value;
            if (own == null || value == null) {
                continue;
            }
            left -= Wire.recordBytes(value);
            if (left < 0) {
                return keys[i] == first ? null : range(first, keys[i] - 1, within);
            }
            within.add(own);
        }
        return range(first, Long.MAX_VALUE, within);
    }

    private Range range(long first, long last, List<Own> within) {
        within.forEach(this::told);
        return new Range(first, last, records(within));
    }

    private long[] sortedKeys() {
        long[] keys = sortedKeys;
        if (keys == null) {
            keys = owns.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
            sortedKeys = keys;
        }
        return keys;
    }

    private static Records records(List<Own> owns) {
        if (owns.isEmpty()) {
            return Records.NONE;
        }
        owns.sort(Comparator.comparingLong(own -> own.key));
        long[] keys = new long[owns.size()];
        byte[][] values = new byte[keys.length][];
        for (int i = 0; i < keys.length; i++) {
            Own own = owns.get(i);
            byte[] value = own.value;
            if (value == null) {
                throw new IllegalStateException("record " + own.key + " has no value");
            }
            keys[i] = own.key;
            values[i] = value;
        }
        return new Records(keys, values);
    }

    private static long[] keys(List<Own> owns) {
        return owns.isEmpty()
                ? Message.NO_KEYS
                : owns.stream().mapToLong(own -> own.key).sorted().toArray();
    }
}
