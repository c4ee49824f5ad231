package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendStats;
import dev.weir.balancer.config.PoolConfig;
import dev.weir.balancer.config.TimeoutsConfig;
import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.Outcome;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryAfter;
import dev.weir.balancer.incident.PoolFacts;
import dev.weir.balancer.metrics.BackendMetrics;
import dev.weir.balancer.metrics.Metrics;
import dev.weir.balancer.metrics.PoolMetrics;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A pool as the data path sees it: what the configuration says, in the units that are needed there. Shared by all event loops. */
final class UpstreamPool {
    private static final long FACTS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Duration DEFAULT_CHECK_INTERVAL = Duration.ofSeconds(2);

    private final PoolConfig config;
    private final BackendPool backends;
    private final Metrics allMetrics;
    private final PoolMetrics metrics;
    private final BiConsumer<Backend, ProxyError> failed;
    private final Supplier<PoolFacts> factsSource;
    private final AddressWatch addressWatch;
    private final Map<Backend, ViolationLog> violationLogs = Collections.synchronizedMap(new WeakHashMap<>());
    private final RetryBudget budget;
    private final boolean limited;
    private final WaitQueue queue;
    private final long connectNanos;
    private final long responseHeadNanos;
    private final long bodyIdleNanos;
    private final long queueNanos;
    private final long totalNanos;
    private final long idleNanos;
    private final Duration checkInterval;
    private volatile @Nullable Facts facts;

    private record Facts(PoolFacts pool, long nanos) {}

    UpstreamPool(PoolConfig config, Proxy.Upstream upstream, Metrics metrics, IntSupplier nodes) {
        this.config = config;
        this.backends = upstream.backends();
        this.allMetrics = metrics;
        this.metrics = metrics.pool(config.name());
        this.failed = upstream.failed();
        this.factsSource = upstream.facts();
        this.addressWatch = upstream.addressWatch();
        this.budget = new RetryBudget(config.retry().budget(), nodes);
        this.limited =
                config.connections().perBackend() != 0 || config.connections().maxRequests() != 0;
        this.queue = new WaitQueue(config.connections().queue());
        TimeoutsConfig timeouts = config.timeouts();
        this.connectNanos = timeouts.connect().toNanos();
        this.responseHeadNanos = timeouts.responseHead().toNanos();
        this.bodyIdleNanos = timeouts.bodyIdle().toNanos();
        this.queueNanos = timeouts.queue().toNanos();
        this.totalNanos = timeouts.total().toNanos();
        this.idleNanos = config.connections().idle().toNanos();
        var active = config.health().active();
        this.checkInterval = active == null ? DEFAULT_CHECK_INTERVAL : active.interval();
    }

    PoolConfig config() {
        return config;
    }

    BackendPool backends() {
        return backends;
    }

    PoolMetrics metrics() {
        return metrics;
    }

    BackendMetrics metrics(Backend backend) {
        return allMetrics.backend(config.name(), backend);
    }

    /** The one of a backend, for all event loops. */
    ViolationLog violationLog(Backend backend, long nowNanos) {
        return violationLogs.computeIfAbsent(backend, first -> new ViolationLog(config.name(), backend.id(), nowNanos));
    }

    RetryBudget budget() {
        return budget;
    }

    /** Whether requests may have to wait for a backend to have room. */
    boolean isLimited() {
        return limited;
    }

    WaitQueue queue() {
        return queue;
    }

    /**
     * Counts what an attempt's outcome means for its backend.
     *
     * @return whether it failed
     */
    boolean ended(Attempt ending, Outcome outcome) {
        BackendStats stats = ending.backend().stats();
        stats.end();
        Failure failure = switch (outcome) {
            case Outcome.Success _ -> {
                stats.succeeded();
                stats.latency().add(ending.latencyNanos(), ending.headNanos());
                yield null;
            }
            case Outcome.BackendFailure(Failure why) -> {
                if (why.error().blamesBackend()) {
                    failed.accept(ending.backend(), why.error());
                }
                yield why;
            }
            case Outcome.Ignored(Failure why) -> why;
            case Outcome.ClientGone _ -> null;
        };
        if (failure != null) {
            ending.connections().metrics().failure(failure.error());
        }
        if (ending.status() != 0) {
            stats.response(ending.status());
        }
        return failure != null;
    }

    /** What may explain failures: as things stood a moment ago, since there may be thousands of failures a second. */
    PoolFacts facts(long nowNanos) {
        Facts known = facts;
        if (known == null || nowNanos - known.nanos() > FACTS_NANOS) {
            known = new Facts(factsSource.get(), nowNanos);
            facts = known;
        }
        return known.pool();
    }

    AddressWatch addressWatch() {
        return addressWatch;
    }

    long connectNanos() {
        return connectNanos;
    }

    /** For the socket, which cannot be told "never": one second longer than the balancer's own deadline. */
    int connectTimeoutMillis() {
        return connectNanos == 0 ? 0 : (int) (connectNanos / 1_000_000 + 1_000);
    }

    long responseHeadNanos() {
        return responseHeadNanos;
    }

    long bodyIdleNanos() {
        return bodyIdleNanos;
    }

    long queueNanos() {
        return queueNanos;
    }

    long totalNanos() {
        return totalNanos;
    }

    long idleNanos() {
        return idleNanos;
    }

    /** Seconds for a Retry-After field; 0: none. */
    int retryAfterSeconds(ProxyError error) {
        return RetryAfter.seconds(error, checkInterval);
    }
}
