package dev.weir.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The shared entries: a map in which the last writer of each name wins. Tables that were told the same, in whatever order and
 * however often, hold the same.
 *
 * <p>Versions are a hybrid clock: the time of day, but always higher than every version seen. So a write beats all that its
 * writer knew of, whatever any clock says; the time only decides between writers that could not know of each other.
 *
 * <p>What was removed leaves a tombstone, or a node that did not hear of it would bring it back. Tombstones carry their age,
 * not a time, and are forgotten by all nodes after {@link #TOMBSTONE_NANOS}, or earlier when there is no room: a node that was
 * cut off for longer than that may bring back what was removed meanwhile.
 *
 * <p>Not thread-safe.
 */
final class EntryTable {
    static final long TOMBSTONE_NANOS = TimeUnit.HOURS.toNanos(24);

    /** Nobody's time of day is beyond, and no number of writes leads there: refused by all, be it one's own or another's. */
    static final long MAX_VERSION = 1L << 62;

    private final UUID self;
    private final LongSupplier epochMillis;
    private final TreeMap<String, Cell> cells = new TreeMap<>();
    private long lastVersion;

    /**
     * @param value null: removed
     * @param removedNanos when it was removed, by the local monotonic clock; 0 if it was not
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by isAfter, never by equals
    record Cell(byte @Nullable [] value, long version, UUID author, long removedNanos) {
        boolean isAfter(Cell other) {
            if (version != other.version) {
                return version > other.version;
            }
            int byAuthor = author.compareTo(other.author);
            return byAuthor != 0 ? byAuthor > 0 : isAfterByValue(other);
        }

        /** No author writes two values with one version; but if one did, all nodes should agree still. */
        private boolean isAfterByValue(Cell other) {
            if (value == null || other.value == null) {
                return value == null && other.value != null;
            }
            return Arrays.compareUnsigned(value, other.value) > 0;
        }

        boolean isTombstone() {
            return value == null;
        }
    }

    EntryTable(UUID self, LongSupplier epochMillis) {
        this.self = self;
        this.epochMillis = epochMillis;
    }

    /** @return false if there is no room for it */
    boolean write(String name, byte[] value, long nowNanos) {
        return put(name, new Cell(value, nextVersion(), self, 0), nowNanos) != Merge.NO_ROOM;
    }

    /**
     * Leaves a tombstone even if there is no such entry, or not any more: it may be there on a node that could not yet tell, and
     * was written before.
     *
     * @return false if there is no room for it
     */
    boolean remove(String name, long nowNanos) {
        return put(name, new Cell(null, nextVersion(), self, nowNanos), nowNanos) != Merge.NO_ROOM;
    }

    private long nextVersion() {
        return Math.max(lastVersion + 1, Math.min(epochMillis.getAsLong(), MAX_VERSION - 1));
    }

    /** What became of an entry that another node told of. */
    enum Merge {
        NEWS,
        KNOWN,
        NO_ROOM
    }

    Merge merge(String name, Cell told, long nowNanos) {
        if (told.isTombstone() && isOfNoUse(name, told, nowNanos)) {
            return Merge.KNOWN;
        }
        return put(name, told, nowNanos);
    }

    /** Tables that are full would else hand each other, for ever, the tombstones that had to give way. */
    private boolean isOfNoUse(String name, Cell tombstone, long nowNanos) {
        boolean full = cells.size() >= Cluster.MAX_ENTRIES && !cells.containsKey(name);
        return full || nowNanos - tombstone.removedNanos >= TOMBSTONE_NANOS;
    }

    private Merge put(String name, Cell cell, long nowNanos) {
        if (cell.version > MAX_VERSION) {
            return Merge.NO_ROOM;
        }
        Cell present = cells.get(name);
        if (present != null && !cell.isAfter(present)) {
            return Merge.KNOWN;
        }
        if (present == null && cells.size() >= Cluster.MAX_ENTRIES && !makeRoom(nowNanos)) {
            return Merge.NO_ROOM;
        }
        lastVersion = Math.max(lastVersion, cell.version);
        cells.put(name, cell);
        return Merge.NEWS;
    }

    private boolean makeRoom(long nowNanos) {
        String oldest = null;
        long oldestAge = -1;
        for (Map.Entry<String, Cell> each : cells.entrySet()) {
            Cell cell = each.getValue();
            if (cell.isTombstone() && nowNanos - cell.removedNanos > oldestAge) {
                oldest = each.getKey();
                oldestAge = nowNanos - cell.removedNanos;
            }
        }
        if (oldest == null) {
            return false;
        }
        cells.remove(oldest);
        return true;
    }

    /** Forgets tombstones that are old enough. */
    void expire(long nowNanos) {
        cells.values().removeIf(cell -> cell.isTombstone() && nowNanos - cell.removedNanos >= TOMBSTONE_NANOS);
    }

    @Nullable
    Cell get(String name) {
        return cells.get(name);
    }

    /** All names, tombstones included, in order. */
    List<String> names() {
        return new ArrayList<>(cells.keySet());
    }

    /** What holds at present. Immutable. */
    Map<String, Entry> live() {
        Map<String, Entry> live = HashMap.newHashMap(cells.size());
        cells.forEach((name, cell) -> {
            if (cell.value != null) {
                live.put(name, new Entry(cell.value, cell.version, cell.author));
            }
        });
        return Map.copyOf(live);
    }
}
