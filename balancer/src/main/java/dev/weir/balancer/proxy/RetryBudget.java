package dev.weir.balancer.proxy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Keeps retries from making an outage worse: over the last ten seconds, retries are at most a share of the requests, with
 * a small reserve so that a quiet pool can retry at all. After Finagle's RetryBudget. A window rather than a share of what
 * is active at this moment, because a backend that dies fails all its requests in the same instant: the very burst that
 * should be masked.
 *
 * <p>Shared by all event loops; thread-safe, lock-free. At the turn of a second a count may get lost, which is harmless.
 */
final class RetryBudget {
    /** Retries that are always allowed in a window: three a second. */
    static final int RESERVE = 30;

    private static final int WINDOW_SECONDS = 10;
    private static final int SLOTS = 16; // a power of two that is larger than the window

    private final double share;
    private final AtomicLongArray second = new AtomicLongArray(SLOTS);
    private final AtomicLongArray requests = new AtomicLongArray(SLOTS);
    private final AtomicLongArray retries = new AtomicLongArray(SLOTS);

    /** @param share 0 to 1 */
    RetryBudget(double share) {
        this.share = share;
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
        if (share == 0 || retried >= RESERVE + share * requested) {
            return false;
        }
        retries.getAndIncrement(slot);
        return true;
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
