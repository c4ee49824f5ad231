package dev.weir.balancer.admin;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.PoolSnapshot;
import dev.weir.balancer.directive.Directive;
import dev.weir.balancer.directive.DirectiveKey;
import dev.weir.balancer.directive.DirectiveStore;
import dev.weir.balancer.failure.Maintenance;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What operators asked for, and what has become of it, as JSON. Control context. */
final class DirectivesReport {
    private final DirectiveStore store;
    private final List<BackendPool> pools;

    DirectivesReport(DirectiveStore store, List<BackendPool> pools) {
        this.store = store;
        this.pools = pools;
    }

    /** All directives, those of a pool together. */
    JsonObject list() {
        JsonArray listed = new JsonArray();
        store.current().entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<DirectiveKey, Directive> entry) ->
                                entry.getKey().pool())
                        .thenComparing(entry -> String.valueOf(entry.getKey().backend()))
                        .thenComparing(entry -> entry.getKey().kind()))
                .forEach(entry -> listed.add(directive(entry.getKey(), entry.getValue())));
        return new JsonObject().put("directives", listed);
    }

    private JsonObject directive(DirectiveKey key, Directive directive) {
        JsonObject json = new JsonObject().put("pool", key.pool()).put("backend", key.backend());
        switch (directive) {
            case Directive.OutOfUse(BackendState.Admin state, long _) -> json.put("admin", lower(state));
            case Directive.Weight(int weight, long _) -> json.put("weight", weight);
            case Directive.Closed(Maintenance maintenance, long _) -> json.put("maintenance", maintenance(maintenance));
        }
        return json.put("since", IncidentsReport.time(directive.sinceMillis())).put("known", isKnown(key));
    }

    /** Whether this node has such a pool, and such a backend in it. */
    private boolean isKnown(DirectiveKey key) {
        return pools.stream()
                .filter(pool -> pool.name().equals(key.pool()))
                .anyMatch(pool -> key.backend() == null
                        || pool.backends().stream()
                                .anyMatch(backend -> backend.id().equals(key.backend())));
    }

    /** A backend after a change. */
    static JsonObject state(BackendPool pool, Backend backend) {
        JsonObject json = new JsonObject()
                .put("pool", pool.name())
                .put("backend", backend.id())
                .put("admin", lower(backend.state().admin()))
                .put("weight", backend.weight())
                .put("configured_weight", backend.configuredWeight())
                .put("in_flight", backend.stats().inFlight());
        return withConsequences(pool, json);
    }

    /** A pool after a change. */
    static JsonObject state(BackendPool pool) {
        JsonObject json = new JsonObject()
                .put("pool", pool.name())
                .put("maintenance", maintenance(pool.snapshot().maintenance()));
        return withConsequences(pool, json);
    }

    private static JsonObject withConsequences(BackendPool pool, JsonObject json) {
        PoolSnapshot snapshot = pool.snapshot();
        Maintenance maintenance = snapshot.maintenance();
        json.put("eligible_backends", eligible(snapshot.eligible()));
        if (snapshot.eligible().tiers().isEmpty() && (maintenance == null || maintenance.message() == null)) {
            json.put(
                    "warning",
                    "no backend of pool " + pool.name() + " gets requests now: "
                            + (maintenance == null
                                    ? "the others are down, ejected, or without an address"
                                    : "operators took out all of them, and clients get 503"));
        }
        return json;
    }

    private static int eligible(Eligibility eligible) {
        return eligible.tiers().stream()
                .mapToInt(tier -> tier.candidates().size())
                .sum();
    }

    /** @return null: none */
    static @Nullable JsonObject maintenance(@Nullable Maintenance maintenance) {
        if (maintenance == null) {
            return null;
        }
        boolean open = maintenance.untilMillis() == Maintenance.OPEN_END;
        return new JsonObject()
                .put("message", maintenance.message())
                .put("until", open ? null : IncidentsReport.time(maintenance.untilMillis()));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
