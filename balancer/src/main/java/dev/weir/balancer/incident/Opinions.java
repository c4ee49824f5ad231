package dev.weir.balancer.incident;

import java.util.List;

/**
 * What the balancer nodes thought of a backend at some moment.
 *
 * @param agreement of all, this node included
 * @param others one for each other node that was there; empty: there was none
 */
public record Opinions(Agreement agreement, List<OfNode> others) {
    /** There is no other node. */
    public static final Opinions NONE = new Opinions(Agreement.UNKNOWN, List.of());

    /**
     * What one other node said.
     *
     * @param node its name
     * @param words what follows the name, such as {@code has taken it out}
     * @param sinceMillis when it began to say so: milliseconds since the epoch, by this node's clock
     */
    public record OfNode(String node, String words, long sinceMillis) {}

    public Opinions {
        others = List.copyOf(others);
    }
}
