package dev.weir.cluster;

import dev.weir.cluster.Message.Parting;
import dev.weir.cluster.Message.Range;
import java.util.concurrent.TimeUnit;

/**
 * One incarnation of another node, as far as it was heard. Each message tells values, never differences: what was missed is
 * made good by the next time that all is told. Belongs to one thread.
 */
final class Neighbour {
    /** It may be telling all on its own account. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Ticks that may be missed: each is promised within the heartbeat. */
    private static final int MISSED_TICKS = 3;

    private Message last;
    private Records records = Records.NONE;
    private long heardNanos;
    private long heardListeningNanos;
    private boolean fresh;

    /** All of its records are known. */
    private boolean synced;

    /** Ranges were heard without a gap since the first, and the next one begins with {@link #nextKey}. */
    private boolean covering;

    private long nextKey;
    private long askNanos;

    /** How a message was taken. */
    enum Heard {
        /** It changed what is known. */
        NEWS,
        SAME,
        /** More records than a node may have. */
        TOO_MANY
    }

    Neighbour(Message first, long nowNanos) {
        this.last = first;
        this.heardNanos = nowNanos;
        this.askNanos = nowNanos + PATIENCE_NANOS;
    }

    /** @return whether messages were missed before this one */
    boolean isGap(Message message) {
        return message.sequence() > last.sequence() + 1;
    }

    boolean isStale(Message message) {
        return message.sequence() <= last.sequence();
    }

    void missed(long nowNanos) {
        synced = false;
        covering = false;
        askNanos = nowNanos;
    }

    /** Takes over the first message, or one that follows. */
    Heard hear(Message message, long nowNanos, long listeningNanos) {
        boolean same = fresh && message.parting() == last.parting() && message.configuration() == last.configuration();
        boolean wasSynced = synced;
        Records before = records;
        last = message;
        heardNanos = nowNanos;
        heardListeningNanos = listeningNanos;
        fresh = true;
        Records after = before;
        Range range = message.range();
        if (range != null) {
            after = after.withRange(range.first(), range.last(), range.records());
        }
        after = after.with(message.changed(), message.removed());
        if (after.size() > Cluster.MAX_RECORDS) {
            return Heard.TOO_MANY;
        }
        records = after;
        if (range != null) {
            cover(range, nowNanos);
        }
        return same && wasSynced == synced && before == records ? Heard.SAME : Heard.NEWS;
    }

    private void cover(Range range, long nowNanos) {
        boolean first = range.first() == Long.MIN_VALUE;
        covering = first || (covering && range.first() == nextKey);
        if (!covering) {
            return;
        }
        askNanos = nowNanos + ASK_AGAIN_NANOS;
        if (range.last() == Long.MAX_VALUE) {
            synced = true;
            covering = false;
        } else {
            nextKey = range.last() + 1;
        }
    }

    /** @return whether it turned stale */
    boolean grewStale(long nowNanos) {
        boolean was = fresh;
        long promisedNanos = TimeUnit.MILLISECONDS.toNanos(last.heartbeatMillis());
        fresh = nowNanos - heardNanos <= MISSED_TICKS * promisedNanos;
        return was && !fresh;
    }

    boolean isGone(long listeningNanos) {
        return last.parting() == Parting.GOODBYE
                || listeningNanos - heardListeningNanos >= TimeUnit.MILLISECONDS.toNanos(last.leaseMillis());
    }

    /** @return whether it should be asked now to tell all */
    boolean ask(long nowNanos) {
        if (synced || !fresh || nowNanos - askNanos < 0) {
            return false;
        }
        askNanos = nowNanos + ASK_AGAIN_NANOS;
        return true;
    }

    Parting parting() {
        return last.parting();
    }

    Identity identity() {
        return last.sender();
    }

    long sequence() {
        return last.sequence();
    }

    Node node() {
        return new Node(
                last.sender(),
                heardNanos,
                fresh,
                synced,
                last.parting() != Parting.STAYS,
                last.configuration(),
                records);
    }
}
