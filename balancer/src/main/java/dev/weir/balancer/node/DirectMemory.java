package dev.weir.balancer.node;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Memory outside the heap, in which bytes on their way from one socket to another lie. Back-pressure bounds what each
 * connection holds, but not what all of them hold together; so what can be done without is refused before the limit: first
 * copies of request bodies for another attempt, then new requests.
 *
 * <p>Two numbers tell. What is reserved never shrinks much, for Netty's allocator keeps what it has for later; a request is
 * refused only if a good part of that is also filled with bytes that wait for somebody to take them. Thread-safe.
 */
public final class DirectMemory {
    /** Reserved: from here on the loops count what waits, and no request body is kept for another attempt. */
    private static final double TIGHT = 0.75;

    /** Reserved: from here on an allocation may fail. */
    private static final double FULL = 0.9;

    /** Waiting: the rest is lost between the buffers' sizes. */
    private static final double FILLED = 0.4;

    private static final long MEGABYTE = 1 << 20;

    private final LongSupplier reserved;
    private final long max;
    private final AtomicLong waiting = new AtomicLong();
    private volatile boolean ranOut;

    /**
     * @param reserved bytes at present; cheap, for each request asks; thread-safe
     * @param max bytes; 0 or less: unknown, and nothing is ever short
     */
    public DirectMemory(LongSupplier reserved, long max) {
        this.reserved = reserved;
        this.max = max;
    }

    /** Whether nothing should be kept that could be done without. */
    public boolean isTight() {
        return max > 0 && reserved.getAsLong() >= max * TIGHT;
    }

    /** Whether no further request should be taken. */
    public boolean isShort() {
        return ranOut || (max > 0 && waiting.get() >= max * FILLED && reserved.getAsLong() >= max * FULL);
    }

    /** Bytes that wait on one event loop have become more, or fewer. */
    public void waiting(long more) {
        waiting.addAndGet(more);
    }

    /** An allocation failed. */
    public void ranOut() {
        ranOut = true;
    }

    /** To be called about once a second: an allocation that failed before that is no reason any more. */
    public void forgive() {
        ranOut = false;
    }

    public long reserved() {
        return reserved.getAsLong();
    }

    /** 0 or less: unknown. */
    public long max() {
        return max;
    }

    @Override
    public String toString() {
        return reserved() / MEGABYTE + " of " + max / MEGABYTE + " MB of direct memory reserved, "
                + waiting.get() / MEGABYTE + " MB in buffers";
    }
}
