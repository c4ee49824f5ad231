package dev.weir.balancer;

import static java.util.Objects.requireNonNull;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.metrics.ClusterFigures;
import dev.weir.balancer.peers.Advice;
import dev.weir.balancer.peers.Census;
import dev.weir.balancer.peers.Peer;
import dev.weir.balancer.peers.PeerTable;
import dev.weir.cluster.Cluster;
import dev.weir.cluster.ClusterStats;
import dev.weir.cluster.Node;
import dev.weir.cluster.Records;
import dev.weir.cluster.View;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between the pools of this node and the other nodes: several times a second it tells what this one sees, takes in what they
 * say, and hands what follows over to the control context. On a thread of its own, so that neither the event loops nor the
 * cluster wait for each other.
 */
final class ClusterLink {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterLink.class);

    /** As often as the cluster speaks at most. */
    private static final long TICK_MILLIS = 100;

    private final Cluster cluster;
    private final PeerTable table;
    private final Map<Backend, PoolControl> pools = new HashMap<>();
    private final ContextInternal control;
    private final BooleanSupplier ready;
    private final LongSupplier nanoClock;
    private final LongSupplier epochMillis;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("weir-peers").daemon().unstarted(task));
    private final AtomicReference<@Nullable View> arrived = new AtomicReference<>();
    private final Map<UUID, Records> taken = new HashMap<>();
    private final List<Advice> news = new ArrayList<>();
    private final long configuration;
    private volatile @Nullable String suspicion;
    private volatile int nodes = 1;

    /**
     * @param configuration hash of what this node works by
     * @param ready whether this node wants requests; thread-safe
     * @param nanoClock of the pools
     */
    ClusterLink(
            Cluster cluster,
            int probers,
            long configuration,
            List<PoolControl> pools,
            ContextInternal control,
            BooleanSupplier ready,
            LongSupplier nanoClock,
            LongSupplier epochMillis) {
        this.cluster = cluster;
        this.configuration = configuration;
        this.control = control;
        this.ready = ready;
        this.nanoClock = nanoClock;
        this.epochMillis = epochMillis;
        this.table = new PeerTable(
                cluster.self().id(),
                probers,
                pools.stream().map(PoolControl::watched).toList(),
                nanoClock.getAsLong());
        for (PoolControl pool : pools) {
            pool.pool().backends().forEach(backend -> this.pools.put(backend, pool));
        }
    }

    /** From now on this node speaks and listens. */
    void start() {
        cluster.configuration(configuration);
        cluster.listen(view -> {
            if (arrived.getAndSet(view) == null) { // else a task to take one in is on its way
                submit(this::takeIn);
            }
        });
        thread.scheduleWithFixedDelay(guarded(this::tick), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** @return false: it is closed */
    private boolean submit(Runnable task) {
        try {
            thread.execute(guarded(task));
            return true;
        } catch (RejectedExecutionException stopped) {
            return false;
        }
    }

    /** One that fails must not be the last. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException bug) {
                LOG.error("The exchange with other nodes failed, which is a bug of the balancer", bug);
            }
        };
    }

    private void tick() {
        table.look(ready.getAsBoolean(), nanoClock.getAsLong(), cluster::publish);
        table.shareLoad(nanoClock.getAsLong(), epochMillis.getAsLong());
        counsel();
    }

    private void takeIn() {
        View view = arrived.getAndSet(null);
        if (view == null) {
            return;
        }
        Set<UUID> known = new HashSet<>();
        for (Node node : view.nodes()) {
            UUID id = node.identity().id();
            known.add(id);
            Peer peer = table.peer(id, node.identity().name());
            peer.heard(node.heardNanos(), node.isPresent(), node.configuration() == configuration);
            if (taken.put(id, node.records()) != node.records()) {
                peer.begin();
                node.records().forEach(peer::says);
                peer.end();
            }
        }
        taken.keySet().retainAll(known);
        table.retain(known);
        nodes = view.present();
        counsel();
    }

    private void counsel() {
        table.counsel(nanoClock.getAsLong(), epochMillis.getAsLong(), news::add);
        suspicion = table.suspicion();
        if (news.isEmpty()) {
            return;
        }
        Map<PoolControl, List<Advice>> byPool = new LinkedHashMap<>();
        for (Advice advice : news) {
            PoolControl pool = requireNonNull(pools.get(advice.backend()));
            byPool.computeIfAbsent(pool, first -> new ArrayList<>()).add(advice);
        }
        news.clear();
        control.runOnContext(ignored -> byPool.forEach(PoolControl::advise));
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

    /** What all nodes say now. Any thread; completes on the control context. */
    Future<Census> census() {
        Promise<Census> promise = control.promise();
        if (!submit(() -> promise.complete(table.census(cluster.self().name(), nanoClock.getAsLong())))) {
            promise.fail("this node has left the cluster");
        }
        return promise.future();
    }

    /** How this node is connected to the others, in words. Any thread. */
    String state() {
        return cluster.stats().link();
    }

    /** For metrics. Any thread. */
    ClusterFigures figures() {
        ClusterStats stats = cluster.stats();
        Map<String, Long> drops = new HashMap<>();
        stats.drops().forEach((reason, count) -> drops.put(reason.name().toLowerCase(Locale.ROOT), count));
        return new ClusterFigures(
                stats.connected(),
                suspicion != null,
                stats.freshNodes(),
                stats.staleNodes(),
                stats.messagesSent(),
                stats.bytesSent(),
                stats.messagesReceived(),
                stats.bytesReceived(),
                drops);
    }

    /** Counted on no more from now on, but still speaking. */
    void leaving() {
        cluster.leaving();
    }

    /** Blocks, within the cluster's bound. */
    void close() {
        thread.shutdownNow();
        cluster.close();
    }
}
