package dev.weir.balancer.node;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The file descriptors of this process: every connection takes one, and the kernel gives no more than a limit. A part of them
 * is kept back, so that the connections to backends that the accepted requests need can still be opened, and operators can
 * still ask what is the matter: near the limit it is {@linkplain #isShort() short}, and no more clients are accepted until
 * enough of them have gone.
 *
 * <p>Counting all of them means to list a directory, so that is done every now and then; in between, connections are counted
 * as they come and go. Thread-safe, lock-free.
 */
public final class Descriptors {
    /** More is not needed: it takes a burst of connections within the time until accepting stops. */
    private static final long MOST_KEPT_BACK = 1_024;

    private static final long LEAST_KEPT_BACK = 16;

    private final long limit;
    private final long high;
    private final long low;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile long others;
    private volatile boolean isShort;
    private volatile boolean ranOut;

    /** @param limit that the kernel sets ({@code RLIMIT_NOFILE}); 0 or less: unknown, and nothing is ever short */
    public Descriptors(long limit) {
        this.limit = limit;
        long keptBack = Math.clamp(limit / 8, LEAST_KEPT_BACK, MOST_KEPT_BACK);
        this.high = limit <= 0 ? Long.MAX_VALUE : limit - keptBack;
        this.low = high - keptBack / 2;
    }

    /** A connection was accepted, or is being opened. {@link #closed} follows, once. */
    public void opened() {
        int now = connections.incrementAndGet();
        if (now + others >= high && !isShort) {
            isShort = true;
        }
    }

    public void closed() {
        connections.decrementAndGet();
    }

    /** The kernel refused to give another one, be it for this process' limit or for that of the whole system. */
    public void ranOut() {
        ranOut = true;
        isShort = true;
    }

    /**
     * All that are open were counted; to be done about once a second, by one thread at a time.
     *
     * @param open negative: they could not be counted, and the last count stands
     */
    public void counted(long open) {
        if (open >= 0) {
            others = Math.max(0, open - connections.get());
        }
        ranOut = false;
        update();
    }

    /** To be called several times a second: whether it is still short. */
    public void update() {
        long open = open();
        if (open >= high) {
            isShort = true;
        } else if (open < low && !ranOut) {
            isShort = false;
        }
    }

    /** Whether no more clients should be accepted. */
    public boolean isShort() {
        return isShort;
    }

    /** Whether the kernel refused to give another one within the last second or so. */
    public boolean hasRunOut() {
        return ranOut;
    }

    /** How many are open, roughly. */
    public long open() {
        return connections.get() + others;
    }

    /** 0 or less: unknown. */
    public long limit() {
        return limit;
    }

    @Override
    public String toString() {
        return limit <= 0 ? open() + " descriptors open" : open() + " of " + limit + " descriptors open";
    }
}
