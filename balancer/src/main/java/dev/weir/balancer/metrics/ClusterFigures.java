package dev.weir.balancer.metrics;

import java.util.Map;

/**
 * How this node talks with the others, at one moment.
 *
 * @param connected whether there is a connection that works
 * @param suspectsItself whether this node finds most backends down that the others find well
 * @param fresh other nodes that speak
 * @param stale other nodes that fell silent, and are not yet given up
 * @param sentMessages so far, each to every other node
 * @param sentBytes of these
 * @param receivedMessages of the others, so far
 * @param receivedBytes of these
 * @param drops what was neither sent nor heeded, by reason
 */
public record ClusterFigures(
        boolean connected,
        boolean suspectsItself,
        int fresh,
        int stale,
        long sentMessages,
        long sentBytes,
        long receivedMessages,
        long receivedBytes,
        Map<String, Long> drops) {
    public ClusterFigures {
        drops = Map.copyOf(drops);
    }

    void collect(Exposition to) {
        to.add(Meter.CLUSTER_CONNECTED, connected ? 1 : 0);
        to.add(Meter.CLUSTER_SUSPICION, suspectsItself ? 1 : 0);
        to.add(Meter.CLUSTER_NODES, fresh, "fresh");
        to.add(Meter.CLUSTER_NODES, stale, "stale");
        to.add(Meter.CLUSTER_MESSAGES, sentMessages, "sent");
        to.add(Meter.CLUSTER_MESSAGES, receivedMessages, "received");
        to.add(Meter.CLUSTER_BYTES, sentBytes, "sent");
        to.add(Meter.CLUSTER_BYTES, receivedBytes, "received");
        drops.forEach((reason, count) -> to.add(Meter.CLUSTER_DROPS, count, reason));
    }
}
