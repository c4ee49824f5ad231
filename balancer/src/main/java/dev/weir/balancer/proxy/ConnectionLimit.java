package dev.weir.balancer.proxy;

import java.util.concurrent.atomic.AtomicInteger;

/** Most connections that may be open at a time, over all event loops. Thread-safe. */
final class ConnectionLimit {
    private final int limit;
    private final AtomicInteger open = new AtomicInteger();

    /** @param limit 0: none */
    ConnectionLimit(int limit) {
        this.limit = limit;
    }

    boolean tryOpen() {
        if (open.incrementAndGet() <= limit || limit == 0) {
            return true;
        }
        open.decrementAndGet();
        return false;
    }

    void close() {
        open.decrementAndGet();
    }
}
