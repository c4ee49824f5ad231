package dev.weir.loadtest.clusterlab;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one node thinks.
 *
 * @param fresh names of the nodes that have just spoken, its own included
 * @param known names of all nodes that are not gone
 * @param directives that it obeys, with the moment at which each was given
 * @param backends each with its state
 * @param ready whether it wants requests
 */
record NodeView(
        SortedSet<String> fresh,
        SortedSet<String> known,
        SortedMap<String, String> directives,
        SortedMap<String, String> backends,
        boolean ready) {
    /** Of what a node said last. */
    private static final long FRESH_MILLIS = 1_000;

    static NodeView of(JsonNode cluster, JsonNode directives, JsonNode pools, boolean ready) {
        SortedSet<String> fresh = new TreeSet<>();
        SortedSet<String> known = new TreeSet<>();
        for (JsonNode node : cluster.path("nodes")) {
            String name = node.path("name").asText();
            // two incarnations of one node are two that are known
            known.add(known.contains(name) ? name + "'" : name);
            if (node.path("present").asBoolean() && node.path("age_ms").asLong() <= FRESH_MILLIS) {
                fresh.add(name);
            }
        }
        return new NodeView(fresh, known, given(directives), states(pools), ready);
    }

    private static SortedMap<String, String> given(JsonNode directives) {
        SortedMap<String, String> given = new TreeMap<>();
        for (JsonNode each : directives.path("directives")) {
            String kind = each.has("admin") ? "admin" : each.has("weight") ? "weight" : "maintenance";
            String words = each.path("backend").asText() + " " + kind + " "
                    + each.path(kind).asText();
            given.put(words, each.path("since").asText());
        }
        return given;
    }

    private static SortedMap<String, String> states(JsonNode pools) {
        SortedMap<String, String> states = new TreeMap<>();
        for (JsonNode backend : pools.at("/pools/0/backends")) {
            String state = backend.path("health").asText() + ", "
                    + backend.path("admin").asText() + ", weight "
                    + backend.path("weight").asText()
                    + (backend.path("ejected").asBoolean() ? ", ejected" : "")
                    + (backend.path("usable").asBoolean() ? "" : ", not usable")
                    + (backend.path("eligible").asBoolean() ? "" : ", gets nothing");
            states.put(backend.path("id").asText(), state);
        }
        return states;
    }

    /** Whether it sees exactly these nodes, and all of them fresh. */
    boolean sees(Set<String> nodes) {
        return fresh.equals(nodes) && known.equals(nodes);
    }

    /** Whether it obeys exactly these. */
    boolean obeys(Set<String> wanted) {
        return directives.keySet().equals(wanted);
    }

    /** Whether both obey the same directives, given at the same moments, and find backends in the same state. */
    boolean agrees(NodeView other) {
        return directives.equals(other.directives) && backends.equals(other.backends);
    }

    /** What differs, for people. */
    String difference(NodeView other) {
        return "directives " + only(directives, other.directives) + " against " + only(other.directives, directives)
                + ", backends " + only(backends, other.backends) + " against " + only(other.backends, backends);
    }

    private static Map<String, String> only(Map<String, String> here, Map<String, String> there) {
        Map<String, String> rest = new TreeMap<>(here);
        rest.entrySet().removeIf(entry -> entry.getValue().equals(there.get(entry.getKey())));
        return rest;
    }
}
