package dev.weir.balancer.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What is counted for one port that clients connect to. Thread-safe; counting neither locks nor allocates. */
public final class ListenerMetrics {
    private final LongAdder accepted = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder rejected = new LongAdder();

    ListenerMetrics() {}

    /** A client has connected. {@link #closed} follows, once. */
    public void accepted() {
        accepted.increment();
    }

    public void closed() {
        closed.increment();
    }

    /** A client was turned away because there were too many. Neither accepted nor closed. */
    public void rejected() {
        rejected.increment();
    }

    void collect(String listener, Exposition to) {
        long gone = closed.sum(); // first, so that the difference is never negative
        long all = accepted.sum();
        to.add(Meter.CLIENT_CONNECTIONS, all - gone, listener);
        to.add(Meter.CLIENT_CONNECTIONS_ACCEPTED, all, listener);
        to.add(Meter.CLIENT_CONNECTIONS_REJECTED, rejected.sum(), listener);
    }
}
