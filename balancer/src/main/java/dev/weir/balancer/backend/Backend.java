package dev.weir.balancer.backend;

import dev.weir.balancer.incident.BackendCondition;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The identity of one backend of one pool. It outlives every rebuild of the pool, and so do its counters and what was
 * learned about it. Compared by identity.
 *
 * <p>Threads: the control context alone writes {@link #state}; anybody reads.
 */
public final class Backend {
    private final Endpoint endpoint;
    private final String id;
    private final int weight;
    private final int priority;
    private final @Nullable String zone;
    private final Map<String, String> labels;
    private final BackendStats stats;
    private final long addedNanos;
    private final KeepAlive keepAlive = new KeepAlive();
    private volatile BackendState state;
    private volatile boolean everUp;

    /**
     * @param weight the configured share, 0 to 1000
     * @param priority 0 to 31; 0 is used first
     * @param nowNanos of the clock that also times requests
     */
    public Backend(
            Endpoint endpoint,
            int weight,
            int priority,
            @Nullable String zone,
            Map<String, String> labels,
            long nowNanos) {
        this.endpoint = endpoint;
        this.id = endpoint.toString();
        this.weight = weight;
        this.priority = priority;
        this.zone = zone;
        this.labels = Map.copyOf(labels);
        this.stats = new BackendStats(nowNanos);
        this.addedNanos = nowNanos;
        this.state = BackendState.INITIAL;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** {@code host:port}; unique in its pool; the label in metrics and logs. */
    public String id() {
        return id;
    }

    public int weight() {
        return weight;
    }

    public int priority() {
        return priority;
    }

    public @Nullable String zone() {
        return zone;
    }

    public Map<String, String> labels() {
        return labels;
    }

    public BackendStats stats() {
        return stats;
    }

    /** How it treats idle connections. */
    public KeepAlive keepAlive() {
        return keepAlive;
    }

    public BackendState state() {
        return state;
    }

    /** Control context only. */
    void state(BackendState next) {
        state = next;
        if (next.health() == BackendState.Health.UP) {
            everUp = true;
        }
    }

    /**
     * What is thought of it at this moment, for the record. Any thread.
     *
     * @param nowNanos of the clock that the backend was made with
     */
    public BackendCondition condition(long nowNanos) {
        BackendState now = state;
        return new BackendCondition(
                now.health().name().toLowerCase(Locale.ROOT),
                now.admin().name().toLowerCase(Locale.ROOT),
                now.ejected(),
                stats.inFlight(),
                stats.connections(),
                everUp || stats.hasAnswered(),
                nowNanos - addedNanos,
                0);
    }

    @Override
    public String toString() {
        return id;
    }
}
