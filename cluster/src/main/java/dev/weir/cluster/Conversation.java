package dev.weir.cluster;

import dev.weir.cluster.EntryTable.Cell;
import dev.weir.cluster.EntryTable.Merge;
import dev.weir.cluster.Message.Told;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node says and hears: all of the protocol, without a thread, a socket or a clock of its own. What any thread may call
 * is said so; the rest belongs to one thread.
 */
final class Conversation {
    /** Not to have ticked for so long is a pause of this node. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

    private final Identity self;
    private final Transport transport;
    private final LongSupplier nanoClock;
    private final Counters counters;
    private final OwnRecords records;
    private final Conflated<String> written = new Conflated<>(Cluster.MAX_ENTRIES);
    private final EntryTable entries;
    private final Neighbours neighbours;
    private final Speaker speaker;

    private Map<String, Entry> liveEntries = Map.of();
    private boolean entriesChanged;
    private boolean wrote;

    /** Something else than the time that a node spoke last. */
    private boolean news = true;

    private boolean heardAny;
    private long tickedNanos;

    /** Sum of this node's pauses. */
    private long pausedNanos;

    private boolean otherVersionLogged;
    private boolean malformedLogged;
    private boolean noRoomLogged;

    private volatile View view;
    private volatile int backlog;

    Conversation(
            Identity self,
            Pace pace,
            Transport transport,
            Counters counters,
            LongSupplier nanoClock,
            LongSupplier epochMillis,
            RandomGenerator random) {
        this.self = self;
        this.transport = transport;
        this.counters = counters;
        this.nanoClock = nanoClock;
        this.records = new OwnRecords(counters);
        this.entries = new EntryTable(self.id(), epochMillis);
        this.neighbours = new Neighbours(self, counters);
        this.speaker = new Speaker(self, pace, records, entries, random, counters);
        this.tickedNanos = nanoClock.getAsLong();
        this.view = new View(self, tickedNanos, List.of(), Map.of());
    }

    /** Any thread. */
    OwnRecords records() {
        return records;
    }

    /** Any thread. */
    Counters counters() {
        return counters;
    }

    /** Any thread. */
    View view() {
        return view;
    }

    /** Any thread. */
    ClusterStats stats() {
        int fresh = 0;
        View now = view;
        for (Node node : now.nodes()) {
            fresh += node.fresh() ? 1 : 0;
        }
        int stale = now.nodes().size() - fresh;
        return counters.stats(transport.link(), transport.isConnected(), fresh, stale, backlog);
    }

    /**
     * Any thread.
     *
     * @return false: there is no room for it
     */
    boolean write(String name, byte[] value) {
        Map<String, Entry> present = view.entries();
        boolean room = present.size() < Cluster.MAX_ENTRIES || present.containsKey(name);
        return room && written.put(name, value);
    }

    /** Any thread. */
    void remove(String name) {
        // What does not fit removes nothing: there cannot be more names than fit.
        if (!written.remove(name)) {
            counters.dropped(Drop.TOO_MANY_ENTRIES);
        }
    }

    void configuration(long hash) {
        speaker.configuration(hash);
    }

    void leaving() {
        speaker.leaving();
    }

    void membershipChanged() {
        speaker.wantFull();
    }

    void hear(byte[] bytes) {
        counters.messagesReceived.increment();
        counters.bytesReceived.add(bytes.length);
        Message message;
        try {
            message = Wire.decode(bytes);
        } catch (WireException e) {
            undecodable(e);
            return;
        }
        long nowNanos = nanoClock.getAsLong();
        switch (neighbours.hear(message, nowNanos, nowNanos - pausedNanos)) {
            case DROPPED -> {
                return;
            }
            case STRANGER -> {
                news = true;
                speaker.wantFull();
            }
            case NEWS -> news = true;
            case NOTHING_NEW -> {}
        }
        heardAny = true;
        if (message.wanted().contains(self.id())) {
            speaker.wantFull();
        }
        message.entries().forEach(entry -> merge(entry, nowNanos));
    }

    /** Each kind is logged once: a node of another version would fill the log, several times a second. */
    private void undecodable(WireException e) {
        counters.dropped(e.drop());
        boolean otherVersion = e.drop() == Drop.OTHER_VERSION;
        if (otherVersion ? !otherVersionLogged : !malformedLogged) {
            LOG.warn("A message of another node was not understood; more like it are counted only: {}", e.getMessage());
        }
        otherVersionLogged |= otherVersion;
        malformedLogged |= !otherVersion;
    }

    private void merge(Told told, long nowNanos) {
        long removedNanos = nowNanos - TimeUnit.SECONDS.toNanos(told.removedSeconds());
        Cell cell = new Cell(told.value(), told.version(), told.author(), told.value() == null ? removedNanos : 0);
        Merge merge = entries.merge(told.name(), cell, nowNanos);
        if (merge == Merge.NO_ROOM) {
            noRoom(told.name());
        }
        entriesChanged |= merge == Merge.NEWS;
    }

    private void noRoom(String name) {
        counters.dropped(Drop.TOO_MANY_ENTRIES);
        if (!noRoomLogged) {
            LOG.warn("There is no room for the shared entry '{}'; more like it are counted only", name);
            noRoomLogged = true;
        }
    }

    /**
     * Says what there is to say, and lets time pass. To be called once in each tick of its pace.
     *
     * @param early between two of these, for news that are urgent
     */
    void tick(boolean early) {
        long nowNanos = nanoClock.getAsLong();
        long sinceNanos = nowNanos - tickedNanos;
        if (sinceNanos >= PAUSE_NANOS) {
            pausedNanos += sinceNanos;
        }
        tickedNanos = nowNanos;
        records.collect();
        written.takeAll((name, value) -> take(name, value, nowNanos));
        entries.expire(nowNanos);
        news |= neighbours.expire(nowNanos, nowNanos - pausedNanos);
        int peers = transport.peers();
        if (peers > 0 && transport.isConnected()) {
            List<byte[]> said =
                    early ? speaker.hurry(nowNanos, peers) : speaker.speak(nowNanos, peers, neighbours.toAsk(nowNanos));
            said.forEach(this::send);
        }
        backlog = records.untold();
    }

    private void take(String name, byte @Nullable [] value, long nowNanos) {
        boolean changed = value == null ? entries.remove(name, nowNanos) : entries.write(name, value, nowNanos);
        if (changed) {
            entriesChanged = true;
            wrote = true;
            speaker.entryChanged(name);
        } else {
            noRoom(name);
        }
    }

    private void send(byte[] message) {
        if (transport.send(message)) {
            counters.messagesSent.increment();
            counters.bytesSent.add(message.length);
        } else {
            counters.dropped(Drop.SENT_TOO_FAST);
            // What was in it counts as told.
            speaker.wantFull();
        }
    }

    /** Tells the others that this was the last word. */
    void goodbye() {
        if (transport.peers() > 0 && transport.isConnected()) {
            send(speaker.goodbye(nanoClock.getAsLong()));
        }
    }

    /**
     * Whether no view shows yet what this node wrote itself. To look has no time then until something else is heard: if that beat
     * it, whoever wrote would never see what has become of it.
     */
    boolean wrote() {
        return wrote;
    }

    /**
     * Makes a new view, if anything was heard since the last.
     *
     * @return the new view, if it says anything new beyond that nodes still speak
     */
    @Nullable
    View look() {
        boolean anything = news || entriesChanged;
        if (!anything && !heardAny) {
            return null;
        }
        if (entriesChanged) {
            liveEntries = entries.live();
        }
        view = new View(self, nanoClock.getAsLong(), neighbours.nodes(), liveEntries);
        news = false;
        entriesChanged = false;
        wrote = false;
        heardAny = false;
        return anything ? view : null;
    }
}
