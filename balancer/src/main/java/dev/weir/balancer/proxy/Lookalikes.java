package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendStats;
import dev.weir.balancer.failure.Errno;
import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.ProxyError;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.TimeUnit;

/** Tells apart what looks alike: whose fault a hang-up is, and whether an answer is one. Pure. */
final class Lookalikes {
    /** Bytes of a request's head that some servers do not take: uWSGI's default, and the page of most others. */
    private static final int LARGE_HEAD = 4 * 1024;

    /** No server waits for a request, or for the rest of one, for a shorter time. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** An answer is not older when somebody was just answered. */
    private static final long JUST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private Lookalikes() {}

    /**
     * Whether the backend may not have seen the request at all, since it was just closing an idle connection, or since nobody
     * is there any more, as the kernel says that finds nothing acknowledged.
     */
    static boolean stale(Attempt attempt, Failure failure, long responseBytes) {
        boolean unacknowledged = responseBytes == 0 && failure.errno() == Errno.ETIMEDOUT;
        return attempt.isReused() && (unacknowledged || hungUp(failure, responseBytes));
    }

    /**
     * Whether a backend that hung up probably did so because the request's head is too large for it: that is no reason to
     * keep others from a backend that answers them.
     */
    static boolean headTooLarge(
            Attempt attempt, Failure failure, long responseBytes, RequestRelay request, long nowNanos) {
        Backend backend = attempt.backend();
        return hungUp(failure, responseBytes)
                && !attempt.isReused()
                && attempt.connection() != null
                && backend.stats().consecutiveFailures() == 0
                && backend.stats().latency().micros(nowNanos) > 0
                && DossierWriter.headBytes(request.method().name(), request.target(), request.headers()) > LARGE_HEAD;
    }

    /**
     * Whether a backend that did not answer in time may be well, and the route slow: it has answered others meanwhile, or it had
     * just answered others when a whole batch of such requests went out, of which one counts. What is sent to a backend that had
     * answered nobody for a while counts each time: then it is as good as dead, and to be found out soon.
     */
    static boolean slowRoute(Attempt attempt, Failure failure, long nowNanos) {
        if (failure.error() != ProxyError.HTTP_RESPONSE_TIMEOUT) {
            return false;
        }
        BackendStats stats = attempt.backend().stats();
        long sent = attempt.sentNanos();
        if (stats.latency().sampledAfter(sent)) {
            return true;
        }
        boolean first = stats.timedOutFirst(sent, nowNanos);
        boolean wasWell = stats.latency().sampledAfter(sent - Math.min(nowNanos - sent, JUST_NANOS));
        return wasWell && !first;
    }

    private static boolean hungUp(Failure failure, long responseBytes) {
        return responseBytes == 0 && failure.error() == ProxyError.CONNECTION_TERMINATED;
    }

    /**
     * Whether an answer says that no whole request came in time (RFC 9110 section 15.5.9), though the balancer has only just got
     * the connection: so end idle connections, and some new ones. Whatever the request, it was not processed then.
     */
    static boolean unaskedTimeout(Attempt answered, HttpResponse head) {
        return answered.status() == HttpResponseStatus.REQUEST_TIMEOUT.code()
                && head.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true)
                && answered.headNanos() - answered.connectedNanos() < PATIENCE_NANOS;
    }
}
