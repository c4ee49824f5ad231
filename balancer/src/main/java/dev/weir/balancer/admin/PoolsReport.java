package dev.weir.balancer.admin;

import dev.weir.balancer.backend.Addresses;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.backend.BackendStats;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Eligibility.Tier;
import dev.weir.balancer.backend.PoolSnapshot;
import dev.weir.balancer.backend.RequestLimit;
import dev.weir.balancer.failure.ProxyException;
import dev.weir.balancer.metrics.DurationBucket;
import dev.weir.balancer.metrics.Metrics;
import dev.weir.balancer.metrics.PoolMetrics;
import io.netty.util.NetUtil;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The pools as JSON, each from one snapshot. */
final class PoolsReport {
    private final List<BackendPool> pools;
    private final Metrics metrics;
    private final LongSupplier nanoClock;

    /** @param nanoClock the one of the pools */
    PoolsReport(List<BackendPool> pools, Metrics metrics, LongSupplier nanoClock) {
        this.pools = List.copyOf(pools);
        this.metrics = metrics;
        this.nanoClock = nanoClock;
    }

    JsonObject json() {
        JsonArray array = new JsonArray();
        pools.forEach(pool -> array.add(pool(pool)));
        return new JsonObject().put("pools", array);
    }

    private JsonObject pool(BackendPool pool) {
        PoolSnapshot snapshot = pool.snapshot();
        JsonArray tiers = new JsonArray();
        Map<Backend, Candidate> candidates = new HashMap<>();
        for (Tier tier : snapshot.eligible().tiers()) {
            tiers.add(tier(tier));
            tier.candidates().forEach(candidate -> candidates.put(candidate.backend(), candidate));
        }
        JsonArray backends = new JsonArray();
        for (Backend backend : snapshot.all()) {
            backends.add(backend(pool.name(), backend, candidates.get(backend)));
        }
        return new JsonObject()
                .put("name", pool.name())
                .put("snapshot_version", snapshot.version())
                .put("maintenance", DirectivesReport.maintenance(snapshot.maintenance()))
                .put("requests", requests(metrics.pool(pool.name())))
                .put("tiers", tiers)
                .put("backends", backends);
    }

    /** Of clients, since the start. */
    private static JsonObject requests(PoolMetrics pool) {
        JsonArray durations = new JsonArray();
        for (DurationBucket bucket : pool.durations()) {
            double seconds = bucket.upToSeconds();
            durations.add(new JsonObject()
                    .put("up_to_s", Double.isInfinite(seconds) ? null : seconds)
                    .put("count", bucket.count()));
        }
        return new JsonObject()
                .put("failed", pool.failed())
                .put("saved", pool.savedRequests())
                .put("queued", pool.queuedRequests())
                .put("durations", durations);
    }

    private static JsonObject tier(Tier tier) {
        JsonArray candidates = new JsonArray();
        tier.candidates()
                .forEach(candidate -> candidates.add(candidate.backend().id()));
        return new JsonObject()
                .put("priority", tier.priority())
                .put("share", tier.share())
                .put("panic", tier.panic())
                .put("candidates", candidates);
    }

    /** @param candidate null: not eligible */
    private JsonObject backend(String pool, Backend backend, @Nullable Candidate candidate) {
        JsonObject json = new JsonObject()
                .put("id", backend.id())
                .put("weight", backend.weight())
                .put("configured_weight", backend.configuredWeight())
                .put("priority", backend.priority())
                .put("zone", backend.zone())
                .put("labels", new JsonObject(Map.copyOf(backend.labels())));
        addresses(backend, json);
        state(backend.state(), json);
        DossierJson.opinions(backend.opinions(), json);
        json.put("eligible", candidate != null).put("effective_weight", candidate == null ? 0 : candidate.weight());
        stats(backend.stats(), json);
        limit(backend.limit(), json);
        JsonObject failures = new JsonObject();
        metrics.backend(pool, backend).failures().forEach(failures::put);
        return json.put("failures", failures);
    }

    private void addresses(Backend backend, JsonObject json) {
        Addresses known = backend.addresses();
        JsonArray list = new JsonArray();
        known.list().forEach(address -> list.add(NetUtil.toAddressString(address.getAddress())));
        json.put("addresses", list);
        if (backend.isNamed()) {
            long ageNanos = nanoClock.getAsLong() - known.confirmedNanos();
            ProxyException problem = known.problem();
            json.put("addresses_age_ms", known.isEmpty() ? null : TimeUnit.NANOSECONDS.toMillis(ageNanos))
                    .put("name_error", problem == null ? null : problem.detail());
        }
    }

    private void state(BackendState state, JsonObject json) {
        long ejectedNanos = state.ejected() ? Math.max(0, state.ejectedUntilNanos() - nanoClock.getAsLong()) : 0;
        json.put("health", lower(state.health()))
                .put("admin", lower(state.admin()))
                .put("ejected", state.ejected())
                .put("ejected_for_ms", TimeUnit.NANOSECONDS.toMillis(ejectedNanos))
                .put("ejections", state.ejections())
                .put("spared", state.spared())
                .put("shunned", state.shunned())
                .put("usable", state.usable());
    }

    private void stats(BackendStats stats, JsonObject json) {
        JsonObject responses = new JsonObject();
        for (int i = 1; i <= 5; i++) {
            responses.put(i + "xx", stats.responses(i));
        }
        json.put("in_flight", stats.inFlight())
                .put("waiting", stats.waiting())
                .put("connections", stats.connections())
                .put("consecutive_failures", stats.consecutiveFailures())
                .put("latency_us", Math.round(stats.latency().micros(nanoClock.getAsLong())))
                .put("responses", responses);
    }

    private static void limit(RequestLimit limit, JsonObject json) {
        json.put("limit", limit.most() == 0 ? null : limit.most());
        if (limit.whole() > 0) {
            json.put("max_requests", limit.whole()).put("share", limit.share());
        }
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
