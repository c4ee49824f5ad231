package dev.weir.cluster;

import java.net.InetAddress;
import java.util.List;

/**
 * Where a node listens, and where it finds others.
 *
 * @param installation name of the cluster: nodes of other names never meet, but it is no secret, and protects from nobody
 * @param bindAddress the one IP address to listen on, and to be found under. Whoever reaches it can join: it belongs into a
 *     network of the nodes alone
 * @param port to listen on; 0: any
 * @param seeds other nodes' names or addresses, with or without a port (this node's own, unless told). A name stands for all
 *     of its addresses. This node may be among them
 */
public record HazelcastOptions(String installation, String bindAddress, int port, List<String> seeds) {
    /** Of Hazelcast since ever. */
    public static final int DEFAULT_PORT = 5701;

    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

    public HazelcastOptions {
        if (!installation.matches(NAME)) {
            throw new IllegalArgumentException(
                    "installation: '" + installation + "' (expected: up to 63 letters, digits, '.', '_', '-')");
        }
        if (!isOneAddress(bindAddress)) {
            throw new IllegalArgumentException(
                    "bindAddress: '" + bindAddress + "' (expected: one IP address of this machine, such as 10.0.0.7)");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
        seeds = List.copyOf(seeds);
        Seeds.check(seeds);
    }

    private static boolean isOneAddress(String text) {
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            return !address.isAnyLocalAddress() && !address.isMulticastAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    int seedPort() {
        return port == 0 ? DEFAULT_PORT : port;
    }
}
