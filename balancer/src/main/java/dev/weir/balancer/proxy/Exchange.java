package dev.weir.balancer.proxy;

import dev.weir.balancer.failure.Maintenance;
import dev.weir.balancer.failure.OwnFault;
import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyStatus;
import dev.weir.balancer.failure.RetryAfter;
import dev.weir.balancer.incident.Dossier.Result;
import dev.weir.balancer.incident.WantsTls;
import dev.weir.balancer.metrics.PoolMetrics;
import dev.weir.balancer.metrics.RetryResult;
import dev.weir.balancer.node.DirectMemory;
import dev.weir.balancer.proxy.ExchangeTimer.Wait;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its response: from the client, through one or more {@link Attempts}, back to the client. Streams with
 * back-pressure both ways: {@link RequestRelay}, {@link ResponseRelay}. Confined to the event loop of its client connection;
 * ends exactly once.
 */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    /** How long a backend may take to answer {@code Expect: 100-continue} before the balancer does. */
    private static final long CONTINUE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ClientConnection client;
    private final ProxyLoop loop;
    private final UpstreamPool pool;
    private final ExchangeRecord record;
    private final RequestRelay request;
    private final ResponseRelay response;
    private final Attempts attempts;
    private final ExchangeTimer timer;
    private final boolean head;
    private final boolean http11;
    private boolean ended;

    /** @param record of this request, with the head as the client sent it */
    Exchange(ClientConnection client, HttpRequest request, UpstreamPool pool, ExchangeRecord record) {
        this.client = client;
        this.loop = client.loop();
        this.pool = pool;
        this.record = record;
        this.head = request.method().equals(HttpMethod.HEAD);
        this.http11 = RequestHead.isHttp11(request);
        this.request = new RequestRelay(client, request, pool.config().retry().buffer());
        this.response = new ResponseRelay(client, head, http11, HttpUtil.isKeepAlive(request));
        this.attempts = new Attempts(this, loop, pool, record, this.request);
        this.timer = client.exchangeTimer();
    }

    ProxyLoop loop() {
        return loop;
    }

    RequestRelay request() {
        return request;
    }

    ResponseRelay response() {
        return response;
    }

    Attempts attempts() {
        return attempts;
    }

    ExchangeTimer timer() {
        return timer;
    }

    boolean isHead() {
        return head;
    }

    /** Whether the client may be sent an interim response now. */
    boolean takesInterimResponses() {
        return http11 && !response.hasBegun();
    }

    /** Bytes that wait for a backend to take them, or for another attempt. */
    long waitingBytes() {
        UpstreamConnection connection = attempts.connection();
        return request.keptBytes() + (connection == null ? 0 : connection.waitingBytes());
    }

    void start() {
        if (cameBack() || isTooMuch()) {
            return;
        }
        request.prepare(record.host());
        pool.budget().request(record.beganNanos());
        timer.begin(this, pool.totalNanos() == 0 ? Deadline.NONE : record.beganNanos() + pool.totalNanos());
        attempts.next(false);
    }

    private boolean cameBack() {
        Via via = loop.settings().via();
        boolean back = via.knows(request.headers());
        if (back) {
            fail(ProxyError.PROXY_LOOP_DETECTED, "the request was here before: Via: " + Via.shown(request.headers()));
        }
        return back;
    }

    private boolean isTooMuch() {
        DirectMemory memory = loop.settings().node().memory();
        boolean tooMuch = memory.isShort();
        if (tooMuch) {
            fail(ProxyError.PROXY_RESOURCES_EXHAUSTED, memory.toString());
        }
        return tooMuch;
    }

    // ---- sending

    void send(Attempt on, UpstreamConnection connection, boolean reused) {
        on.on(connection, reused, loop.now());
        connection.begin(on, head);
        boolean asSent = pool.config().preserveHost() && record.host() != null;
        if (request.sendTo(connection, asSent ? null : on.backend().authority())) {
            requestSent(on);
        } else if (request.awaitsContinue()) {
            timer.await(Wait.CONTINUE, CONTINUE_NANOS);
        } else {
            upstreamWritabilityChanged();
        }
        if (!reused || !client.isReading()) {
            connection.flush();
        }
    }

    private void requestSent(Attempt on) {
        boolean unanswered = on.phase() == Phase.REQUEST;
        long now = loop.now();
        request.sent();
        on.requestSent(now);
        if (unanswered) {
            timer.await(Wait.PHASE, pool.responseHeadNanos(), now);
        } else {
            awaitProgress();
        }
    }

    /** Tells the client to send its body. */
    void sayContinue() {
        sayContinue(new DefaultHttpHeaders());
    }

    /** @param headers of the backend's 100 */
    void sayContinue(HttpHeaders headers) {
        request.continued();
        response.interim(HttpResponseStatus.CONTINUE, headers);
        awaitProgress();
    }

    /** Whoever keeps the exchange waiting has to mind a deadline; while that is the client, the backend has not. */
    void awaitProgress() {
        UpstreamConnection connection = attempts.connection();
        if (connection == null || (timer.awaits(Wait.HELD_RESPONSE) && response.isHoldingBack())) {
            return;
        }
        boolean clientTakesNothing = response.hasBegun() && !client.isWritable();
        boolean clientSendsNothing = request.isStreaming() && connection.isWritable();
        if (clientTakesNothing || clientSendsNothing) {
            timer.await(Wait.CLIENT, 0);
        } else {
            timer.await(Wait.PHASE, pool.bodyIdleNanos());
        }
    }

    // ---- from the client

    /** A part of the request's body; takes over its reference. */
    void requestContent(HttpContent part) {
        record.received(part.content().readableBytes());
        if (part instanceof LastHttpContent last) {
            HopByHop.stripTrailers(last.trailingHeaders());
        }
        long maxBody = client.config().maxBody();
        if (maxBody != 0 && record.bytesIn() > maxBody) {
            part.release();
            reject(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "the body is longer than " + maxBody + " bytes");
            return;
        }
        Attempt current = attempts.current();
        UpstreamConnection connection = attempts.connection();
        if (!request.isStreaming() || current == null || connection == null) {
            request.hold(part);
            return;
        }
        if (timer.awaits(Wait.CONTINUE)) { // it did not wait, and need not be told
            awaitProgress();
        }
        request.stream(part, connection);
        if (part instanceof LastHttpContent) {
            requestSent(current);
        } else if (!connection.isWritable()) {
            upstreamWritabilityChanged();
        }
    }

    void clientReadComplete() {
        UpstreamConnection connection = attempts.connection();
        if (connection != null) {
            connection.flush();
        }
    }

    void clientWritabilityChanged() {
        UpstreamConnection connection = attempts.connection();
        if (connection == null || !response.hasBegun()) {
            return;
        }
        if (client.isWritable()) {
            client.stopAwaitingWritable();
            connection.resumeReading();
        } else {
            connection.pauseReading();
            client.awaitWritable();
        }
        awaitProgress();
    }

    /** The client neither sends what it announced nor takes what it is sent. */
    void clientStalled() {
        if (response.hasBegun()) {
            attempts.cancel();
            record.failed(ProxyError.HTTP_REQUEST_ERROR, "the client did not take the response in time");
            finish(PoolMetrics.CLIENT_GONE, Result.CLIENT_LEFT);
            client.abort();
        } else {
            reject(HttpResponseStatus.REQUEST_TIMEOUT, "the request's body did not come in time");
        }
    }

    /** The client did something wrong in the middle of its request. */
    void reject(HttpResponseStatus status, String reason) {
        attempts.cancel();
        response.drop();
        String incident = record.failed(ProxyError.HTTP_REQUEST_ERROR, reason);
        pool.metrics().failure(ProxyError.HTTP_REQUEST_ERROR);
        if (response.hasBegun()) {
            finish(response.status(), Result.CUT);
            client.abort();
            return;
        }
        String proxyStatus = ProxyStatus.value(ProxyError.HTTP_REQUEST_ERROR, 0, reason);
        answer(ProxyError.HTTP_REQUEST_ERROR, status.code(), proxyStatus, incident, 0);
    }

    void clientGone() {
        if (ended) {
            return;
        }
        attempts.cancel();
        response.drop();
        finish(PoolMetrics.CLIENT_GONE, null);
    }

    // ---- from the backend

    void upstreamWritabilityChanged() {
        UpstreamConnection connection = attempts.connection();
        if (!request.isStreaming() || connection == null) {
            return;
        }
        request.pace(connection);
        if (!timer.awaits(Wait.CONTINUE)) {
            awaitProgress();
        }
    }

    /** There is a response that the client is to get. */
    void answered(HttpResponse backendResponse) {
        attempts.addCookie(backendResponse.headers());
        if (request.mayLackBody()) {
            response.endConnection();
        }
        response.hold(backendResponse);
        timer.await(Wait.PHASE, pool.bodyIdleNanos());
    }

    /** A part of the response's body; takes over its reference. */
    void responseContent(HttpContent part) {
        response.content(part);
        if (!response.hasBegun()) {
            return;
        }
        request.giveUp();
        if (client.isWritable()) {
            awaitProgress();
        } else {
            clientWritabilityChanged();
        }
    }

    void upstreamReadComplete() {
        if (response.isHoldingBack()) {
            if (!timer.awaits(Wait.HELD_RESPONSE)) {
                timer.await(Wait.HELD_RESPONSE, ResponseRelay.PATIENCE_NANOS);
            }
        } else if (response.isHolding()) {
            response.begin();
            request.giveUp();
            awaitProgress();
        }
        response.flush();
    }

    /** What was held back of a response is held back no longer. */
    void passResponseOn() {
        response.begin();
        request.giveUp();
        response.flush();
        awaitProgress();
    }

    /** The response is whole; takes over the reference. */
    void responseEnd(Attempt answered, LastHttpContent last) {
        HopByHop.stripTrailers(last.trailingHeaders());
        if (answered.status() == HttpResponseStatus.BAD_REQUEST.code() && WantsTls.isSaidIn(response.heldText(last))) {
            answered.saidThatItWantsTls();
        }
        Result result = worthRemembering(answered);
        attempts.succeeded(answered, result);
        response.end(last);
        if (result != null) {
            record.saved();
        }
        finish(response.status(), result);
        client.requests().ended(response.keepsAlive());
    }

    // ---- the end

    /** @return null for a request that went as it should */
    private @Nullable Result worthRemembering(Attempt answered) {
        int status = answered.status();
        boolean likeOurs =
                status >= HttpResponseStatus.BAD_GATEWAY.code() && status <= HttpResponseStatus.GATEWAY_TIMEOUT.code();
        if (likeOurs || answered.wantsTls()) {
            return Result.RELAYED; // whoever sees it will think that it is the balancer's, or the client's
        }
        return record.attempts().size() == 1 ? null : Result.SAVED;
    }

    /** A bug, be it of a strategy or of the balancer: the client is told, and the log says more. */
    void internalError(Throwable bug) {
        if (ended) {
            return;
        }
        attempts.retryEnded(RetryResult.FAILURE);
        attempts.cancel();
        if (bug instanceof OutOfMemoryError) {
            DirectMemory memory = loop.settings().node().memory();
            memory.ranOut();
            loop.settings().metrics().ownFault(OwnFault.MEMORY);
            fail(ProxyError.PROXY_RESOURCES_EXHAUSTED, bug.getMessage() + "; " + memory);
            return;
        }
        String incident = fail(ProxyError.PROXY_INTERNAL_ERROR, bug.toString());
        LOG.error("incident {}: the balancer itself failed", incident, bug);
    }

    /** @return the incident's id */
    String fail(ProxyError error, @Nullable String detail) {
        return fail(error, detail, null);
    }

    /**
     * @param rcode what a name server said, for the client to read; null: that was not it
     * @return the incident's id
     */
    String fail(ProxyError error, @Nullable String detail, @Nullable String rcode) {
        String incident = record.failed(error, detail);
        pool.metrics().failure(error);
        response.drop();
        if (response.hasBegun()) {
            finish(response.status(), Result.CUT);
            client.abort();
        } else {
            int status = error.status(loop.settings().rfc9209());
            String proxyStatus = ProxyStatus.value(error, rcode);
            answer(error, status, proxyStatus, incident, pool.retryAfterSeconds(error));
        }
        return incident;
    }

    /** Operators closed the pool, or took out whoever was left. */
    void refuse(Maintenance maintenance) {
        ProxyError error = ProxyError.PROXY_INTERNAL_RESPONSE;
        String message = maintenance.message();
        String incident = record.failed(error, message == null ? "operators took out every backend" : message);
        pool.metrics().failure(error);
        response.drop();
        int status = error.status(loop.settings().rfc9209());
        int retryAfter =
                RetryAfter.seconds(maintenance, loop.settings().epochMillis().getAsLong());
        boolean keepAlive = client.isRequestComplete() && !client.mustClose();
        response.whole(
                BalancerResponse.of(maintenance, error, status, incident, retryAfter, request.headers(), loop.date()),
                keepAlive);
        answered(status);
    }

    private void answer(ProxyError error, int status, String proxyStatus, String incident, int retryAfter) {
        boolean keepAlive = client.isRequestComplete() && !client.mustClose();
        response.whole(
                BalancerResponse.of(error, status, proxyStatus, incident, retryAfter, request.headers(), loop.date()),
                keepAlive);
        answered(status);
    }

    private void answered(int status) {
        finish(status, Result.FAILED);
        client.requests().ended(response.keepsAlive());
    }

    /**
     * @param status what the client got, or 499
     * @param result null: there is nothing to remember
     */
    private void finish(int status, @Nullable Result result) {
        ended = true;
        timer.end();
        request.giveUp();
        long now = loop.now();
        PoolMetrics metrics = pool.metrics();
        metrics.response(status, now - record.beganNanos());
        metrics.received(record.bytesIn());
        metrics.sent(response.bytes());
        try {
            if (result != null) {
                record.remember(result, status, pool, response.bytes(), now);
            }
            record.log(status, pool, response.bytes(), now);
        } catch (RuntimeException bug) { // the client is to get its answer all the same
            LOG.error("incident {}: it cannot be described, which is a bug of the balancer", record.incident(), bug);
        }
    }
}
