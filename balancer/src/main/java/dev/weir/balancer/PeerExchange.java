package dev.weir.balancer;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.peers.Advice;
import dev.weir.balancer.peers.Census;
import dev.weir.balancer.peers.Peer;
import dev.weir.balancer.peers.PeerTable;
import dev.weir.balancer.peers.Presence;
import dev.weir.balancer.peers.SharedLimits;
import dev.weir.cluster.Cluster;
import dev.weir.cluster.Node;
import dev.weir.cluster.Records;
import dev.weir.cluster.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between what is known of backends and the cluster: tells the others what this node sees, takes in what they say, and says what
 * follows. All of it on the cluster's own thread, right before each of its ticks and whenever something arrives: nothing waits
 * for two ticks, nor for another thread, and the event loops wait for none of it.
 *
 * <p>Load is told with the ticks: ten times a second, and with many backends less often, for each costs a look. A verdict that
 * turns is told at once.
 */
public final class PeerExchange {
    private static final Logger LOG = LoggerFactory.getLogger(PeerExchange.class);

    /**
     * With each so many backends more, one tick more passes until load is told again: 10,000 looks and what follows from them
     * take some milliseconds, and no more than a budget of bytes is told anyway.
     */
    private static final int BACKENDS_PER_TICK = 2_500;

    /** What is older than half a second is believed less and less. */
    private static final int MOST_TICKS_PER_LOOK = 4;

    /** What follows from time alone is found with every so many looks. */
    private static final int LOOKS_PER_COUNSEL = 5;

    private final Cluster cluster;
    private final PeerTable table;
    private final long configuration;
    private final BooleanSupplier ready;
    private final LongSupplier nanoClock;
    private final LongSupplier epochMillis;
    private final Consumer<List<Advice>> advised;
    private final int ticksPerLook;

    private final Queue<Backend> turned = new ConcurrentLinkedQueue<>();
    private final Queue<Consumer<Census>> curious = new ConcurrentLinkedQueue<>();
    private volatile @Nullable String suspicion;
    private volatile int nodes = 1;

    /** The cluster's thread's own, as is the table. */
    private final Map<UUID, Records> taken = new HashMap<>();

    private final List<Advice> news = new ArrayList<>();
    private @Nullable SharedLimits limits;
    private Consumer<BackendPool> grew = pool -> {};
    private int ticksUntilLook;
    private int looksUntilCounsel;

    /**
     * @param table handed over: nobody else may use it any more
     * @param configuration hash of what this node works by
     * @param ready whether this node wants requests; thread-safe
     * @param nanoClock of the backends
     * @param advised is told what follows for this node's backends, whenever something new does; on the cluster's thread
     */
    public PeerExchange(
            Cluster cluster,
            PeerTable table,
            long configuration,
            BooleanSupplier ready,
            LongSupplier nanoClock,
            LongSupplier epochMillis,
            Consumer<List<Advice>> advised) {
        this.cluster = cluster;
        this.table = table;
        this.configuration = configuration;
        this.ready = ready;
        this.nanoClock = nanoClock;
        this.epochMillis = epochMillis;
        this.advised = advised;
        this.ticksPerLook = Math.min(MOST_TICKS_PER_LOOK, 1 + table.backends() / BACKENDS_PER_TICK);
    }

    /**
     * Limits that nodes have together are divided, too. To be called before {@link #start}.
     *
     * @param shared handed over
     * @param shareGrew told of pools whose requests may have to wait no longer; on the cluster's thread
     */
    void share(SharedLimits shared, Consumer<BackendPool> shareGrew) {
        limits = shared;
        grew = shareGrew;
    }

    /** From now on this node speaks and listens. */
    public void start() {
        cluster.configuration(configuration);
        cluster.beforeTick(early -> guarded(() -> tick(early)));
        cluster.listen(view -> guarded(() -> takeIn(view)));
    }

    /** Whether a backend is up, down, or taken out is another matter than before: the others should know at once. Any thread. */
    public void turned(Backend backend) {
        turned.add(backend);
        cluster.hurry();
    }

    /**
     * What all nodes say now. Any thread.
     *
     * @param answer called on the cluster's thread, within a tick; never, once the cluster is closed
     */
    void census(Consumer<Census> answer) {
        curious.add(answer);
        cluster.hurry();
    }

    /** Why this node suspects itself: a clause that follows "this node is"; null: it does not. Any thread. */
    @Nullable
    String suspicion() {
        return suspicion;
    }

    /** Nodes that can be counted on, this one included. Any thread. */
    int nodes() {
        return nodes;
    }

    /** One that fails must not be the last. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException bug) {
            LOG.error("The exchange with other nodes failed, which is a bug of the balancer", bug);
        }
    }

    private void tick(boolean early) {
        long nowNanos = nanoClock.getAsLong();
        if (!early && --ticksUntilLook <= 0) {
            ticksUntilLook = ticksPerLook;
            look(nowNanos);
        } else {
            for (Backend backend = turned.poll(); backend != null; backend = turned.poll()) {
                table.look(backend, nowNanos, cluster::publish);
            }
            table.counselStirred(nowNanos, epochMillis.getAsLong(), news::add);
        }
        tell();
        for (Consumer<Census> answer = curious.poll(); answer != null; answer = curious.poll()) {
            answer.accept(table.census(cluster.self().name(), nowNanos));
        }
    }

    private void look(long nowNanos) {
        turned.clear();
        hear(cluster.view());
        table.look(ready.getAsBoolean(), nowNanos, cluster::publish);
        table.shareLoad(nowNanos, epochMillis.getAsLong());
        if (limits != null) {
            limits.look(nowNanos, cluster::publish, grew);
        }
        if (--looksUntilCounsel <= 0) {
            looksUntilCounsel = LOOKS_PER_COUNSEL;
            table.counsel(nowNanos, epochMillis.getAsLong(), news::add);
            suspicion = table.suspicion();
        } else {
            table.counselUnsettled(nowNanos, epochMillis.getAsLong(), news::add);
        }
    }

    private void takeIn(View view) {
        if (hear(view)) {
            table.counselStirred(nanoClock.getAsLong(), epochMillis.getAsLong(), news::add);
            tell();
        }
        if (limits != null) {
            limits.settle(nanoClock.getAsLong(), cluster::publish, grew);
        }
    }

    /** @return whether anybody said anything new of a backend, or came, or went */
    private boolean hear(View view) {
        Set<UUID> known = new HashSet<>();
        for (Node node : view.nodes()) {
            UUID id = node.identity().id();
            known.add(id);
            Peer peer = table.peer(id, node.identity().name());
            peer.heard(node.heardNanos(), presence(node), node.configuration() == configuration);
            if (taken.put(id, node.records()) != node.records()) {
                peer.begin();
                node.records().forEach(peer::says);
                peer.end();
            }
            if (limits != null) {
                limits.hear(id, node.fresh(), node.synced(), node.records()::get);
            }
        }
        taken.keySet().retainAll(known);
        table.retain(known);
        if (limits != null) {
            limits.retain(known);
        }
        nodes = view.present();
        return table.isStirred();
    }

    private static Presence presence(Node node) {
        if (node.leaving()) {
            return Presence.LEAVING;
        }
        return node.fresh() ? Presence.FRESH : Presence.STALE;
    }

    private void tell() {
        if (!news.isEmpty()) {
            List<Advice> batch = List.copyOf(news);
            news.clear();
            advised.accept(batch);
        }
    }
}
