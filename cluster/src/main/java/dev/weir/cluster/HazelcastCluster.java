package dev.weir.cluster;

import java.net.InetAddress;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** A cluster over Hazelcast, which only carries messages: its own view of who is a member is a hint, nothing more. */
public final class HazelcastCluster {
    private HazelcastCluster() {}

    /**
     * Returns at once, as a node that is alone so far: it looks for the others on threads of its own, for as long as it takes.
     *
     * @param random used by several threads
     */
    public static Cluster start(
            Identity self,
            HazelcastOptions options,
            Pace pace,
            LongSupplier nanoClock,
            LongSupplier epochMillis,
            RandomGenerator random) {
        HazelcastSettings.logThroughSlf4j();
        Seeds seeds = new Seeds(options.seeds(), options.seedPort(), InetAddress::getAllByName);
        Counters counters = new Counters();
        HazelcastTransport transport = new HazelcastTransport(options, self, seeds, counters, nanoClock, random);
        Conversation conversation = new Conversation(self, pace, transport, counters, nanoClock, epochMillis, random);
        ClusterNode node = new ClusterNode(self, pace, transport, conversation, nanoClock);
        node.start();
        return node;
    }
}
