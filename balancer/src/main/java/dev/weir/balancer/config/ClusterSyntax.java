package dev.weir.balancer.config;

import java.util.List;

/** How this node talks with the others. */
final class ClusterSyntax {
    /** What Hazelcast's cluster names and everybody's tools take. */
    private static final String NAME_PATTERN = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

    /** Is shown and logged, and told with each message: no control characters, and not long. */
    private static final String NODE_PATTERN = "[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]{0,62}";

    private static final Key<String> NAME = Key.of(
            "name",
            Scalars.matching(
                    NAME_PATTERN, "is not a cluster's name", "a name of lower case letters, digits and dashes"),
            "weir");
    private static final Key<String> NODE = Key.optional(
            "node", Scalars.matching(NODE_PATTERN, "is not a node's name", "1 to 63 characters on one line"));
    static final Key<Address> ADDRESS = Key.optional("address", AddressSyntax.PEER);
    static final Key<List<Address>> PEERS =
            Key.required("peers", new ListOf<>("a list of other nodes", 1, AddressSyntax.PEER));
    private static final Key<Integer> PROBERS = Key.of("probers", Scalars.whole(1, 100), "2");

    static final Key<ClusterConfig> CLUSTER = Key.optional(
            "cluster",
            Section.of(
                    "a mapping such as { peers: [10.0.0.1, 10.0.0.2, 10.0.0.3] }",
                    ClusterSyntax::cluster,
                    NAME,
                    NODE,
                    ADDRESS,
                    PEERS,
                    PROBERS));

    private ClusterSyntax() {}

    private static ClusterConfig cluster(Fields fields) {
        return new ClusterConfig(
                fields.get(NAME), fields.find(NODE), fields.find(ADDRESS), fields.get(PEERS), fields.get(PROBERS));
    }
}
