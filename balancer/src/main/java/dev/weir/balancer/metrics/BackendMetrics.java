package dev.weir.balancer.metrics;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.backend.BackendStats;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.Violation;
import dev.weir.balancer.incident.Opinions;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What is counted for one backend besides its {@link BackendStats}. Thread-safe; counting neither locks nor allocates.
 *
 * <p>Holds no reference to the backend, whose life decides over this object's.
 */
public final class BackendMetrics {
    private static final int CLASSES = 6;

    private final ErrorCounters failures = new ErrorCounters();
    private final LongAdder connectionsOpened = new LongAdder();
    private final LongAdder connectionsReused = new LongAdder();
    private final LongAdder idleClosed = new LongAdder();
    private final LongAdder reuseRaces = new LongAdder();
    private final Map<Violation, LongAdder> violations = new EnumMap<>(Violation.class);
    private final LongAdder ejections = new LongAdder();
    private final LongAdder ejectionsNotEnforced = new LongAdder();
    private final Map<String, LongAdder> checks = new ConcurrentSkipListMap<>();

    BackendMetrics() {
        for (Violation violation : Violation.values()) {
            violations.put(violation, new LongAdder());
        }
    }

    /** An attempt failed. */
    public void failure(ProxyError error) {
        failures.add(error);
    }

    /** A new connection stands. */
    public void connectionOpened() {
        connectionsOpened.increment();
    }

    /** An attempt took a connection that had served another one. */
    public void connectionReused() {
        connectionsReused.increment();
    }

    /** The backend closed an idle connection. */
    public void idleConnectionClosed() {
        idleClosed.increment();
    }

    /** An attempt took an idle connection, and the backend was just closing it. */
    public void reuseRace() {
        reuseRaces.increment();
    }

    /** The backend did something against the rules, which was put right. */
    @SuppressWarnings("NullAway") // there is a counter for each
    public void violation(Violation violation) {
        violations.get(violation).increment();
    }

    /** The backend was ejected. */
    void ejected() {
        ejections.increment();
    }

    /** The backend deserved to be ejected, but too few would have been left. */
    public void ejectionNotEnforced() {
        ejectionsNotEnforced.increment();
    }

    /**
     * An active check has ended. Not for the request path.
     *
     * @param result one of a few: {@code success}, or why it failed, in lower case
     */
    public void check(String result) {
        checks.computeIfAbsent(result, first -> new LongAdder()).increment();
    }

    /** Failed attempts so far by error token; without those that never occurred. */
    public Map<String, Long> failures() {
        Map<String, Long> counts = new TreeMap<>();
        failures.forEach((error, count) -> {
            if (count > 0) {
                counts.put(error, count);
            }
        });
        return counts;
    }

    /** @param eligible whether the backend may get requests at present */
    void collect(String pool, Backend backend, boolean eligible, Exposition to) {
        String id = backend.id();
        collectCounters(pool, id, backend.stats(), to);
        long reusableNanos = backend.keepAlive().known().reusableNanos();
        if (reusableNanos != Long.MAX_VALUE) {
            to.add(Meter.BACKEND_REUSABLE_IDLE, reusableNanos / 1e9, pool, id);
        }
        if (backend.limit().whole() != 0) {
            to.add(Meter.BACKEND_REQUEST_SHARE, backend.limit().share(), pool, id);
        }
        BackendState state = backend.state();
        for (Health health : Health.values()) {
            to.add(Meter.BACKEND_HEALTH, flag(state.health() == health), pool, id, lower(health));
        }
        for (Admin admin : Admin.values()) {
            to.add(Meter.BACKEND_ADMIN, flag(state.admin() == admin), pool, id, lower(admin));
        }
        to.add(Meter.BACKEND_WEIGHT, backend.weight(), pool, id);
        to.add(Meter.BACKEND_EJECTED, flag(state.ejected()), pool, id);
        to.add(Meter.BACKEND_SHUNNED, flag(state.shunned()), pool, id);
        Opinions opinions = backend.opinions();
        if (!opinions.others().isEmpty()) {
            to.add(Meter.BACKEND_AGREEMENT, 1, pool, id, opinions.agreement().words());
        }
        to.add(Meter.BACKEND_ELIGIBLE, flag(eligible), pool, id);
        to.add(Meter.BACKEND_ADDRESSES, backend.addresses().list().size(), pool, id);
    }

    private void collectCounters(String pool, String id, BackendStats stats, Exposition to) {
        for (int i = 1; i < CLASSES; i++) {
            to.add(Meter.BACKEND_RESPONSES, stats.responses(i), pool, id, i + "xx");
        }
        // There are dozens of errors for each of maybe hundreds of backends, of which few occur.
        failures().forEach((error, count) -> to.add(Meter.BACKEND_FAILURES, (long) count, pool, id, error));
        to.add(Meter.BACKEND_IN_FLIGHT, stats.inFlight(), pool, id);
        to.add(Meter.BACKEND_CONNECTIONS, stats.connections(), pool, id);
        to.add(Meter.BACKEND_CONNECTIONS_OPENED, connectionsOpened.sum(), pool, id);
        to.add(Meter.BACKEND_CONNECTIONS_REUSED, connectionsReused.sum(), pool, id);
        to.add(Meter.BACKEND_IDLE_CLOSED, idleClosed.sum(), pool, id);
        to.add(Meter.BACKEND_REUSE_RACES, reuseRaces.sum(), pool, id);
        violations.forEach((violation, adder) -> {
            long count = adder.sum();
            if (count > 0) {
                to.add(Meter.BACKEND_VIOLATIONS, count, pool, id, violation.label());
            }
        });
        to.add(Meter.BACKEND_EJECTIONS, ejections.sum(), pool, id, "true");
        to.add(Meter.BACKEND_EJECTIONS, ejectionsNotEnforced.sum(), pool, id, "false");
        checks.forEach((result, count) -> to.add(Meter.BACKEND_CHECKS, count.sum(), pool, id, result));
    }

    private static int flag(boolean value) {
        return value ? 1 : 0;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
