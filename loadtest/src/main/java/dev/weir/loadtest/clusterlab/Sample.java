package dev.weir.loadtest.clusterlab;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What all nodes think at about the same time.
 *
 * @param fromNanos when the first was asked
 * @param toNanos when the last had answered
 * @param views by number of the node; those that do not answer are not there
 */
record Sample(long fromNanos, long toNanos, Map<Integer, NodeView> views) {

    /** Whether these nodes, and no others, see each other, agree, and obey exactly these directives. */
    boolean isOneMind(Set<Integer> nodes, Set<String> directives) {
        return disagreement(nodes, directives).isEmpty();
    }

    /** What is wanting for {@link #isOneMind}; empty: nothing. */
    String disagreement(Set<Integer> nodes, Set<String> directives) {
        Set<String> names = new TreeSet<>();
        nodes.forEach(number -> names.add("node-" + number));
        NodeView first = null;
        for (int number : new TreeSet<>(nodes)) {
            NodeView view = views.get(number);
            if (view == null) {
                return "node-" + number + " does not answer";
            }
            if (!view.sees(names)) {
                return "node-" + number + " sees " + view.fresh() + " of " + view.known();
            }
            if (!view.obeys(directives)) {
                return "node-" + number + " obeys " + view.directives().keySet() + ", not " + directives;
            }
            if (first != null && !first.agrees(view)) {
                return "node-" + number + " disagrees: " + first.difference(view);
            }
            first = view;
        }
        return "";
    }
}
