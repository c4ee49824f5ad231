package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.Phase;
import org.jspecify.annotations.Nullable;

/** One try of a request on one backend. It begins and ends exactly once. Confined to the event loop of its exchange. */
final class Attempt {
    private final Exchange exchange;
    private final Backend backend;
    private final BackendConnections connections;
    private final long beganNanos;
    private Phase phase = Phase.CONNECT;
    private @Nullable UpstreamConnection connection;
    private boolean reused;
    private boolean ended;
    private long connectedNanos;
    private long headNanos;
    private int status;
    private @Nullable Failure failure;

    Attempt(Exchange exchange, Backend backend, BackendConnections connections, long nowNanos) {
        this.exchange = exchange;
        this.backend = backend;
        this.connections = connections;
        this.beganNanos = nowNanos;
    }

    Backend backend() {
        return backend;
    }

    BackendConnections connections() {
        return connections;
    }

    long beganNanos() {
        return beganNanos;
    }

    /** How far it has come. */
    Phase phase() {
        return phase;
    }

    void phase(Phase reached) {
        phase = reached;
    }

    /** Null before there is one, and after it was let go. */
    @Nullable
    UpstreamConnection connection() {
        return connection;
    }

    /** Whether the connection had carried an exchange before. */
    boolean isReused() {
        return reused;
    }

    void on(UpstreamConnection taken, boolean wasUsed, long nowNanos) {
        connection = taken;
        reused = wasUsed;
        connectedNanos = nowNanos;
        phase = Phase.REQUEST;
    }

    void answered(int answeredStatus, long nowNanos) {
        status = answeredStatus;
        headNanos = nowNanos;
        phase = Phase.RESPONSE_BODY;
    }

    int status() {
        return status;
    }

    long headNanos() {
        return headNanos;
    }

    boolean isEnded() {
        return ended;
    }

    /** @param why null: it did not fail */
    void end(@Nullable Failure why) {
        ended = true;
        failure = why;
        connection = null;
    }

    // ---- from the connections

    /** @return whether the connection is still wanted */
    boolean connected(UpstreamConnection fresh) {
        if (ended) {
            return false;
        }
        exchange.connected(this, fresh);
        return true;
    }

    void connectFailed(Throwable cause) {
        if (!ended) {
            exchange.connectFailed(this, cause);
        }
    }

    // ---- for the access log

    void log(AccessLog.Line line) {
        line.openObject()
                .text("backend", backend.id())
                .text("phase", phase.label())
                .bool("reused", reused);
        if (status != 0) {
            line.number("status", status);
        }
        if (connectedNanos != 0) {
            line.micros("connect_us", connectedNanos - beganNanos);
        }
        if (headNanos != 0) {
            line.micros("head_us", headNanos - beganNanos);
        }
        Failure why = failure;
        if (why != null) {
            line.text("error", why.error().token()).text("detail", why.detail());
        }
        line.closeObject();
    }
}
