package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.RetryClass;
import dev.weir.balancer.incident.Answer;
import dev.weir.balancer.incident.BackendCondition;
import dev.weir.balancer.incident.FirstBytes;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import org.jspecify.annotations.Nullable;

/**
 * What was known of an attempt and its connection when it ended. Made only where somebody will ask: for attempts that fail or
 * are cancelled, and for the one that saves a request.
 *
 * @param failure null: it did not fail
 * @param answer null: no whole head came
 */
record AttemptEnd(
        @Nullable Failure failure,
        RetryClass retryClass,
        @Nullable Answer answer,
        FirstBytes firstBytes,
        BackendCondition condition,
        long sentBytes,
        long receivedBytes,
        long idleNanos,
        long nanos) {

    /** To be called while the attempt still has its connection. */
    static AttemptEnd of(Attempt attempt, @Nullable Failure failure, RetryClass retryClass, long nowNanos) {
        UpstreamConnection connection = attempt.connection();
        BackendCondition condition = condition(attempt, nowNanos);
        if (connection == null) {
            return new AttemptEnd(failure, retryClass, null, FirstBytes.NONE, condition, 0, 0, 0, nowNanos);
        }
        return new AttemptEnd(
                failure,
                retryClass,
                answer(attempt, connection),
                failure == null ? FirstBytes.NONE : FirstBytes.of(connection.firstBytes()),
                condition,
                connection.sentBytes(),
                connection.responseBytes(),
                connection.idleNanos(),
                nowNanos);
    }

    private static BackendCondition condition(Attempt attempt, long nowNanos) {
        Backend backend = attempt.backend();
        BackendCondition condition = backend.condition(nowNanos);
        return attempt.connections().isInPanic() ? condition.amongFewUsable() : condition;
    }

    private static @Nullable Answer answer(Attempt attempt, UpstreamConnection connection) {
        HttpResponse response = attempt.response();
        if (response == null) {
            return null;
        }
        HttpHeaders headers = response.headers();
        Answer.Framing framing;
        if (attempt.isHead() || attempt.status() == 204 || attempt.status() == 304) {
            framing = Answer.Framing.NO_BODY;
        } else if (connection.isCloseDelimited()) {
            framing = Answer.Framing.UNTIL_CLOSE;
        } else if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            framing = Answer.Framing.LENGTH;
        } else {
            framing = Answer.Framing.CHUNKED;
        }
        long announced = framing == Answer.Framing.LENGTH ? HttpUtil.getContentLength(response, -1L) : -1;
        return new Answer(
                attempt.status(),
                framing,
                announced,
                attempt.bodyBytes(),
                headers.get(HttpHeaderNames.SERVER),
                attempt.wantsTls());
    }
}
