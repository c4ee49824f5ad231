package dev.weir.balancer.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A value in the file, with the place where it stands. Immutable, but for the problems that it is told of. */
final class Value {
    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_-]+");

    private final Node node;
    private final @Nullable Value parent;
    /** The key or index under which the parent has this value. */
    private final Object step;

    /** Where the key stands; without a key, where the value stands. */
    private final Optional<Mark> keyMark;

    private final Problems problems;

    private Value(Node node, @Nullable Value parent, Object step, Optional<Mark> keyMark, Problems problems) {
        this.node = node;
        this.parent = parent;
        this.step = step;
        this.keyMark = keyMark;
        this.problems = problems;
    }

    /** The whole file. */
    static Value root(Node node, Problems problems) {
        return new Value(node, null, "", node.getStartMark(), problems);
    }

    Node node() {
        return node;
    }

    /** The key under which this value stands; empty in a list and at the top. */
    String name() {
        return step instanceof String key ? key : "";
    }

    /** Keys and indexes from the top; made when asked for, which is seldom. */
    String path() {
        if (parent == null) {
            return "";
        }
        String above = parent.path();
        if (!(step instanceof String key)) {
            return above + "[" + step + "]";
        }
        String shown = PLAIN_KEY.matcher(key).matches() ? key : Quote.text(key);
        return above.isEmpty() ? shown : above + "." + shown;
    }

    int problemCount() {
        return problems.count();
    }

    /** Notes a problem of this value. */
    void fail(String message) {
        problems.add(mark(), path(), message);
    }

    /** Notes a problem of the key under which this value stands. */
    void failKey(String message) {
        problems.add(keyMark, path(), message);
    }

    /** Notes that this value is not of the kind that its place demands. */
    void failKind(String expected) {
        String what = switch (node) {
            case MappingNode m -> "is a mapping";
            case SequenceNode s -> "is a list";
            case ScalarNode s when isNull() -> "has no value";
            default -> Quote.text(text()) + " does not fit here";
        };
        fail(what + "; expected " + expected);
    }

    /** The same value, but nobody hears of its problems. */
    Value quiet() {
        return new Value(node, parent, step, keyMark, new Problems(problems.file()));
    }

    boolean isNull() {
        return node.getTag().equals(Tag.NULL);
    }

    boolean isScalar() {
        return node instanceof ScalarNode && !isNull();
    }

    boolean isMapping() {
        return node instanceof MappingNode;
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    /** A scalar as it is written, without quotes; empty for anything else. */
    String text() {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    /** What JSON would call a scalar: string, integer, number, boolean or null. */
    String jsonType() {
        Tag tag = node.getTag();
        if (tag.equals(Tag.INT)) {
            return "integer";
        }
        if (tag.equals(Tag.FLOAT)) {
            return "number";
        }
        if (tag.equals(Tag.BOOL)) {
            return "boolean";
        }
        return tag.equals(Tag.NULL) ? "null" : "string";
    }

    /** The entries of a mapping, in file order; empty for anything else. Of a key that stands twice, both. */
    List<Value> entries() {
        List<Value> entries = new ArrayList<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key) {
                    entries.add(new Value(tuple.getValueNode(), this, key.getValue(), key.getStartMark(), problems));
                }
            }
        }
        return entries;
    }

    /** The items of a list; empty for anything else. */
    List<Value> items() {
        List<Value> items = new ArrayList<>();
        if (node instanceof SequenceNode sequence) {
            for (Node item : sequence.getValue()) {
                items.add(new Value(item, this, items.size(), item.getStartMark(), problems));
            }
        }
        return items;
    }

    /** What stands under a key of a mapping; null if there is no such key. */
    @Nullable
    Value get(String key) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode scalar
                        && scalar.getValue().equals(key)) {
                    return new Value(tuple.getValueNode(), this, key, scalar.getStartMark(), problems);
                }
            }
        }
        return null;
    }

    /** What stands under a key; if nothing does, an empty mapping in its stead, in the place of this value. */
    Value getOrEmpty(String key) {
        Value present = get(key);
        Node empty = new MappingNode(Tag.MAP, new ArrayList<>(), FlowStyle.FLOW);
        return present == null ? new Value(empty, this, key, mark(), problems) : present;
    }

    private Optional<Mark> mark() {
        return node.getStartMark().or(() -> keyMark);
    }
}
