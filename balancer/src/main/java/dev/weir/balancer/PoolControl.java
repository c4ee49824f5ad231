package dev.weir.balancer;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.PoolSnapshot;
import dev.weir.balancer.backend.RequestLimit;
import dev.weir.balancer.config.ActiveHealthConfig;
import dev.weir.balancer.config.BackendConfig;
import dev.weir.balancer.config.ConnectionsConfig;
import dev.weir.balancer.config.PoolConfig;
import dev.weir.balancer.failure.Maintenance;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.health.ActiveHealthChecks;
import dev.weir.balancer.health.CheckResult;
import dev.weir.balancer.health.OutlierDetector;
import dev.weir.balancer.incident.Changes;
import dev.weir.balancer.incident.PoolFacts;
import dev.weir.balancer.metrics.Metrics;
import dev.weir.balancer.node.LoopClock;
import dev.weir.balancer.peers.Advice;
import dev.weir.balancer.peers.PeerTable;
import dev.weir.balancer.strategy.Strategies;
import dev.weir.balancer.strategy.Strategy;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control side of one pool: its backends, and who finds out how they are. Made and called on the control context. */
final class PoolControl {
    private static final Logger LOG = LoggerFactory.getLogger(PoolControl.class);

    /** How often at most it is said of one backend that it is spared its ejection. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final PoolConfig config;
    private final String name;
    private final Changes changes;
    private final LongSupplier nanoClock;
    private final BackendPool pool;
    private final NameControl names;
    private final OutlierDetector outliers;
    private final @Nullable ActiveHealthChecks checks;

    /** Those that the other nodes took out, in that order. */
    private final Set<Backend> toShun = new LinkedHashSet<>();

    /**
     * @param zone of this node; null: none
     * @param clock of the control context
     * @param ranOut whether this node had no descriptors left a moment ago
     * @param random thread-safe
     */
    PoolControl(
            PoolConfig config,
            @Nullable String zone,
            Strategies strategies,
            Metrics metrics,
            Changes changes,
            Context control,
            NameControl names,
            LoopClock clock,
            BooleanSupplier ranOut,
            LongSupplier nanoClock,
            RandomGenerator random) {
        this.config = config;
        this.name = config.name();
        this.changes = changes;
        this.nanoClock = nanoClock;
        this.names = names;
        List<Backend> backends = config.backends().stream()
                .map(backend -> backend(backend, limit(config.connections()), nanoClock.getAsLong()))
                .toList();
        Strategy strategy = strategies.make(config.strategy(), name, nanoClock, random);
        Eligibility.Rules rules = new Eligibility.Rules(
                zone, config.panicThreshold(), config.slowStart().toNanos());
        pool = new BackendPool(name, backends, rules, strategy::picker, nanoClock);
        pool.listen(this::log);
        pool.listen(this::remember);
        pool.listenToMaintenance(this::maintenance);
        metrics.watch(pool);
        outliers = new OutlierDetector(
                pool,
                config.health().passive(),
                task -> control.runOnContext(ignored -> task.run()),
                nanoClock,
                new Ejections(metrics, nanoClock));
        ActiveHealthConfig active = config.health().active();
        checks = active == null
                ? null
                : new ActiveHealthChecks(
                        control,
                        pool,
                        active,
                        random,
                        clock,
                        ranOut,
                        (backend, result, nanos) -> checked(metrics, backend, result));
    }

    private static RequestLimit limit(ConnectionsConfig config) {
        return new RequestLimit(config.perBackend(), config.maxRequests());
    }

    private static Backend backend(BackendConfig config, RequestLimit limit, long nowNanos) {
        return new Backend(
                new Endpoint(config.address().host(), config.address().port()),
                config.weight(),
                config.priority(),
                config.zone(),
                config.labels(),
                limit,
                nowNanos);
    }

    BackendPool pool() {
        return pool;
    }

    /** Called by event loops for each failure. */
    void failed(Backend backend, ProxyError error) {
        outliers.failed(backend, error);
    }

    /**
     * The other nodes say so. Control context.
     *
     * @param news in the order in which it was told
     */
    void advise(List<Advice> news) {
        pool.together(() -> {
            news.forEach(this::follow);
            shun();
        });
    }

    private void follow(Advice advice) {
        Backend backend = advice.backend();
        backend.opinions(advice.opinions());
        if (checks != null) {
            checks.probe(backend, advice.probe());
            Health found = advice.health();
            if (found != null) {
                checks.told(backend, found);
            }
        }
        if (advice.out()) {
            toShun.add(backend);
        } else if (toShun.remove(backend)) {
            pool.shun(backend, false);
        }
        if (advice.backNanos() != Advice.NOT_BACK) {
            pool.cameBack(backend, advice.backNanos());
        }
    }

    /** Those that the pool can do without at present: others may have come back since, or gone. */
    private void shun() {
        if (!toShun.isEmpty()) {
            Set<Backend> dispensable = outliers.dispensable(toShun);
            toShun.forEach(backend -> pool.shun(backend, dispensable.contains(backend)));
        }
    }

    /** To be called about every 100 ms. */
    void tick() {
        pool.tick();
        pool.together(this::shun);
    }

    /** For the nodes to agree on. */
    PeerTable.Watched watched() {
        ActiveHealthConfig active = config.health().active();
        return active == null
                ? new PeerTable.Watched(pool, config.slowStart(), null)
                : new PeerTable.Watched(
                        pool,
                        config.slowStart(),
                        active.timeout(),
                        active.interval().multipliedBy(active.fall()).plus(active.timeout()));
    }

    void start() {
        if (checks != null) {
            checks.start();
        }
    }

    Future<Void> stop() {
        return checks == null ? Future.succeededFuture() : checks.stop();
    }

    private void checked(Metrics metrics, Backend backend, CheckResult result) {
        metrics.backend(name, backend).check(result.label());
        boolean passed = result.verdict() == CheckResult.Verdict.PASSED;
        if (result.verdict() == CheckResult.Verdict.FAILED) {
            names.unreachable(backend);
        }
        boolean unresolved = backend.addresses().isEmpty(); // which is said of the name
        if (!passed && !unresolved && backend.state().health() != BackendState.Health.DOWN) {
            LOG.warn("pool {}: backend {} failed its check: {}", name, backend.id(), result.reason());
        }
    }

    private void log(BackendPool.Change change) {
        BackendState before = change.before();
        BackendState after = change.after();
        String id = change.backend().id();
        if (before.health() != after.health()) {
            LOG.info("pool {}: backend {} is {} (was {})", name, id, after.health(), before.health());
        }
        if (before.admin() != after.admin()) {
            LOG.info("pool {}: backend {} is {} (was {}), as operators want", name, id, after.admin(), before.admin());
        }
        if (before.weight() != after.weight()) {
            LOG.info("pool {}: backend {} has weight {}", name, id, weight(change.backend(), after));
        }
        if (before.ejected() && !after.ejected()) {
            LOG.info("pool {}: backend {} gets traffic again: its ejection is over", name, id);
        }
        PoolSnapshot snapshot = pool.snapshot();
        boolean byOperators = before.admin() != after.admin() || before.weight() != after.weight();
        if (byOperators && snapshot.eligible().tiers().isEmpty() && snapshot.maintenance() == null) {
            LOG.warn("pool {}: no backend gets requests: those that operators left in are out for other reasons", name);
        }
        if (!before.shunned() && after.shunned()) {
            LOG.warn("pool {}: backend {} gets no traffic: other nodes have taken it out", name, id);
        } else if (before.shunned() && !after.shunned()) {
            LOG.info("pool {}: backend {} is no longer taken out by other nodes", name, id);
        }
    }

    private void remember(BackendPool.Change change) {
        BackendState before = change.before();
        BackendState after = change.after();
        String id = change.backend().id();
        if (before.health() != after.health()) {
            changes.backend(name, id, "was found " + lower(after.health()) + " (was " + lower(before.health()) + ")");
        }
        if (before.admin() != after.admin()) {
            changes.backend(
                    name,
                    id,
                    "was set " + lower(after.admin()) + " by an operator (was " + lower(before.admin()) + ")");
        }
        if (before.weight() != after.weight()) {
            changes.backend(name, id, "was set to weight " + weight(change.backend(), after));
        }
        if (!before.ejected() && after.ejected()) {
            changes.backend(name, id, "was ejected for failing requests");
        } else if (before.ejected() && !after.ejected()) {
            changes.backend(name, id, "got traffic again: its ejection was over");
        }
        if (!before.shunned() && after.shunned()) {
            changes.backend(name, id, "was taken out, as on other nodes");
        } else if (before.shunned() && !after.shunned()) {
            changes.backend(name, id, "was no longer taken out by other nodes");
        }
    }

    private static String weight(Backend backend, BackendState state) {
        return state.weight() == BackendState.AS_CONFIGURED
                ? backend.configuredWeight() + ", as configured"
                : state.weight() + " by an operator (configured: " + backend.configuredWeight() + ")";
    }

    /** @param news null: it is over */
    private void maintenance(@Nullable Maintenance news) {
        if (news == null) {
            LOG.info("pool {}: open again", name);
            changes.pool(name, "was opened again by an operator");
        } else if (news.message() == null) {
            LOG.warn("pool {}: operators took out every backend that could be used; clients get 503", name);
            changes.pool(name, "operators took out every backend that could be used");
        } else {
            LOG.warn("pool {}: closed by an operator; clients get 503: {}", name, news.message());
            changes.pool(name, "was closed by an operator: " + news.message());
        }
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** What may explain failures of the pool. Any thread. */
    PoolFacts facts() {
        long now = nanoClock.getAsLong();
        List<PoolFacts.Member> members = pool.snapshot().all().stream()
                .map(backend -> new PoolFacts.Member(
                        backend.id(), backend.labels(), backend.state().usable(), backend.condition(now)))
                .toList();
        PoolFacts.Limits limits = new PoolFacts.Limits(
                config.connections().perBackend(),
                share(),
                config.connections().queue(),
                config.timeouts().queue(),
                config.maxResponseHead(),
                config.retry().buffer(),
                config.connections().idle());
        return new PoolFacts(name, members, limits);
    }

    private PoolFacts.Share share() {
        if (config.connections().maxRequests() == 0) {
            return PoolFacts.Share.NONE;
        }
        IntSummaryStatistics shares = pool.backends().stream()
                .mapToInt(backend -> backend.limit().share())
                .summaryStatistics();
        return new PoolFacts.Share(config.connections().maxRequests(), shares.getMin(), shares.getMax());
    }

    private final class Ejections implements OutlierDetector.Listener {
        private final Metrics metrics;
        private final LongSupplier nanoClock;
        /** When it was said last of a backend that it is spared. */
        private final Map<Backend, Long> saidNanos = new HashMap<>();

        private Ejections(Metrics metrics, LongSupplier nanoClock) {
            this.metrics = metrics;
            this.nanoClock = nanoClock;
        }

        @Override
        public void ejected(Backend backend, ProxyError error, Duration time) {
            LOG.warn(
                    "pool {}: backend {} gets no traffic for {} s: {} in a row. {}",
                    name,
                    backend.id(),
                    time.toSeconds(),
                    error.token(),
                    error.remedy());
        }

        @Override
        public void notEnforced(Backend backend, ProxyError error) {
            metrics.backend(name, backend).ejectionNotEnforced();
            if (isToBeSaid(backend)) {
                LOG.warn(
                        "pool {}: backend {} fails ({}) and gets few requests; too few backends would be left without it. {}",
                        name,
                        backend.id(),
                        error.token(),
                        error.remedy());
            }
        }

        /** A backend that is dead, but spared, fills a row with every few requests. */
        private boolean isToBeSaid(Backend backend) {
            long now = nanoClock.getAsLong();
            Long said = saidNanos.get(backend);
            if (said != null && now - said < QUIET_NANOS) {
                return false;
            }
            saidNanos.put(backend, now);
            return true;
        }
    }
}
