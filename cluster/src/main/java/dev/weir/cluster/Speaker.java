package dev.weir.cluster;

import dev.weir.cluster.EntryTable.Cell;
import dev.weir.cluster.Message.Parting;
import dev.weir.cluster.Message.Range;
import dev.weir.cluster.Message.Told;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What this node says, and when: changes at once, within what it may send; all of it every few seconds, and whenever somebody
 * does not know it. It must be told what was lost on the way to the transport. Belongs to one thread.
 */
final class Speaker {
    /** So many nodes may ask in one message; the others wait for the next. */
    private static final int MAX_ASKED = 100;

    /** Twenty nodes that ask at once are answered once. */
    private static final long MIN_FULL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Between two ticks is spoken only if so many bytes may be said: a shared entry and some records. */
    private static final int MIN_HURRY_BYTES = 6 * 1024;

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Identity self;
    private final Pace pace;
    private final OwnRecords records;
    private final EntryTable entries;
    private final RandomGenerator random;
    private final Counters counters;
    private final Set<String> untoldEntries = new LinkedHashSet<>();

    private long sequence;
    private long configuration;
    private boolean leaving;

    /** The configuration, or that the node leaves, was not told yet. */
    private boolean untoldSelf = true;

    private boolean spoken;
    private long spokeNanos;

    /** When was spoken last in a tick that was not early: what comes in between does not put off the next. */
    private long beatNanos;

    /** Bytes that may be said to each; below 0 where a tick had to say more than that. */
    private long credit;

    private long creditedNanos;

    private boolean backlog;

    private boolean fullWanted = true;
    private boolean fullTold;
    private long fullNanos;
    private long nextFullNanos;
    private @Nullable Full full;

    /** All that there is, on its way out in pieces: first the entries, then the records, by ranges. */
    private static final class Full {
        final Iterator<String> names;
        long nextKey = Long.MIN_VALUE;

        Full(Iterator<String> names) {
            this.names = names;
        }
    }

    Speaker(
            Identity self,
            Pace pace,
            OwnRecords records,
            EntryTable entries,
            RandomGenerator random,
            Counters counters) {
        this.self = self;
        this.pace = pace;
        this.records = records;
        this.entries = entries;
        this.random = random;
        this.counters = counters;
    }

    void configuration(long hash) {
        if (configuration != hash) {
            configuration = hash;
            untoldSelf = true;
        }
    }

    void leaving() {
        if (!leaving) {
            leaving = true;
            untoldSelf = true;
        }
    }

    /** Somebody may not know all. */
    void wantFull() {
        fullWanted = true;
    }

    void entryChanged(String name) {
        if (untoldEntries.size() >= Cluster.MAX_ENTRIES) {
            // Nobody heard for long, and some of these may be forgotten by now: all is told then.
            untoldEntries.clear();
            wantFull();
        }
        untoldEntries.add(name);
    }

    /**
     * To be called once in each tick.
     *
     * @param peers others that would hear it, at least 1
     * @param asked nodes of which this one does not know all
     * @return what is to be said now, in this order; nothing, if it is not the time
     */
    List<byte[]> speak(long nowNanos, int peers, List<UUID> asked) {
        if (!isDue(nowNanos, asked)) {
            return List.of();
        }
        int left = Math.max(Pace.MIN_TICK_BYTES, credit(nowNanos, peers));
        beginFull(nowNanos);
        beatNanos = nowNanos;
        return say(left, asked.subList(0, Math.min(asked.size(), MAX_ASKED)), nowNanos);
    }

    /**
     * To be called between ticks, when something is urgent.
     *
     * @param peers others that would hear it, at least 1
     * @return what is to be said now; nothing, if there is none, or so little may be said that it has to wait for the next tick
     */
    List<byte[]> hurry(long nowNanos, int peers) {
        int left = credit(nowNanos, peers);
        boolean news = hasMore() || untoldSelf;
        return spoken && news && left >= MIN_HURRY_BYTES ? say(left, List.of(), nowNanos) : List.of();
    }

    private List<byte[]> say(int bytes, List<UUID> asked, long nowNanos) {
        int left = bytes;
        List<UUID> wanted = asked;
        List<byte[]> said = new ArrayList<>();
        do {
            Parting parting = leaving ? Parting.LEAVING : Parting.STAYS;
            byte[] message = compose(Math.min(left, Wire.MAX_MESSAGE_BYTES), wanted, parting, nowNanos);
            said.add(message);
            left -= message.length;
            credit = Math.max(-Pace.MIN_TICK_BYTES, credit - message.length);
            wanted = List.of();
        } while (left >= Pace.MIN_TICK_BYTES && hasMore());
        backlog = hasMore();
        untoldSelf = false;
        spoken = true;
        spokeNanos = nowNanos;
        return said;
    }

    private boolean isDue(long nowNanos, List<UUID> asked) {
        if (!spoken) {
            return true;
        }
        boolean news = hasMore() || untoldSelf || !asked.isEmpty() || isFullDue(nowNanos);
        long tickNanos = pace.tick().toNanos();
        long heartbeatNanos = pace.heartbeat().toNanos();
        long silentNanos = nowNanos - (news ? beatNanos : spokeNanos);
        // No tick comes exactly on time: the one that is nearest does.
        return silentNanos + tickNanos / 2 >= (news && !backlog ? tickNanos : heartbeatNanos);
    }

    private boolean hasMore() {
        return full != null || records.untold() > 0 || !untoldEntries.isEmpty();
    }

    /** What was saved while there was nothing to say may not be spent at once. */
    private int credit(long nowNanos, int peers) {
        long perSecond = pace.bytesPerSecond() / Math.max(1, peers);
        long mostNanos = pace.heartbeat().toNanos();
        long sinceNanos = spoken ? Math.min(nowNanos - creditedNanos, mostNanos) : 0;
        credit = Math.min(credit + perSecond * sinceNanos / SECOND_NANOS, perSecond * mostNanos / SECOND_NANOS);
        creditedNanos = nowNanos;
        return (int) credit;
    }

    private boolean isFullDue(long nowNanos) {
        return !fullTold || nowNanos - nextFullNanos >= 0 || (fullWanted && nowNanos - fullNanos >= MIN_FULL_NANOS);
    }

    private void beginFull(long nowNanos) {
        if (full == null && isFullDue(nowNanos)) {
            full = new Full(entries.names().iterator());
            fullWanted = false;
            fullTold = true;
            fullNanos = nowNanos;
            nextFullNanos = nowNanos
                    + random.nextLong(pace.minFull().toNanos(), pace.maxFull().toNanos() + 1);
            counters.fullsSent.increment();
        }
    }

    private byte[] compose(int bytes, List<UUID> wanted, Parting parting, long nowNanos) {
        int left = bytes - Wire.frameBytes(wanted.size());
        List<Told> told = new ArrayList<>();
        left -= tellEntries(untoldEntries.iterator(), left, told, nowNanos);
        Range range = null;
        Full telling = full;
        if (telling != null) {
            // Half is for changes: they are news, and all the rest most likely is not.
            int share = records.untold() > 0 ? left / 2 : left;
            int spent = tellEntries(telling.names, share, told, nowNanos);
            range = telling.names.hasNext() ? null : nextRange(telling, share - spent);
            left -= spent + (range == null ? 0 : bytes(range));
        }
        OwnRecords.Changes changes = records.takeChanges(left);
        return Wire.encode(new Message(
                self,
                ++sequence,
                configuration,
                Math.toIntExact(pace.heartbeat().toMillis()),
                Math.toIntExact(pace.lease().toMillis()),
                parting,
                wanted,
                range,
                changes.changed(),
                changes.removed(),
                told));
    }

    private @Nullable Range nextRange(Full telling, int bytes) {
        Range range = records.takeRange(telling.nextKey, bytes);
        if (range != null && range.last() == Long.MAX_VALUE) {
            full = null;
        } else if (range != null) {
            telling.nextKey = range.last() + 1;
        }
        return range;
    }

    private static int bytes(Range range) {
        int[] bytes = {0};
        range.records().forEach((key, value) -> bytes[0] += Wire.recordBytes(value));
        return bytes[0];
    }

    /** @return bytes that they take; none is left behind half told, so it may stop short of the limit */
    private int tellEntries(Iterator<String> names, int limit, List<Told> told, long nowNanos) {
        int spent = 0;
        while (names.hasNext() && limit - spent >= Wire.MAX_ENTRY_BYTES) {
            String name = names.next();
            Cell cell = entries.get(name);
            if (cell != null) {
                told.add(told(name, cell, nowNanos));
                spent += Wire.entryBytes(name, cell.value());
            }
            names.remove();
        }
        return spent;
    }

    private static Told told(String name, Cell cell, long nowNanos) {
        return new Told(
                name, cell.value(), cell.version(), cell.author(), cell.isTombstone() ? age(cell, nowNanos) : 0);
    }

    /**
     * Of a tombstone, in seconds: rather too old, by more than a message takes. One that got younger on its way would outlive the
     * one that it was told from, come back from there, and so be handed about for ever.
     */
    private static int age(Cell tombstone, long nowNanos) {
        return (int) TimeUnit.NANOSECONDS.toSeconds(nowNanos - tombstone.removedNanos()) + 2;
    }

    /** The last word. */
    byte[] goodbye(long nowNanos) {
        return compose(Wire.MAX_MESSAGE_BYTES, List.of(), Parting.GOODBYE, nowNanos);
    }
}
