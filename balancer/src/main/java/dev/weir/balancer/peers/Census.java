package dev.weir.balancer.peers;

import dev.weir.balancer.incident.Agreement;
import java.util.List;
import java.util.UUID;

/**
 * All nodes and what each says, at one moment. Immutable.
 *
 * @param self this node
 * @param others those that are known, present or not
 * @param backends of this node
 */
public record Census(Member self, List<Member> others, List<Line> backends) {
    /**
     * One node.
     *
     * @param ageNanos since it spoke last
     * @param sameConfiguration whether it works by the same configuration as this one
     */
    public record Member(
            UUID id, String name, long ageNanos, Presence presence, boolean sameConfiguration, NodeReport report) {}

    /**
     * What is said of one backend.
     *
     * @param own by this node
     * @param ownForNanos for how long this node has had its opinion
     * @param others by those that are present and have such a backend
     */
    public record Line(
            String pool,
            String backend,
            Report own,
            long ownForNanos,
            boolean checkedHere,
            Agreement agreement,
            List<Said> others) {
        public Line {
            others = List.copyOf(others);
        }
    }

    /**
     * What one node says.
     *
     * @param node its name
     * @param forNanos for how long it has had this opinion
     */
    public record Said(UUID id, String node, Report report, long forNanos) {}

    public Census {
        others = List.copyOf(others);
        backends = List.copyOf(backends);
    }
}
