package dev.weir.cluster;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of the others at one moment. Immutable. Two views hold the same {@link Records} object of a node if, and
 * only if, nothing arrived between them that changed it; and the same map of entries if none of these changed.
 *
 * @param self this node
 * @param nanos when this was so, by the node's own monotonic clock
 * @param nodes the others, by id; those that have not spoken for longer than their lease are gone
 * @param entries the shared entries, by name
 */
public record View(Identity self, long nanos, List<Node> nodes, Map<String, Entry> entries) {
    public View {
        requireNonNull(self, "self");
        nodes = List.copyOf(nodes);
        entries = Map.copyOf(entries);
    }

    public @Nullable Node node(UUID id) {
        for (Node node : nodes) {
            if (node.identity().id().equals(id)) {
                return node;
            }
        }
        return null;
    }

    /** Nodes that can be counted on: this one, and all that are fresh and not about to leave. At least 1. */
    public int present() {
        int present = 1;
        for (Node node : nodes) {
            if (node.isPresent()) {
                present++;
            }
        }
        return present;
    }
}
