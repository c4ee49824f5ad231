package dev.weir.balancer.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What no section can know by itself: values that must differ, or that speak of each other. Works on whatever is
 * readable, so that one wrong value does not hide problems elsewhere.
 */
final class CrossChecks {
    private final Value file;
    private final StrategyCheck strategies;

    /** A usable value and where it stands. */
    private record Found<T>(T value, Value place) {}

    CrossChecks(Value file, StrategyCheck strategies) {
        this.file = file;
        this.strategies = strategies;
    }

    void run() {
        List<Value> pools = file.getOrEmpty(FileSyntax.POOLS.name()).entries();
        checkRoutes(pools);
        List<Found<Address>> listeners = listeners();
        checkPorts(listeners);
        checkPeers();
        for (Value pool : pools) {
            checkStrategy(pool);
            checkBackends(pool, listeners);
        }
    }

    private void checkRoutes(List<Value> pools) {
        Set<String> names = new LinkedHashSet<>();
        pools.forEach(pool -> names.add(pool.name()));
        @Nullable Value routes = file.get(FileSyntax.ROUTES.name());
        if (routes == null) {
            if (names.size() > 1) {
                file.getOrEmpty(FileSyntax.ROUTES.name())
                        .fail("missing, but there are " + names.size() + " pools; expected a route for each of them");
            }
            return;
        }
        Map<String, String> owners = new HashMap<>();
        for (Value route : routes.items()) {
            checkPool(route, names);
            checkUnique(route, owners);
        }
    }

    private static void checkPool(Value route, Set<String> names) {
        Found<String> pool = find(route, RouteSyntax.POOL);
        if (pool != null && !names.contains(pool.value())) {
            String hint = Nearest.hint(pool.value(), names);
            String known = names.isEmpty() ? "" : "; expected one of " + String.join(", ", names);
            pool.place().fail(Quote.text(pool.value()) + " is not a pool" + (hint.isEmpty() ? known : hint));
        }
    }

    private static void checkUnique(Value route, Map<String, String> owners) {
        RouteConfig read = RouteSyntax.ROUTE.read(route.quiet());
        if (read == null) {
            return;
        }
        List<String> hosts = read.hosts().isEmpty() ? List.of("every host") : read.hosts();
        for (String host : hosts) {
            String match = host + " and path " + read.path();
            String owner = owners.putIfAbsent(match, route.path());
            if (owner != null) {
                route.fail("duplicate route for " + match + "; " + owner + " already takes it");
            }
        }
    }

    private List<Found<Address>> listeners() {
        Value section = file.getOrEmpty(FileSyntax.LISTENERS.name());
        List<Value> items = section.isList() ? section.items() : List.of(section);
        List<Found<Address>> found = new ArrayList<>();
        for (Value item : items) {
            addIfFound(found, find(item, ListenerSyntax.ADDRESS));
        }
        return found;
    }

    private void checkPorts(List<Found<Address>> listeners) {
        List<Found<Address>> taken = new ArrayList<>();
        List<Found<Address>> all = new ArrayList<>(listeners);
        addIfFound(all, find(file.getOrEmpty(FileSyntax.ADMIN.name()), ListenerSyntax.ADMIN_ADDRESS));
        addIfFound(all, find(file.getOrEmpty(ClusterSyntax.CLUSTER.name()), ClusterSyntax.ADDRESS));
        for (Found<Address> each : all) {
            for (Found<Address> other : taken) {
                if (each.value().overlaps(other.value())) {
                    String first = other.place().path();
                    each.place().fail("'" + each.value() + "' is taken by " + first + "; expected another port");
                    break;
                }
            }
            taken.add(each);
        }
    }

    private void checkPeers() {
        Value peers = file.getOrEmpty(ClusterSyntax.CLUSTER.name()).getOrEmpty(ClusterSyntax.PEERS.name());
        Map<Address, String> owners = new HashMap<>();
        for (Value item : peers.isList() ? peers.items() : List.<Value>of()) {
            Address peer = AddressSyntax.PEER.read(item.quiet());
            String owner = peer == null ? null : owners.putIfAbsent(peer, item.path());
            if (owner != null) {
                item.fail("'" + peer + "' is a duplicate of " + owner + "; expected each node once");
            }
        }
    }

    private void checkStrategy(Value pool) {
        Found<StrategyConfig> strategy = find(pool, PoolSyntax.STRATEGY);
        String problem = strategy == null ? null : strategies.problem(strategy.value());
        if (strategy != null && problem != null) {
            strategy.place().fail(problem);
        }
    }

    private static void checkBackends(Value pool, List<Found<Address>> listeners) {
        Map<Address, String> owners = new HashMap<>();
        int total = 0;
        List<Value> items = pool.getOrEmpty(PoolSyntax.BACKENDS.name()).items();
        for (Value item : items) {
            BackendConfig backend = BackendSyntax.BACKEND.read(item.quiet());
            if (backend == null) {
                total++; // unknown, so perhaps not 0
                continue;
            }
            total += backend.weight();
            String address = "'http://" + backend.address() + "'";
            String owner = owners.putIfAbsent(backend.address(), item.path());
            if (owner != null) {
                item.fail(address + " is a duplicate of " + owner
                        + "; expected each backend once, perhaps with a weight");
            }
            checkLoop(backend.address(), item, listeners);
        }
        if (total == 0 && !items.isEmpty()) {
            pool.getOrEmpty(PoolSyntax.BACKENDS.name()).fail("all weights are 0; expected at least one above");
        }
    }

    private static void checkLoop(Address backend, Value place, List<Found<Address>> listeners) {
        for (Found<Address> listener : listeners) {
            if (listener.value().accepts(backend)) {
                place.fail("'http://" + backend + "' is the balancer itself, which listens on " + listener.value()
                        + "; expected another server");
                return;
            }
        }
    }

    private static <T> @Nullable Found<T> find(Value section, Key<T> key) {
        T value = key.read(section.quiet());
        return value == null ? null : new Found<>(value, section.getOrEmpty(key.name()));
    }

    private static <T> void addIfFound(List<Found<T>> list, @Nullable Found<T> found) {
        if (found != null) {
            list.add(found);
        }
    }
}
