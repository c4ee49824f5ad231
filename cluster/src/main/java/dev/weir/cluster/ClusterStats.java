package dev.weir.cluster;

import java.util.Map;

/**
 * Figures since the start, but for what {@code now} is said of.
 *
 * @param link now: how the node is connected to the others, and if it is not, why. For people
 * @param connected now: whether there is a transport that works
 * @param freshNodes now: other nodes that spoke within their last three ticks
 * @param staleNodes now: other nodes that did not, and are not yet gone
 * @param messagesSent messages handed to the transport; it sends each to every other node
 * @param bytesSent bytes of these
 * @param messagesReceived messages of others
 * @param bytesReceived bytes of these
 * @param gaps times that messages of a node were missed
 * @param fullsSent times that all of this node's records were told
 * @param backlog now: own records that changed and are not yet told, for lack of budget
 * @param slowestSendNanos the longest that the transport took for one message
 * @param drops what was not sent or not heeded
 */
public record ClusterStats(
        String link,
        boolean connected,
        int freshNodes,
        int staleNodes,
        long messagesSent,
        long bytesSent,
        long messagesReceived,
        long bytesReceived,
        long gaps,
        long fullsSent,
        int backlog,
        long slowestSendNanos,
        Map<Drop, Long> drops) {
    public ClusterStats {
        drops = Map.copyOf(drops);
    }

    public long dropped(Drop reason) {
        return drops.getOrDefault(reason, 0L);
    }
}
