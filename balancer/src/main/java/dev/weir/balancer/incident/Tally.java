package dev.weir.balancer.incident;

import dev.weir.balancer.incident.Dossier.Result;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What is counted of one incident. Event loops write, without a lock but for the first request of a route; anybody reads.
 * Bounded: of routes and dossiers only some are named.
 */
final class Tally {
    private static final int MAX_ROUTES = 16;
    private static final int MAX_DOSSIERS = 8;
    private static final String OTHERS = "(others)";

    private final String id;
    private final IncidentKey key;
    private final Dossier first;
    private final Map<Result, LongAdder> counts = new EnumMap<>(Result.class);
    private final ConcurrentMap<String, LongAdder> routes = new ConcurrentHashMap<>();
    private final Ring<String> dossiers = new Ring<>(MAX_DOSSIERS);
    private volatile Dossier latest;
    private volatile long lastNanos;

    /** Made by the control context soon after the first failure. */
    private volatile @Nullable List<Change> before;

    /** Ids of all that is counted here are new: the first one is counted by {@link #count}. */
    Tally(String id, IncidentKey key, Dossier first, long nowNanos) {
        this.id = id;
        this.key = key;
        this.first = first;
        this.latest = first;
        this.lastNanos = nowNanos;
        for (Result result : Result.values()) {
            counts.put(result, new LongAdder());
        }
    }

    void count(Dossier dossier, long nowNanos) {
        LongAdder count = counts.get(dossier.result());
        if (count != null) { // there is one for each
            count.increment();
        }
        String route = dossier.route();
        if (route != null) {
            route(route).increment();
        }
        dossiers.add(dossier.id());
        latest = dossier;
        lastNanos = nowNanos;
    }

    private LongAdder route(String route) {
        LongAdder known = routes.get(route);
        if (known != null) {
            return known;
        }
        String name = routes.size() < MAX_ROUTES ? route : OTHERS;
        return routes.computeIfAbsent(name, first -> new LongAdder());
    }

    String id() {
        return id;
    }

    IncidentKey key() {
        return key;
    }

    Dossier first() {
        return first;
    }

    Dossier latest() {
        return latest;
    }

    long lastNanos() {
        return lastNanos;
    }

    long count(Result result) {
        LongAdder count = counts.get(result);
        return count == null ? 0 : count.sum();
    }

    /** Requests by route, the most affected one first. */
    Map<String, Long> routes() {
        Map<String, Long> sorted = new LinkedHashMap<>();
        routes.entrySet().stream()
                .map(entry -> Map.entry(entry.getKey(), entry.getValue().sum()))
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return sorted;
    }

    /** Newest first. */
    List<String> dossiers() {
        return dossiers.newestFirst();
    }

    /** Keeps what had changed, before newer changes push it out. Control context. */
    void keepChanges(Changes changes) {
        if (before == null) {
            before = changes.before(key.pool(), first.epochMillis());
        }
    }

    List<Change> before(Changes changes) {
        List<Change> kept = before;
        return kept != null ? kept : changes.before(key.pool(), first.epochMillis());
    }
}
