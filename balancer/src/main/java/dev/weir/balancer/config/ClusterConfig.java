package dev.weir.balancer.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How this node talks with the other nodes of the same installation.
 *
 * @param name of the installation: nodes of another name are strangers
 * @param node name of this node, for people; null: the machine's
 * @param address where the other nodes reach this one, and where alone it listens to them: no wildcard; null: the address of
 *     the machine's name, which in a pod is the pod's
 * @param peers the other nodes, by address or by a DNS name that stands for all of them; this node may be among them
 * @param probers how many nodes check each backend
 */
public record ClusterConfig(
        String name, @Nullable String node, @Nullable Address address, List<Address> peers, int probers) {
    public ClusterConfig {
        peers = List.copyOf(peers);
    }

    /**
     * With another {@link #address}.
     *
     * @param text as in the file
     * @throws IllegalArgumentException with a message for users that quotes the text
     */
    public ClusterConfig at(String text) {
        return new ClusterConfig(name, node, AddressSyntax.PEER.parse(text), peers, probers);
    }
}
