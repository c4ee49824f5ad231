package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.config.BalancerConfig;
import dev.weir.balancer.config.ListenerConfig;
import dev.weir.balancer.config.PoolConfig;
import dev.weir.balancer.config.StatusCodes;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.incident.Dossiers;
import dev.weir.balancer.incident.PoolFacts;
import dev.weir.balancer.metrics.Metrics;
import dev.weir.balancer.node.ThisNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The data path as the composition root sees it: event loops that accept traffic and spread it across pools. Thread-safe. */
public final class Proxy {
    private final List<ProxyVerticle> verticles;

    /**
     * What the data path needs of the others.
     *
     * @param backends of a pool
     * @param failed told of each failure that blames a backend; on event loops
     * @param facts what may explain failures; on event loops, a few times a second at most
     * @param addressWatch told of addresses that cannot be connected; on event loops
     */
    public record Upstream(
            BackendPool backends,
            BiConsumer<Backend, ProxyError> failed,
            Supplier<PoolFacts> facts,
            AddressWatch addressWatch) {}

    /**
     * @param nanoClock never goes back; thread-safe
     * @param epochMillis the wall clock; thread-safe
     * @param random thread-safe
     * @param dossiers gets one of each request that failed or was saved
     * @param node how this node itself is
     * @param nodes balancer nodes that are alive, this one included: at least 1; thread-safe
     */
    public record World(
            LongSupplier nanoClock,
            LongSupplier epochMillis,
            RandomGenerator random,
            Dossiers dossiers,
            ThisNode node,
            IntSupplier nodes) {}

    private Proxy(List<ProxyVerticle> verticles) {
        this.verticles = verticles;
    }

    /**
     * Binds all listeners on a number of event loops. Control context.
     *
     * @param upstreams one for each of the configuration's pools, by name
     * @return fails if a port cannot be bound
     */
    public static Future<Proxy> start(
            Vertx vertx,
            BalancerConfig config,
            int eventLoops,
            Map<String, Upstream> upstreams,
            Metrics metrics,
            AccessLogWriter accessLog,
            World world) {
        Map<String, UpstreamPool> pools = new HashMap<>();
        for (PoolConfig pool : config.pools().values()) {
            Upstream upstream = Objects.requireNonNull(upstreams.get(pool.name()), pool.name());
            UpstreamPool made = new UpstreamPool(pool, upstream, metrics, world.nodes());
            upstream.backends().listen(change -> made.queue().wakeOne()); // there may be room where none was
            upstream.backends().listenToRoom(made.queue()::wakeOne); // who is woken wakes the next one if there is more
            upstream.backends()
                    .listenToMaintenance(news -> made.queue().wakeOne()); // or no hope, for one after the other
            pools.put(pool.name(), made);
        }
        ProxySettings settings = new ProxySettings(
                new Router<>(config.routes(), name -> Objects.requireNonNull(pools.get(name), name)),
                config.statusCodes() == StatusCodes.RFC9209,
                config.trustedProxies(),
                metrics,
                world.nanoClock(),
                world.epochMillis(),
                world.random(),
                world.dossiers(),
                world.node(),
                new Via(world.random()));
        List<ProxyVerticle.Listener> listeners = listeners(config, metrics);
        List<ProxyVerticle> verticles = new ArrayList<>();
        List<Future<String>> deployed = new ArrayList<>();
        for (int i = 0; i < eventLoops; i++) {
            ProxyVerticle verticle = new ProxyVerticle(listeners, settings, accessLog, metrics.eventLoop());
            verticles.add(verticle);
            deployed.add(vertx.deployVerticle(verticle));
        }
        return Future.all(deployed).map(all -> {
            upstreams.values().forEach(upstream -> upstream.backends().listen(change -> takenOut(change, verticles)));
            return new Proxy(verticles);
        });
    }

    private static void takenOut(BackendPool.Change change, List<ProxyVerticle> verticles) {
        if (change.before().admin() == BackendState.Admin.ENABLED
                && change.after().admin() != BackendState.Admin.ENABLED) {
            verticles.forEach(verticle -> verticle.takenOut(change.backend()));
        }
    }

    private static List<ProxyVerticle.Listener> listeners(BalancerConfig config, Metrics metrics) {
        List<ProxyVerticle.Listener> listeners = new ArrayList<>();
        for (ListenerConfig listener : config.listeners()) {
            int port = listener.address().port();
            listeners.add(new ProxyVerticle.Listener(
                    listener,
                    port == 0 ? -1 - listeners.size() : port, // negative: one free port for all event loops
                    new ConnectionLimit(listener.maxConnections()),
                    metrics.listener(listener.address().toString())));
        }
        return listeners;
    }

    /** Lets go of idle connections to addresses that the backend has no longer; what is in flight ends. */
    public void addressesChanged(Backend backend) {
        verticles.forEach(verticle -> verticle.addressesChanged(backend));
    }

    /** The port that a listener is bound to. */
    public int port(int listener) {
        return verticles.getFirst().port(listener);
    }

    /** Goes on accepting, but tells each client with its next response to come back on another connection. */
    public void leave() {
        verticles.forEach(ProxyVerticle::leave);
    }

    /**
     * Stops accepting, and lets what is in flight end.
     *
     * @param timeout after which it is cut off
     * @return completes when no client is connected any more
     */
    public Future<Void> drain(Duration timeout) {
        return Future.join(verticles.stream().map(ProxyVerticle::stopAccepting).toList())
                .compose(closed -> Future.join(verticles.stream()
                        .map(verticle -> verticle.drain(timeout))
                        .toList()))
                .mapEmpty();
    }
}
