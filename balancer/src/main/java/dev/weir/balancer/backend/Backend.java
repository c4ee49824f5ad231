package dev.weir.balancer.backend;

import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyException;
import dev.weir.balancer.incident.BackendCondition;
import dev.weir.balancer.incident.Opinions;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The identity of one backend of one pool. It outlives every rebuild of the pool, and so do its counters and what was
 * learned about it. Compared by identity.
 *
 * <p>Threads: the control context alone writes {@link #addresses}, {@link #state} and {@link #opinions}; anybody
 * reads.
 */
public final class Backend {
    private final Endpoint endpoint;
    private final String id;
    private final String authority;
    private final boolean named;
    private final int weight;
    private final int priority;
    private final @Nullable String zone;
    private final Map<String, String> labels;
    private final BackendStats stats;
    private final long addedNanos;
    private final KeepAlive keepAlive = new KeepAlive();
    private final OthersLoad others = new OthersLoad();
    private final RequestLimit limit;
    private volatile Addresses addresses;
    private volatile BackendState state;
    private volatile boolean checkedHere;
    private volatile Opinions opinions = Opinions.NONE;
    private volatile boolean everUp;

    /** One that takes as many requests as come. */
    public Backend(
            Endpoint endpoint,
            int weight,
            int priority,
            @Nullable String zone,
            Map<String, String> labels,
            long nowNanos) {
        this(endpoint, weight, priority, zone, labels, new RequestLimit(0, 0), nowNanos);
    }

    /**
     * @param weight the configured share, 0 to 1000
     * @param priority 0 to 31; 0 is used first
     * @param limit of this backend alone
     * @param nowNanos of the clock that also times requests
     */
    public Backend(
            Endpoint endpoint,
            int weight,
            int priority,
            @Nullable String zone,
            Map<String, String> labels,
            RequestLimit limit,
            long nowNanos) {
        this.endpoint = endpoint;
        this.id = endpoint.toString();
        this.authority = endpoint.authority();
        this.weight = weight;
        this.priority = priority;
        this.zone = zone;
        this.labels = Map.copyOf(labels);
        this.limit = limit;
        this.stats = new BackendStats(nowNanos);
        this.addedNanos = nowNanos;
        InetAddress literal = endpoint.literal();
        this.named = literal == null;
        this.addresses = literal == null
                ? Addresses.unknown(notYet(endpoint), nowNanos)
                : Addresses.fixed(literal, endpoint.port(), nowNanos);
        this.state = BackendState.INITIAL.addressed(!addresses.isEmpty());
    }

    private static ProxyException notYet(Endpoint endpoint) {
        return new ProxyException(ProxyError.DNS_TIMEOUT, "no resolver has answered yet for " + endpoint.host());
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** {@code host:port}; unique in its pool; the label in metrics and logs. */
    public String id() {
        return id;
    }

    /** Its own Host field. */
    public String authority() {
        return authority;
    }

    /** Whether it was configured by a name, so that its addresses may change. */
    public boolean isNamed() {
        return named;
    }

    /** Where it is; whoever opens a connection begins with the list that there is at that moment. */
    public Addresses addresses() {
        return addresses;
    }

    /** Control context only. */
    void addresses(Addresses next) {
        addresses = next;
    }

    /** Its share at present, 0 to 1000: the operators', or else the configured one. */
    public int weight() {
        return weight(state);
    }

    int weight(BackendState state) {
        return state.weight() == BackendState.AS_CONFIGURED ? weight : state.weight();
    }

    /** 0 to 1000. */
    public int configuredWeight() {
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

    /** How many requests it may get from this node at a time. */
    public RequestLimit limit() {
        return limit;
    }

    /** What the other balancer nodes have to do with it. */
    public OthersLoad others() {
        return others;
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
                now.shunned(),
                stats.inFlight(),
                stats.connections(),
                stats.standing(),
                stats.isSilent(nowNanos),
                everUp || stats.hasAnswered(),
                everUp || stats.latency().everSampled(),
                false,
                nowNanos - addedNanos,
                keepAlive.known().closesAfterNanos(),
                opinions);
    }

    /** Whether its health was found out by this node's own checks, rather than told by others. */
    public boolean isCheckedHere() {
        return checkedHere;
    }

    /** Control context only. */
    public void checkedHere(boolean own) {
        checkedHere = own;
    }

    /** What all balancer nodes think of it. */
    public Opinions opinions() {
        return opinions;
    }

    /** Control context only. */
    public void opinions(Opinions next) {
        opinions = next;
    }

    @Override
    public String toString() {
        return id;
    }
}
