package dev.weir.balancer.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Makes sure that a tree of nodes can be walked without further thought: aliases form no cycle, and multiply neither into
 * more than {@link #MAX_NODES} nodes ("a billion laughs") nor into more than {@link YamlText#MAX_DEPTH} levels; there
 * are no tags; keys are texts.
 */
final class NodeCheck {
    static final int MAX_NODES = 1_000_000;

    /** What a node stands for, once aliases are replaced by what they mean. */
    private record Extent(int nodes, int levels) {
        static final Extent LEAF = new Extent(1, 1);

        Extent around(Extent child) {
            return new Extent(nodes + child.nodes, Math.max(levels, child.levels + 1));
        }

        boolean bounded() {
            return nodes <= MAX_NODES && levels <= YamlText.MAX_DEPTH + 1;
        }
    }

    /** Of nodes that were visited, which are compared by identity; one that aliases share is visited once. */
    private final Map<Node, Extent> extents = new HashMap<>();

    private final Set<Node> open = new HashSet<>();
    private final Problems problems;

    NodeCheck(Problems problems) {
        this.problems = problems;
    }

    /** @throws ConfigException if the tree is not bounded; other problems are only noted */
    void check(Value root) throws ConfigException {
        visit(root);
    }

    private Extent visit(Value value) throws ConfigException {
        Extent known = extents.get(value.node());
        if (known != null) {
            return known;
        }
        if (!open.add(value.node())) {
            throw unbounded(value, "contains itself by way of an alias");
        }
        if (!value.node().isResolved()) {
            String tag = Quote.text(value.node().getTag().getValue());
            value.fail("the tag " + tag + " is not supported; expected the value without it");
        }
        if (value.node() instanceof MappingNode mapping) {
            checkKeys(value, mapping);
        }
        Extent extent = Extent.LEAF;
        for (Value child : value.isList() ? value.items() : value.entries()) {
            extent = extent.around(visit(child));
            if (!extent.bounded()) {
                String limit = MAX_NODES + " values or " + YamlText.MAX_DEPTH + " levels";
                throw unbounded(value, "stands for more than " + limit + ", counting what its aliases stand for");
            }
        }
        extents.put(value.node(), extent);
        return extent;
    }

    private void checkKeys(Value value, MappingNode mapping) {
        Map<String, Integer> lines = new HashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            Optional<Mark> mark = entry.getKeyNode().getStartMark();
            if (!(entry.getKeyNode() instanceof ScalarNode key) || key.getTag().equals(Tag.NULL) || !key.isResolved()) {
                problems.add(mark, value.path(), "a key is not a name; expected text without a tag");
                continue;
            }
            Integer first = lines.putIfAbsent(key.getValue(), mark.orElseThrow().getLine() + 1);
            if (first != null) {
                String path = value.getOrEmpty(key.getValue()).path();
                problems.add(mark, path, "duplicate key; it already stands in line " + first);
            }
        }
    }

    private ConfigException unbounded(Value value, String message) {
        value.fail(message);
        return problems.exception();
    }
}
