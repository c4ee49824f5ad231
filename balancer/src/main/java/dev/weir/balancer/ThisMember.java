package dev.weir.balancer;

import dev.weir.balancer.config.Address;
import dev.weir.balancer.config.BalancerConfig;
import dev.weir.balancer.config.ClusterConfig;
import dev.weir.balancer.peers.BackendKey;
import dev.weir.cluster.Cluster;
import dev.weir.cluster.HazelcastCluster;
import dev.weir.cluster.HazelcastOptions;
import dev.weir.cluster.Identity;
import dev.weir.cluster.Pace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Who this node is among the others: found out once, at the start. */
final class ThisMember {
    private static final int HAZELCAST_PORT = 5701;

    private final ClusterConfig config;
    private final InetAddress address;
    private final String name;

    /**
     * Asks the system for names; blocks.
     *
     * @throws IllegalArgumentException with a message for the user if the others cannot reach this node where it says
     */
    ThisMember(ClusterConfig config) {
        this.config = config;
        Address written = config.address();
        String host = written == null ? null : written.host();
        this.address = resolve(host);
        requireOwn(host);
        this.name = name(config.node(), address);
    }

    private static InetAddress resolve(@Nullable String host) {
        try {
            return host == null ? InetAddress.getLocalHost() : InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    host == null
                            ? "cluster.address: missing, and this machine's own name has no address (" + e.getMessage()
                                    + "); write the address under which the other nodes reach this one"
                            : "cluster.address: " + host + " has no address; expected one of this machine",
                    e);
        }
    }

    private void requireOwn(@Nullable String host) {
        try (ServerSocket any = new ServerSocket(0, 1, address)) {
            if (!any.getInetAddress().isAnyLocalAddress()) {
                return;
            }
        } catch (IOException notOwn) { // is told below
        }
        throw new IllegalArgumentException("cluster.address: "
                + (host == null ? "missing, and this machine's own name stands for " : host + " stands for ")
                + address.getHostAddress()
                + ", which is no address of this machine; write the one under which the other nodes reach it");
    }

    private static String name(@Nullable String written, InetAddress address) {
        if (written != null) {
            return written;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return address.getHostAddress();
        }
    }

    /** How many nodes check each backend. */
    int probers() {
        return config.probers();
    }

    /** How many nodes there may be, this one included; at least 1. */
    int expected() {
        return Math.max(1, config.peers().size());
    }

    /** Joins the others, in the background, for as long as it takes. */
    Cluster join(LongSupplier nanoClock, LongSupplier epochMillis, RandomGenerator random) {
        Identity self = new Identity(
                new UUID(random.nextLong(), random.nextLong()), name, Math.max(1, epochMillis.getAsLong()));
        Address written = config.address();
        List<String> seeds = config.peers().stream().map(Address::toString).toList();
        HazelcastOptions options = new HazelcastOptions(
                config.name(), address.getHostAddress(), written == null ? HAZELCAST_PORT : written.port(), seeds);
        return HazelcastCluster.start(self, options, Pace.DEFAULT, nanoClock, epochMillis, random);
    }

    /**
     * Nodes with the same pools and routes work by the same configuration; where they listen is their own affair. Made of how
     * these print, which must not depend on the process.
     */
    static long hash(BalancerConfig config) {
        return BackendKey.of(config.pools().toString(), config.routes().toString());
    }
}
