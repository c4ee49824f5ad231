package dev.weir.balancer;

import dev.weir.balancer.admin.AdminServer;
import dev.weir.balancer.admin.ClusterReport;
import dev.weir.balancer.admin.Liveness;
import dev.weir.balancer.admin.Readiness;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.config.BalancerConfig;
import dev.weir.balancer.config.ClusterConfig;
import dev.weir.balancer.config.PoolConfig;
import dev.weir.balancer.directive.DirectiveStore;
import dev.weir.balancer.directive.LocalDirectives;
import dev.weir.balancer.discovery.DnsResolver;
import dev.weir.balancer.incident.Changes;
import dev.weir.balancer.incident.Dossiers;
import dev.weir.balancer.incident.Incidents;
import dev.weir.balancer.incident.PoolFacts;
import dev.weir.balancer.metrics.Metrics;
import dev.weir.balancer.proxy.AccessLogWriter;
import dev.weir.balancer.proxy.Proxy;
import dev.weir.balancer.strategy.Strategies;
import dev.weir.cluster.Cluster;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One balancer: makes the parts from a configuration, connects them, starts and stops them in order. Alone knows all of
 * them. Thread-safe.
 */
public final class LoadBalancer {
    private static final Logger LOG = LoggerFactory.getLogger(LoadBalancer.class);
    private static final long CONTROL_TICK_MILLIS = 100;
    private static final long INCIDENTS_TICK_MILLIS = 1_000;

    /** How long a start waits for the names of backends, at most; then it serves with those that are known. */
    private static final Duration NAMES_PATIENCE = Duration.ofSeconds(2);

    /** An event loop that did not tick for so long will not come back by itself. */
    private static final Duration STUCK = Duration.ofSeconds(10);

    /** Workers render scrapes, and do little else. */
    private static final int WORKERS = 2;

    private final LongSupplier nanoClock = System::nanoTime;
    private final LongSupplier epochMillis = System::currentTimeMillis;
    private final RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    private final Changes changes = new Changes(epochMillis);
    private final Incidents incidents = new Incidents(changes, this::facts, nanoClock, random);
    private final Dossiers dossiers = new Dossiers(incidents::count);
    private final Readiness readiness = new Readiness();
    private DirectiveStore directives = new LocalDirectives();
    private final List<PoolControl> pools = new ArrayList<>();
    private final BalancerConfig config;
    private final Metrics metrics;
    private final AccessLogWriter accessLog;
    private final Vertx vertx;
    private final ContextInternal control;
    private final NameControl names;
    private final Ticks ticks;
    private final int eventLoops;
    private final Promise<Void> stopped = Promise.promise();
    private final @Nullable ThisMember member;
    private @Nullable ClusterLink cluster;
    private @Nullable AdminServer admin;
    private @Nullable Proxy proxy;

    private LoadBalancer(BalancerConfig config) throws IOException {
        this.config = config;
        this.eventLoops = config.eventLoops() == 0 ? Runtime.getRuntime().availableProcessors() : config.eventLoops();
        // What may fail comes before what would have to be closed then.
        Transports.Choice transport = Transports.choose(config.transport());
        ClusterConfig clustered = config.cluster();
        this.member = clustered == null ? null : new ThisMember(clustered);
        this.accessLog = AccessLogWriter.open(config.accessLog(), epochMillis, nanoClock);
        this.metrics = new Metrics(Version.get(), nanoClock);
        metrics.accessLog(accessLog::droppedLines);
        metrics.incidents(incidents::open, incidents::total);
        this.vertx = vertx(transport);
        this.control = ((VertxInternal) vertx).createEventLoopContext();
        this.ticks = new Ticks(vertx);
        this.names = new NameControl(
                new DnsResolver(control, config.dns()), config.dns(), control, metrics, changes, nanoClock, random);
    }

    private Vertx vertx(Transports.Choice choice) {
        for (String line : choice.passedOver()) {
            LOG.info("transport {}", line);
        }
        LOG.info("transport {}, {} event loops", choice.transport().name(), eventLoops);
        metrics.transport(choice.transport().name());
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(eventLoops + 1) // one more for the control context, which proxies nothing
                .setWorkerPoolSize(WORKERS)
                .setInternalBlockingPoolSize(WORKERS)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false));
        return Vertx.builder().with(options).withTransport(choice.transport()).build();
    }

    /**
     * Starts a balancer.
     *
     * @return completes when all ports are bound; fails with a message for the user
     */
    public static Future<LoadBalancer> start(BalancerConfig config) {
        LoadBalancer balancer;
        try {
            balancer = new LoadBalancer(config);
        } catch (IOException | IllegalArgumentException e) {
            return Future.failedFuture(e);
        }
        Promise<LoadBalancer> started = Promise.promise();
        balancer.control.runOnContext(ignored -> balancer.begin().onComplete(done -> {
            if (done.succeeded()) {
                started.complete(balancer);
            } else {
                balancer.release(() -> started.fail(done.cause()));
            }
        }));
        return started.future();
    }

    private Future<Void> begin() {
        Map<String, Proxy.Upstream> upstreams = new LinkedHashMap<>();
        List<BackendPool> watched = new ArrayList<>();
        NodeWatch node = new NodeWatch(metrics, eventLoops, control, readiness, watched, changes, nanoClock);
        try {
            OwnAddresses.check(config);
            node.checkLimits(config);
            Strategies strategies = new Strategies(LoadBalancer.class.getClassLoader());
            for (PoolConfig pool : config.pools().values()) {
                PoolControl made = new PoolControl(
                        pool,
                        config.zone(),
                        strategies,
                        metrics,
                        changes,
                        control,
                        names,
                        node.clock(),
                        node.node().descriptors()::hasRunOut,
                        nanoClock,
                        random);
                pools.add(made);
                watched.add(made.pool());
                names.add(made.pool());
                upstreams.put(pool.name(), new Proxy.Upstream(made.pool(), made::failed, made::facts, names));
            }
            join(node);
        } catch (IllegalArgumentException | IllegalStateException e) {
            return Future.failedFuture(e);
        }
        List<BackendPool> followers = pools.stream().map(PoolControl::pool).toList();
        DirectiveControl.start(directives, followers);
        AdminServer server = new AdminServer(
                vertx,
                config.admin(),
                metrics,
                readiness,
                new Liveness(metrics.eventLoops(), nanoClock, STUCK),
                followers,
                dossiers,
                incidents,
                directives,
                clusterReport(),
                nanoClock,
                epochMillis);
        admin = server;
        return server.start()
                .compose(bound -> names.start(namesPatience()))
                .compose(known -> {
                    ticks.every(CONTROL_TICK_MILLIS, names::tick);
                    node.clock().start();
                    ticks.every(NodeWatch.TICK_MILLIS, node::tick);
                    pools.forEach(PoolControl::start);
                    if (cluster != null) {
                        cluster.start();
                    }
                    // Each by itself: a strategy that fails in one pool must not stop the others.
                    pools.forEach(pool -> ticks.every(CONTROL_TICK_MILLIS, pool::tick));
                    ticks.every(INCIDENTS_TICK_MILLIS, incidents::tick);
                    return Proxy.start(
                            vertx,
                            config,
                            eventLoops,
                            upstreams,
                            metrics,
                            accessLog,
                            new Proxy.World(nanoClock, epochMillis, random, dossiers, node.node(), nodesAlive()));
                })
                .map(carrying -> {
                    proxy = carrying;
                    names.listen(carrying::addressesChanged);
                    metrics.configLoaded(epochMillis.getAsLong());
                    changes.balancer("the balancer started");
                    readiness.enter(Readiness.Phase.SERVING);
                    for (int i = 0; i < config.listeners().size(); i++) {
                        LOG.info(
                                "listening on {}, port {}",
                                config.listeners().get(i).address(),
                                carrying.port(i));
                    }
                    LOG.info("admin on {}, port {}", config.admin().address(), server.port());
                    return null;
                });
    }

    /** Nothing waits for the others: until they are found this node works as if it were alone. */
    private void join(NodeWatch node) {
        if (member == null) {
            return;
        }
        Cluster nodes = member.join(nanoClock, epochMillis, random);
        directives = new ClusterDirectives(nodes, task -> control.runOnContext(ignored -> task.run()));
        ClusterLink link = new ClusterLink(
                nodes,
                member.probers(),
                member.expected(),
                ThisMember.hash(config),
                pools,
                control,
                () -> readiness.phase() == Readiness.Phase.SERVING && readiness.obstacle() == null,
                nanoClock,
                epochMillis);
        node.suspect(link::suspicion);
        metrics.cluster(link::figures);
        cluster = link;
    }

    private IntSupplier nodesAlive() {
        ClusterLink link = cluster;
        return link == null ? () -> 1 : link::nodes;
    }

    private ClusterReport clusterReport() {
        ClusterLink link = cluster;
        return link == null
                ? new ClusterReport(null, () -> "no cluster is configured")
                : new ClusterReport(link::census, link::state);
    }

    private PoolFacts facts(String name) {
        for (PoolControl pool : pools) {
            if (pool.pool().name().equals(name)) {
                return pool.facts();
            }
        }
        return PoolFacts.unknown(name);
    }

    /** One server's time for each of its two chances. */
    private Duration namesPatience() {
        Duration answer = config.dns().timeout().multipliedBy(2);
        return answer.compareTo(NAMES_PATIENCE) < 0 ? answer : NAMES_PATIENCE;
    }

    /** The port that a listener is bound to; for one who configured 0. */
    public int port(int listener) {
        return running(proxy).port(listener);
    }

    public int adminPort() {
        return running(admin).port();
    }

    private static <T> T running(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the balancer has not started");
        }
        return part;
    }

    /**
     * Stops in order, and loses nothing: not ready any more; still accepting for the drain delay, until whoever sends traffic
     * has noticed, and every response says {@code Connection: close}; not accepting any more; what is in flight ends; then
     * everything is closed. A second call waits for the first.
     */
    public Future<Void> stop() {
        if (readiness.enter(Readiness.Phase.DRAINING)) {
            LOG.info(
                    "draining: still accepting for {} s", config.drain().delay().toSeconds());
            ClusterLink link = cluster;
            if (link != null) {
                link.leaving();
            }
            Proxy carrying = running(proxy);
            carrying.leave();
            delay(config.drain().delay())
                    .compose(over -> {
                        LOG.info(
                                "not accepting any more; requests in flight have {} s to end",
                                config.drain().timeout().toSeconds());
                        return carrying.drain(config.drain().timeout());
                    })
                    .onComplete(drained -> release(() -> {
                        LOG.info("stopped");
                        stopped.complete();
                    }));
        }
        return stopped.future();
    }

    private Future<Void> delay(Duration time) {
        return time.toMillis() == 0
                ? Future.succeededFuture()
                : vertx.timer(time.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                        .mapEmpty();
    }

    /**
     * Closes everything.
     *
     * @param closed called when that is done, on a thread of its own: the event loops are gone by then
     */
    private void release(Runnable closed) {
        control.runOnContext(ignored -> {
            ticks.stop();
            closeAll(closed);
        });
    }

    private void closeAll(Runnable closed) {
        AdminServer server = admin;
        Future.join(pools.stream().map(PoolControl::stop).toList())
                .transform(any -> names.stop())
                .transform(any -> server == null ? Future.<Void>succeededFuture() : server.stop())
                .onComplete(any -> Thread.ofPlatform().name("weir-stop").start(() -> {
                    ClusterLink link = cluster;
                    if (link != null) { // first: it hands what others say over to an event loop
                        link.close();
                    }
                    vertx.close().await();
                    accessLog.close();
                    metrics.close();
                    closed.run();
                }));
    }
}
