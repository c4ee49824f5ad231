package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.FailureClassifier;
import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryClass;
import dev.weir.balancer.failure.RetryDecision;
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
    private final long lostBefore;
    private Phase phase = Phase.CONNECT;
    private @Nullable UpstreamConnection connection;
    private boolean reused;
    private boolean ended;
    private boolean wantsTls;
    private long connectedNanos;
    private long sentNanos;
    private long headNanos;
    private long latencyNanos;
    private int status;
    private long bodyBytes;
    private int interimResponses;
    private @Nullable HttpResponse response;
    private @Nullable AttemptEnd end;
    private RetryDecision decision = RetryDecision.NONE;

    Attempt(Exchange exchange, Backend backend, BackendConnections connections, long nowNanos) {
        this.exchange = exchange;
        this.backend = backend;
        this.connections = connections;
        this.beganNanos = nowNanos;
        this.lostBefore = exchange.loop().wheel().lostNanos();
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

    /** Whether the connection had been idle before, and the backend may have been about to close it. */
    boolean isReused() {
        return reused;
    }

    /** When the connection stood; 0: never. */
    long connectedNanos() {
        return connectedNanos;
    }

    /** When the whole request had been handed to the connection; 0: never. */
    long sentNanos() {
        return sentNanos;
    }

    /** When the response's head had come; 0: never. */
    long headNanos() {
        return headNanos;
    }

    /** Time until the response's head, without that in which this node stood still. */
    long latencyNanos() {
        return latencyNanos;
    }

    /** Of the backend's response; 0: none. */
    int status() {
        return status;
    }

    boolean isEnded() {
        return ended;
    }

    /** Whether the backend said that it wants TLS. */
    boolean wantsTls() {
        return wantsTls;
    }

    void saidThatItWantsTls() {
        wantsTls = true;
    }

    /** The response's head, perhaps as it was changed for the client; null: none came. */
    @Nullable
    HttpResponse response() {
        return response;
    }

    /** Bytes of the response's body that have come. */
    long bodyBytes() {
        return bodyBytes;
    }

    /** Null: it did not fail, or not yet. */
    @Nullable
    Failure failure() {
        return end == null ? null : end.failure();
    }

    /** Whether another one followed. */
    RetryDecision decision() {
        return decision;
    }

    /** How it ended, or how things stand. */
    AttemptEnd endFacts(long nowNanos) {
        return end == null ? AttemptEnd.of(this, null, RetryClass.R3, nowNanos) : end;
    }

    /** Whether the request fits the backend's receive window, whether or not it is read. */
    boolean sendsLittle() {
        return exchange.request().isNoLongerThan(DeadPeer.LITTLE);
    }

    boolean isHead() {
        return exchange.isHead();
    }

    // ---- from the exchange

    void on(UpstreamConnection taken, boolean wasIdle, long nowNanos) {
        connection = taken;
        reused = wasIdle;
        connectedNanos = nowNanos;
        phase = Phase.REQUEST;
    }

    void requestSent(long nowNanos) {
        sentNanos = nowNanos;
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

    /** @param facts null: nobody will ask */
    void end(@Nullable AttemptEnd facts) {
        ended = true;
        end = facts;
        connection = null;
    }

    void decided(RetryDecision made) {
        decision = made;
    }

    // ---- from the connections

    /** Whether the request was tried there before, or is now. */
    boolean hasTried(Backend other) {
        return exchange.attempts().tried(other);
    }

    /**
     * @param wasIdle whether it was opened for another attempt, and waited for this one
     * @return whether the connection is still wanted
     */
    boolean connected(UpstreamConnection taken, boolean wasIdle) {
        if (ended) {
            return false;
        }
        exchange.send(this, taken, wasIdle);
        return true;
    }

    void connectFailed(Throwable cause) {
        if (!ended) {
            Failure failure = OwnFaults.explain(Failure.of(cause, Phase.CONNECT), backend, exchange.loop());
            exchange.attempts().failed(this, failure, 0);
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

    void responseHead(HttpResponse head) {
        if (ended) {
            return;
        }
        Failure wrong = ResponseHead.check(head, phase);
        if (wrong != null) {
            refuse(wrong);
            return;
        }
        response = head;
        status = head.status().code();
        ProxyLoop loop = exchange.loop();
        headNanos = loop.now();
        // Not less than none: a pause counts from the tick that it kept away, which may be before the attempt began.
        latencyNanos = Math.max(0, headNanos - beganNanos - (loop.wheel().lostNanos() - lostBefore));
        phase = Phase.RESPONSE_BODY;
        if (!exchange.attempts().endedByAnswer(this, head)) {
            exchange.answered(head);
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
        bodyBytes += part.content().readableBytes();
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
            bodyBytes += last.content().readableBytes();
            exchange.responseEnd(this, last);
        }
    }
}
