package dev.weir.cluster;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What is counted, by any thread. */
final class Counters {
    final LongAdder messagesSent = new LongAdder();
    final LongAdder bytesSent = new LongAdder();
    final LongAdder messagesReceived = new LongAdder();
    final LongAdder bytesReceived = new LongAdder();
    final LongAdder gaps = new LongAdder();
    final LongAdder fullsSent = new LongAdder();

    private final AtomicLong slowestSendNanos = new AtomicLong();
    private final Map<Drop, LongAdder> drops = new EnumMap<>(Drop.class);

    Counters() {
        for (Drop reason : Drop.values()) {
            drops.put(reason, new LongAdder());
        }
    }

    void dropped(Drop reason) {
        LongAdder adder = drops.get(reason);
        if (adder != null) {
            adder.increment();
        }
    }

    void sendTook(long nanos) {
        slowestSendNanos.accumulateAndGet(nanos, Math::max);
    }

    ClusterStats stats(String link, boolean connected, int freshNodes, int staleNodes, int backlog) {
        Map<Drop, Long> dropped = new EnumMap<>(Drop.class);
        drops.forEach((reason, adder) -> dropped.put(reason, adder.sum()));
        return new ClusterStats(
                link,
                connected,
                freshNodes,
                staleNodes,
                messagesSent.sum(),
                bytesSent.sum(),
                messagesReceived.sum(),
                bytesReceived.sum(),
                gaps.sum(),
                fullsSent.sum(),
                backlog,
                slowestSendNanos.get(),
                dropped);
    }
}
