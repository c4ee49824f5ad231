package dev.weir.balancer;

import static java.util.Objects.requireNonNull;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.metrics.ClusterFigures;
import dev.weir.balancer.peers.Advice;
import dev.weir.balancer.peers.Census;
import dev.weir.balancer.peers.PeerTable;
import dev.weir.balancer.peers.SharedLimits;
import dev.weir.cluster.Cluster;
import dev.weir.cluster.ClusterStats;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Between the pools of this node and the other nodes: verdicts that turn go out, and what follows from those of others is handed
 * over to the control context.
 */
final class ClusterLink {
    private final Cluster cluster;
    private final PeerExchange exchange;
    private final Map<Backend, PoolControl> pools = new HashMap<>();
    private final ContextInternal control;
    private final Set<Promise<Census>> asked = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Control context.
     *
     * @param probers how many nodes check each backend
     * @param expected how many nodes there may be, this one included
     * @param configuration hash of what this node works by
     * @param ready whether this node wants requests; thread-safe
     * @param nanoClock of the pools
     */
    ClusterLink(
            Cluster cluster,
            int probers,
            int expected,
            long configuration,
            List<PoolControl> pools,
            ContextInternal control,
            BooleanSupplier ready,
            LongSupplier nanoClock,
            LongSupplier epochMillis) {
        this.cluster = cluster;
        this.control = control;
        PeerTable table = new PeerTable(
                cluster.self().id(),
                probers,
                pools.stream().map(PoolControl::watched).toList(),
                nanoClock.getAsLong());
        this.exchange = new PeerExchange(cluster, table, configuration, ready, nanoClock, epochMillis, this::advised);
        exchange.share(
                new SharedLimits(
                        cluster.self().id(),
                        expected,
                        pools.stream().map(PoolControl::pool).toList(),
                        nanoClock.getAsLong()),
                this::shareGrew);
        for (PoolControl pool : pools) {
            pool.pool().backends().forEach(backend -> this.pools.put(backend, pool));
            pool.pool().listen(this::changed);
        }
    }

    /** From now on this node speaks and listens. */
    void start() {
        exchange.start();
    }

    private void changed(BackendPool.Change change) {
        BackendState before = change.before();
        BackendState after = change.after();
        if (before.health() != after.health()
                || before.ejected() != after.ejected()
                || before.spared() != after.spared()) {
            exchange.turned(change.backend());
        }
    }

    /** The cluster's thread. */
    private void shareGrew(BackendPool pool) {
        control.runOnContext(ignored -> pool.shareGrew());
    }

    /** The cluster's thread. */
    private void advised(List<Advice> news) {
        Map<PoolControl, List<Advice>> byPool = new LinkedHashMap<>();
        for (Advice advice : news) {
            PoolControl pool = requireNonNull(pools.get(advice.backend()));
            byPool.computeIfAbsent(pool, first -> new ArrayList<>()).add(advice);
        }
        control.runOnContext(ignored -> byPool.forEach(PoolControl::advise));
    }

    /** Why this node suspects itself: a clause that follows "this node is"; null: it does not. Any thread. */
    @Nullable
    String suspicion() {
        return exchange.suspicion();
    }

    /** Nodes that can be counted on, this one included. Any thread. */
    int nodes() {
        return exchange.nodes();
    }

    /** What all nodes say now. Any thread; completes on the control context, within a tick. */
    Future<Census> census() {
        Promise<Census> promise = control.promise();
        asked.add(promise);
        exchange.census(census -> {
            asked.remove(promise);
            promise.tryComplete(census);
        });
        if (closed) {
            failAsked();
        }
        return promise.future();
    }

    private void failAsked() {
        asked.forEach(promise -> promise.tryFail("this node has left the cluster"));
        asked.clear();
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
                exchange.suspicion() != null,
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
        closed = true;
        cluster.close();
        failAsked();
    }
}
