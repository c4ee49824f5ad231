package dev.weir.balancer.proxy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntSupplier;

/**
 * Keeps retries from making an outage worse: over the last ten seconds, retries are at most a share of the requests, with
 * a small reserve so that a quiet pool can retry at all. After Finagle's RetryBudget. A window rather than a share of what
 * is active at this moment, because a backend that dies fails all its requests in the same instant: the very burst that
 * should be masked.
 *
 * <p>In a cluster the share needs no words: each node sees its part of the requests. The reserve does, or with every node more it
 * would grow, and all of it goes to the same backends: each node has an even part for as long as the others are heard.
 *
 * <p>Shared by all event loops; thread-safe, lock-free. At the turn of a second a count may get lost, which is harmless.
 */
final class RetryBudget {
    /** Retries that are always allowed in a window, by all nodes together: three a second. */
    static final int RESERVE = 30;

    private static final int WINDOW_SECONDS = 10;
    private static final int SLOTS = 16; // a power of two that is larger than the window

    private final double share;
    private final IntSupplier nodes;
    private final AtomicLongArray second = new AtomicLongArray(SLOTS);
    private final AtomicLongArray requests = new AtomicLongArray(SLOTS);
    private final AtomicLongArray retries = new AtomicLongArray(SLOTS);

    /**
     * @param share 0 to 1
     * @param nodes that are alive, this one included: at least 1; thread-safe
     */
    RetryBudget(double share, IntSupplier nodes) {
        this.share = share;
        this.nodes = nodes;
    }

    void request(long nowNanos) {
        requests.getAndIncrement(slot(nowNanos));
    }

    /** @return whether a retry may begin; if so, it is spent */
    boolean trySpend(long nowNanos) {
        int slot = slot(nowNanos);
        long now = second.get(slot);
        long requested = 0;
        long retried = 0;
        for (int i = 0; i < SLOTS; i++) {
            if (now - second.get(i) < WINDOW_SECONDS) {
                requested += requests.get(i);
                retried += retries.get(i);
            }
        }
        if (share == 0 || retried >= reserve() + share * requested) {
            return false;
        }
        retries.getAndIncrement(slot);
        return true;
    }

    /** Rounded down, so that all together keep to it; but a node that cannot retry at all is no use. */
    private int reserve() {
        return Math.max(1, RESERVE / nodes.getAsInt());
    }

    private int slot(long nowNanos) {
        long now = Math.floorDiv(nowNanos, TimeUnit.SECONDS.toNanos(1));
        int slot = (int) now & (SLOTS - 1);
        long before = second.get(slot);
        if (before != now && second.compareAndSet(slot, before, now)) {
            requests.set(slot, 0);
            retries.set(slot, 0);
        }
        return slot;
    }
}
