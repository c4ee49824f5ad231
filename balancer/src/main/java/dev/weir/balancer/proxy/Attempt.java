package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.FailureClassifier;
import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One try of a request on one backend: how far it has come, and what comes from its connection. It begins and ends exactly
 * once. Confined to the event loop of its exchange.
 */
final class Attempt {
    private static final int MAX_INTERIM_RESPONSES = 20;

    /** After a write failed, how long an answer that the backend may have sent before is waited for. */
    private static final long LAST_WORDS_NANOS = TimeUnit.SECONDS.toNanos(1);

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
    private int interimResponses;
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

    /** Null before there is one, and after it was let go. */
    @Nullable
    UpstreamConnection connection() {
        return connection;
    }

    /** Whether the connection had carried an exchange before. */
    boolean isReused() {
        return reused;
    }

    /** When the connection stood; 0: never. */
    long connectedNanos() {
        return connectedNanos;
    }

    /** When the response's head had come; 0: never. */
    long headNanos() {
        return headNanos;
    }

    /** Of the backend's response; 0: none. */
    int status() {
        return status;
    }

    boolean isEnded() {
        return ended;
    }

    /** Null: it did not fail, or not yet. */
    @Nullable
    Failure failure() {
        return failure;
    }

    boolean isHead() {
        return exchange.isHead();
    }

    // ---- from the exchange

    void on(UpstreamConnection taken, boolean wasUsed, long nowNanos) {
        connection = taken;
        reused = wasUsed;
        connectedNanos = nowNanos;
        phase = Phase.REQUEST;
    }

    void requestSent() {
        if (phase == Phase.REQUEST) {
            phase = Phase.RESPONSE_HEAD;
        }
    }

    void abandonConnection() {
        if (connection != null) {
            connection.abandon();
        }
    }

    /** @param lastWords whether the backend had hung up before */
    void overdue(boolean lastWords) {
        long responseBytes = connection == null ? 0 : connection.responseBytes();
        ProxyError error = lastWords ? ProxyError.CONNECTION_TERMINATED : FailureClassifier.deadline(phase);
        abandonConnection();
        String detail = "the deadline of the phase " + phase.label() + " passed";
        exchange.attempts().failed(this, new Failure(error, phase, null, detail), responseBytes);
    }

    /** @param why null: it did not fail */
    void end(@Nullable Failure why) {
        ended = true;
        failure = why;
        connection = null;
    }

    // ---- from the connections

    /** @return whether the connection is still wanted */
    boolean connected(UpstreamConnection taken) {
        if (ended) {
            return false;
        }
        exchange.send(this, taken, taken.exchanges() > 0);
        return true;
    }

    void connectFailed(Throwable cause) {
        if (!ended) {
            exchange.attempts().failed(this, Failure.of(cause, Phase.CONNECT), 0);
        }
    }

    void connectionFailed(Throwable cause, long responseBytes) {
        if (!ended) {
            exchange.attempts().failed(this, Failure.of(cause, phase, responseBytes), responseBytes);
        }
    }

    void internalError(Throwable bug) {
        exchange.internalError(bug);
    }

    void writabilityChanged() {
        if (!ended) {
            exchange.upstreamWritabilityChanged();
        }
    }

    /** A write failed, or a read: if it was the read, the end follows at once. */
    void writeFailed() {
        exchange.request().sendNoMore();
        if (exchange.response().isHolding() || exchange.response().hasBegun()) {
            exchange.awaitProgress(); // of the backend alone: nothing more is sent
        } else {
            exchange.timer().await(ExchangeTimer.Wait.LAST_WORDS, LAST_WORDS_NANOS);
        }
    }

    void interimResponse(HttpResponse interim) {
        if (ended) {
            return;
        }
        HttpResponseStatus code = interim.status();
        if (++interimResponses > MAX_INTERIM_RESPONSES) {
            refuse(new Failure(
                    ProxyError.HTTP_PROTOCOL_ERROR,
                    phase,
                    null,
                    "more than " + MAX_INTERIM_RESPONSES + " interim responses"));
        } else if (code.code() == HttpResponseStatus.CONTINUE.code()) {
            if (exchange.timer().awaits(ExchangeTimer.Wait.CONTINUE)) {
                exchange.sayContinue(interim.headers());
            }
        } else if (code.code() == HttpResponseStatus.EARLY_HINTS.code() && exchange.takesInterimResponses()) {
            exchange.response().interim(code, interim.headers());
        }
    }

    void responseHead(HttpResponse response) {
        if (ended) {
            return;
        }
        Failure wrong = ResponseHead.check(response, phase);
        if (wrong != null) {
            refuse(wrong);
            return;
        }
        status = response.status().code();
        headNanos = exchange.loop().now();
        phase = Phase.RESPONSE_BODY;
        if (!exchange.attempts().retriedForStatus(this)) {
            exchange.answered(response);
        }
    }

    private void refuse(Failure why) {
        long bytes = 1;
        if (connection != null) {
            bytes = connection.responseBytes();
            connection.abandon();
        }
        exchange.attempts().failed(this, why, bytes);
    }

    /** A part of the response's body; takes over its reference. */
    void responseContent(HttpContent part) {
        exchange.responseContent(part);
    }

    /** All that has come by now was given out. */
    void readComplete() {
        exchange.upstreamReadComplete();
    }

    /** The response is whole; takes over the reference. */
    void responseEnd(LastHttpContent last) {
        if (ended) {
            last.release();
        } else {
            exchange.responseEnd(this, last);
        }
    }
}
