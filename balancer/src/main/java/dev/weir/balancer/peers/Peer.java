package dev.weir.balancer.peers;

import java.util.Arrays;
import java.util.BitSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Another node, with what it says of this node's backends, in the order of their keys. What it says of others is passed over. Not
 * thread-safe.
 */
public final class Peer {
    private final UUID id;
    private final long voice;
    private final String name;
    private final long[] keys;
    private final BitSet stirred;
    private final byte[] @Nullable [] heard;
    private final @Nullable Report[] reports;
    private final long[] sinceNanos;
    private NodeReport node = NodeReport.NONE;
    private long heardNanos;
    private Presence presence = Presence.STALE;
    private boolean turned = true;
    private boolean sameConfiguration;
    private int at;

    /**
     * @param keys of this node's backends, ascending
     * @param stirred is told the index of each backend of which this node thinks otherwise than before
     */
    Peer(UUID id, String name, long[] keys, BitSet stirred) {
        this.id = id;
        this.voice = Probers.voice(id);
        this.name = name;
        this.keys = keys;
        this.stirred = stirred;
        this.heard = new byte[keys.length][];
        this.reports = new Report[keys.length];
        this.sinceNanos = new long[keys.length];
    }

    UUID id() {
        return id;
    }

    /** Its part in who checks what. */
    long voice() {
        return voice;
    }

    String name() {
        return name;
    }

    NodeReport node() {
        return node;
    }

    long heardNanos() {
        return heardNanos;
    }

    Presence presence() {
        return presence;
    }

    /** Whether it can be counted on. */
    boolean isPresent() {
        return presence == Presence.FRESH;
    }

    /** Whether what it says counts: it is there, and does not itself doubt what it sees. */
    boolean isCredible() {
        return isPresent() && !node.suspectsItself();
    }

    boolean hasSameConfiguration() {
        return sameConfiguration;
    }

    /** @param index of a backend; @return null: the node does not speak of it */
    @Nullable
    Report report(int index) {
        return reports[index];
    }

    /** When the node began to have the opinion that it has. */
    long sinceNanos(int index) {
        return sinceNanos[index];
    }

    /**
     * How it presented itself last.
     *
     * @param nanos when, by this node's clock
     */
    public void heard(long nanos, Presence as, boolean isSameConfiguration) {
        heardNanos = nanos;
        turned |= isPresent() != (as == Presence.FRESH);
        presence = as;
        sameConfiguration = isSameConfiguration;
    }

    /** @return whether it came, or went, or what it says counts or not, other than when this was called last */
    boolean takeTurn() {
        boolean taken = turned;
        turned = false;
        return taken;
    }

    /** All that the node says follows, key by key. */
    public void begin() {
        at = 0;
    }

    /**
     * The next one.
     *
     * @param key greater than the one before
     * @param value not to be changed afterwards
     */
    public void says(long key, byte[] value) {
        if (key == BackendKey.NODE) {
            NodeReport next = NodeReport.decode(value);
            turned |= next != null && next.suspectsItself() != node.suspectsItself();
            node = next == null ? node : next;
            return;
        }
        while (at < keys.length && keys[at] < key) {
            forget(at++);
        }
        if (at < keys.length && keys[at] == key) {
            hear(at++, value);
        }
    }

    /** That was all. */
    public void end() {
        while (at < keys.length) {
            forget(at++);
        }
    }

    private void forget(int index) {
        if (reports[index] != null) {
            stirred.set(index);
        }
        heard[index] = null;
        reports[index] = null;
    }

    private void hear(int index, byte[] value) {
        byte[] before = heard[index];
        if (Arrays.equals(before, value)) {
            return;
        }
        heard[index] = value;
        Report was = reports[index];
        Report now = Report.decode(value);
        reports[index] = now;
        if (was == null || now == null || !was.agreesWith(now)) {
            stirred.set(index);
        }
        if (was == null || now == null || was.opinion() != now.opinion()) {
            sinceNanos[index] = heardNanos;
        }
    }
}
