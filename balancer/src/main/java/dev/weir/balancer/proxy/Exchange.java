package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendStats;
import dev.weir.balancer.backend.PickContext;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.FailureClassifier;
import dev.weir.balancer.failure.Outcome;
import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryClass;
import dev.weir.balancer.metrics.PoolMetrics;
import dev.weir.balancer.metrics.RetryResult;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its response: from the client, through one or more {@link Attempt}s, back to the client. Streams with
 * back-pressure both ways. Confined to the event loop of its client connection; ends exactly once.
 */
final class Exchange implements PickContext, WaitQueue.Waiter {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    /** How long a backend may take to answer {@code Expect: 100-continue} before the balancer does. */
    private static final long CONTINUE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** After a write to a backend failed, how long an answer that it may have sent before is waited for. */
    private static final long LAST_WORDS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int MAX_INTERIM_RESPONSES = 20;
    private static final Outcome SUCCESS = new Outcome.Success();
    private static final Outcome CLIENT_GONE = new Outcome.ClientGone();

    /** What the exchange's deadline means when it expires. */
    private enum Wait {
        QUEUE,
        /** The phase of the attempt: the backend keeps it waiting. */
        PHASE,
        /** The client keeps it waiting: only the total time counts here, the rest is up to the client's connection. */
        CLIENT,
        /** A backend's answer to Expect. */
        CONTINUE,
        /** The rest of a short response. */
        SHORT_RESPONSE,
        LAST_WORDS
    }

    private final ClientConnection client;
    private final ProxyLoop loop;
    private final HttpRequest request;
    private final UpstreamPool pool;
    private final ExchangeRecord record;
    private final ResponseRelay response;
    private final RequestBody body;
    private final boolean hasBody;
    private final boolean head;
    private final boolean http11;
    private final boolean expectsContinue;
    private final long totalDeadlineNanos;
    private final List<Backend> full = new ArrayList<>(0);
    private @Nullable Attempt attempt;
    private Wait wait = Wait.PHASE;
    private long queueDeadlineNanos = Deadline.NONE;
    private @Nullable ProxyError retryReason;
    private @Nullable String setCookie;
    private int interimResponses;
    private boolean freshOnly;
    private boolean continued;
    private boolean streaming;
    private boolean ended;

    /** In the pool's queue; read by other threads. */
    private volatile boolean queued;

    /** @param record of this request, with the head as the client sent it */
    Exchange(ClientConnection client, HttpRequest request, UpstreamPool pool, ExchangeRecord record) {
        this.client = client;
        this.loop = client.loop();
        this.request = request;
        this.pool = pool;
        this.record = record;
        this.hasBody = RequestHead.hasBody(request);
        this.head = request.method().equals(HttpMethod.HEAD);
        this.http11 = RequestHead.isHttp11(request);
        this.expectsContinue = hasBody && http11 && request.headers().contains(HttpHeaderNames.EXPECT);
        this.response = new ResponseRelay(client, head, http11, HttpUtil.isKeepAlive(request));
        this.body = new RequestBody(pool.config().retry().buffer());
        this.totalDeadlineNanos = pool.totalNanos() == 0 ? Deadline.NONE : record.beganNanos() + pool.totalNanos();
    }

    boolean isHead() {
        return head;
    }

    /** Whether an interim response may be sent now, to find out whether the client is still there. */
    boolean mayProbe() {
        return http11 && !response.hasBegun();
    }

    void start() {
        HttpHeaders headers = request.headers();
        HopByHop.stripRequest(headers);
        client.forwarded().write(headers, request.protocolVersion(), record.host());
        if (!expectsContinue) {
            headers.remove(HttpHeaderNames.EXPECT);
        }
        pool.budget().request(record.beganNanos());
        nextAttempt(false);
    }

    // ---- attempts

    /** @param waited whether it was this one's turn in the queue */
    private void nextAttempt(boolean waited) {
        try {
            pickAndBegin(waited);
        } catch (RuntimeException bug) { // strategies may be anybody's code
            internalError(bug);
        }
    }

    private void pickAndBegin(boolean waited) {
        Picker picker = pool.backends().snapshot().picker();
        int limit = pool.config().connections().perBackend();
        boolean behindOthers = limit != 0 && !waited && !pool.queue().isEmpty();
        full.clear();
        while (true) {
            setCookie = null;
            Backend backend = picker.pick(this);
            if (backend == null) {
                noBackendLeft();
                return;
            }
            boolean noneButFailed = !full.isEmpty() && attempted(backend);
            if (noneButFailed || full.contains(backend)) { // all others are full
                enqueue(waited);
                return;
            }
            if (!behindOthers && backend.stats().tryBegin(limit)) {
                begin(backend);
                return;
            }
            full.add(backend);
        }
    }

    private void noBackendLeft() {
        retryEnded(RetryResult.NO_BACKEND_LEFT);
        fail(ProxyError.DESTINATION_UNAVAILABLE, "no backend of the pool is usable");
    }

    private void begin(Backend backend) {
        queueDeadlineNanos = Deadline.NONE;
        BackendConnections connections = loop.connections(backend, pool);
        Attempt next = new Attempt(this, backend, connections, loop.now());
        attempt = next;
        record.attempts().add(next);
        UpstreamConnection idle = freshOnly ? null : connections.poll();
        if (idle != null) {
            connections.metrics().connectionReused();
            send(next, idle, true);
            if (!client.isReading()) {
                idle.flush();
            }
        } else {
            await(Wait.PHASE, pool.connectNanos());
            connections.connect(next);
        }
    }

    void connected(Attempt on, UpstreamConnection fresh) {
        send(on, fresh, false);
        fresh.flush();
    }

    void connectFailed(Attempt on, Throwable cause) {
        attemptFailed(on, Failure.of(cause, Phase.CONNECT), 0);
    }

    private void send(Attempt on, UpstreamConnection connection, boolean reused) {
        on.on(connection, reused, loop.now());
        interimResponses = 0;
        connection.begin(this, head);
        HttpHeaders headers = request.headers();
        if (!pool.config().preserveHost() || record.host() == null) {
            headers.set(HttpHeaderNames.HOST, on.backend().id());
        }
        if (!hasBody) {
            connection.write(
                    new DefaultFullHttpRequest(
                            HttpVersion.HTTP_1_1,
                            request.method(),
                            request.uri(),
                            Unpooled.EMPTY_BUFFER,
                            headers,
                            EmptyHttpHeaders.INSTANCE),
                    1);
            requestSent(on);
            return;
        }
        if (continued) {
            headers.remove(HttpHeaderNames.EXPECT);
        }
        connection.write(new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), request.uri(), headers), 1);
        body.sendTo(connection);
        if (client.isRequestComplete()) {
            requestSent(on);
            return;
        }
        streaming = true;
        if (expectsContinue && !continued) {
            await(Wait.CONTINUE, CONTINUE_NANOS);
        } else {
            upstreamWritabilityChanged();
        }
    }

    private void requestSent(Attempt on) {
        streaming = false;
        if (hasBody) {
            client.resumeReading();
        }
        if (on.phase() == Phase.REQUEST) {
            on.phase(Phase.RESPONSE_HEAD);
            await(Wait.PHASE, pool.responseHeadNanos());
        } else {
            awaitProgress();
        }
    }

    private void attemptFailed(Attempt failed, Failure failure, long responseBytes) {
        UpstreamConnection connection = failed.connection();
        RetryClass retryClass = RetryClass.of(
                failed.phase(), connection == null ? 0 : connection.sentBytes(), responseBytes, response.hasBegun());
        boolean stale = failed.isReused() && responseBytes == 0 && failure.error() == ProxyError.CONNECTION_TERMINATED;
        end(failed, stale ? new Outcome.Ignored(failure) : new Outcome.BackendFailure(failure));
        freshOnly = stale;
        retryOrFail(retryClass, failure);
    }

    private void retryOrFail(RetryClass retryClass, Failure failure) {
        RetryResult refusal = refusal(retryClass, failure.error());
        if (refusal == null) {
            response.drop();
            retryReason = failure.error();
            nextAttempt(false);
        } else {
            pool.metrics().retry(failure.error(), refusal);
            fail(failure.error(), failure.detail());
        }
    }

    private @Nullable RetryResult refusal(RetryClass retryClass, ProxyError error) {
        long now = loop.now();
        if (now >= totalDeadlineNanos) {
            return RetryResult.NO_TIME_LEFT;
        }
        return RetryPolicy.refusal(
                pool.config().retry(),
                retryClass,
                error,
                request.method(),
                record.attempts().size(),
                body.isReplayable(),
                pool.budget(),
                now);
    }

    /** Each attempt comes here once. */
    private void end(Attempt ending, Outcome outcome) {
        BackendStats stats = ending.backend().stats();
        attempt = null;
        streaming = false;
        stats.end();
        Failure failure = switch (outcome) {
            case Outcome.Success _ -> {
                stats.succeeded();
                stats.latency().add(ending.headNanos() - ending.beganNanos(), ending.headNanos());
                yield null;
            }
            case Outcome.BackendFailure(Failure why) -> {
                if (why.error().blamesBackend()) {
                    pool.failed(ending.backend(), why.error());
                }
                yield why;
            }
            case Outcome.Ignored(Failure why) -> why;
            case Outcome.ClientGone _ -> null;
        };
        if (failure != null) {
            ending.connections().metrics().failure(failure.error());
        }
        if (ending.status() != 0) {
            stats.response(ending.status());
        }
        if (!(outcome instanceof Outcome.ClientGone)) {
            retryEnded(failure == null ? RetryResult.SUCCESS : RetryResult.FAILURE);
        }
        ending.end(failure);
        pool.queue().wakeOne();
    }

    /** If an attempt had failed before, it is known now what became of the next one. */
    private void retryEnded(RetryResult result) {
        ProxyError reason = retryReason;
        if (reason != null) {
            retryReason = null;
            pool.metrics().retry(reason, result);
        }
    }

    /** Ends the attempt that is under way, for a reason that does not lie with the backend. */
    private void cancelAttempt() {
        leaveQueue();
        Attempt current = attempt;
        if (current != null) {
            UpstreamConnection connection = current.connection();
            if (connection != null) {
                connection.abandon();
            }
            end(current, CLIENT_GONE);
        }
        retryEnded(RetryResult.CLIENT_GONE);
    }

    // ---- the queue for a connection

    private void enqueue(boolean again) {
        if (queueDeadlineNanos == Deadline.NONE && pool.queueNanos() != 0) {
            queueDeadlineNanos = loop.now() + pool.queueNanos();
        }
        queued = true;
        if (again) {
            pool.queue().offerAgain(this);
        } else if (!pool.queue().offer(this)) {
            queued = false;
            pool.metrics().queueOverflow();
            retryEnded(RetryResult.NO_BACKEND_LEFT);
            fail(ProxyError.CONNECTION_LIMIT_REACHED, "the pool's queue is full");
            return;
        }
        pool.metrics().queued(1);
        wait = Wait.QUEUE;
        loop.wheel().set(client.exchangeDeadline(), Math.min(queueDeadlineNanos, totalDeadlineNanos));
    }

    @Override
    public void wake() {
        loop.execute(() -> {
            if (queued) {
                queued = false;
                pool.metrics().queued(-1);
                nextAttempt(true);
            }
            if (!queued && hasRoomLeft()) {
                pool.queue().wakeOne();
            }
        });
    }

    /** Whether another one could be served as well: this one left meanwhile, or failed, or does not need all the room. */
    private boolean hasRoomLeft() {
        Attempt current = attempt;
        return current == null
                || current.backend().stats().inFlight()
                        < pool.config().connections().perBackend();
    }

    @Override
    public boolean gone() {
        return !queued;
    }

    @Override
    public boolean seesRoom() {
        int limit = pool.config().connections().perBackend();
        for (int i = 0; i < full.size(); i++) {
            if (full.get(i).stats().inFlight() < limit) {
                return true;
            }
        }
        return false;
    }

    private void leaveQueue() {
        if (queued) {
            queued = false;
            pool.metrics().queued(-1);
            pool.queue().leave(this);
        }
    }

    // ---- the end

    /** A bug, be it of a strategy or of the balancer: the client is told, and the log says more. */
    void internalError(Throwable bug) {
        if (ended) {
            return;
        }
        retryEnded(RetryResult.FAILURE);
        cancelAttempt();
        String incident = fail(ProxyError.PROXY_INTERNAL_ERROR, bug.toString());
        LOG.error("incident {}: the balancer itself failed", incident, bug);
    }

    /** @return the incident's id */
    private String fail(ProxyError error, @Nullable String detail) {
        String incident = record.failed(error, detail);
        pool.metrics().failure(error);
        response.drop();
        if (response.hasBegun()) {
            finish(response.status());
            cutClient();
        } else {
            int status = error.status(loop.settings().rfc9209());
            answer(error, status, null, incident, pool.retryAfterSeconds(error));
        }
        return incident;
    }

    /** The response has begun, and will not come to its end: that must not look like one. */
    private void cutClient() {
        if (response.isCloseDelimited()) {
            client.reset();
        } else {
            client.abort();
        }
    }

    private void answer(ProxyError error, int status, @Nullable String details, String incident, int retryAfter) {
        boolean keepAlive = client.isRequestComplete() && !client.mustClose();
        response.whole(
                BalancerResponse.of(error, status, details, incident, retryAfter, request.headers(), loop.date()),
                keepAlive);
        finish(status);
        client.exchangeEnded(response.keepsAlive());
    }

    private void finish(int status) {
        ended = true;
        body.giveUp();
        long now = loop.now();
        PoolMetrics metrics = pool.metrics();
        metrics.response(status, now - record.beganNanos());
        metrics.received(record.bytesIn());
        metrics.sent(response.bytes());
        record.log(status, pool.config().name(), response.bytes(), now);
    }

    // ---- deadlines

    /** @param timeoutNanos 0: none, but for the total one */
    private void await(Wait what, long timeoutNanos) {
        wait = what;
        long at = timeoutNanos == 0 ? Deadline.NONE : loop.now() + timeoutNanos;
        loop.wheel().set(client.exchangeDeadline(), Math.min(at, totalDeadlineNanos));
    }

    /** Whoever keeps the exchange waiting has to mind a deadline; while that is the client, the backend has not. */
    private void awaitProgress() {
        Attempt current = attempt;
        UpstreamConnection connection = current == null ? null : current.connection();
        if (connection == null || (wait == Wait.SHORT_RESPONSE && response.isHoldingShort())) {
            return;
        }
        boolean clientTakesNothing = response.hasBegun() && !client.isWritable();
        boolean clientSendsNothing = streaming && connection.isWritable();
        if (clientTakesNothing || clientSendsNothing) {
            await(Wait.CLIENT, 0);
        } else {
            await(Wait.PHASE, pool.bodyIdleNanos());
        }
    }

    void expired(long nowNanos) {
        if (wait == Wait.CLIENT) {
            clientStalled();
            return;
        }
        if (nowNanos < totalDeadlineNanos) {
            switch (wait) {
                case CONTINUE -> {
                    sayContinue(new DefaultHttpHeaders());
                    awaitProgress();
                    return;
                }
                case SHORT_RESPONSE -> {
                    response.begin();
                    response.flush();
                    awaitProgress();
                    return;
                }
                default -> {
                    // overdue
                }
            }
        }
        if (queued) {
            leaveQueue();
            pool.metrics().queueTimeout();
            retryEnded(RetryResult.NO_BACKEND_LEFT);
            fail(ProxyError.CONNECTION_LIMIT_REACHED, "no backend had room in time");
            return;
        }
        Attempt current = attempt;
        if (current != null) {
            attemptOverdue(current);
        }
    }

    private void attemptOverdue(Attempt current) {
        UpstreamConnection connection = current.connection();
        long responseBytes = connection == null ? 0 : connection.responseBytes();
        ProxyError error = wait == Wait.LAST_WORDS
                ? ProxyError.CONNECTION_TERMINATED
                : FailureClassifier.deadline(current.phase());
        if (connection != null) {
            connection.abandon();
        }
        attemptFailed(
                current,
                new Failure(
                        error,
                        current.phase(),
                        null,
                        "the deadline of the phase " + current.phase().label() + " passed"),
                responseBytes);
    }

    // ---- from the client

    /** A part of the request's body; takes over its reference. */
    void requestContent(HttpContent part) {
        int bytes = part.content().readableBytes();
        record.received(bytes);
        if (part instanceof LastHttpContent last) {
            HopByHop.stripTrailers(last.trailingHeaders());
        }
        long maxBody = client.config().maxBody();
        if (maxBody != 0 && record.bytesIn() > maxBody) {
            part.release();
            reject(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "the body is longer than " + maxBody + " bytes");
            return;
        }
        Attempt current = attempt;
        UpstreamConnection connection = current == null ? null : current.connection();
        if (!streaming || current == null || connection == null) {
            body.hold(part);
            if (body.isFull()) {
                client.pauseReading();
            }
            return;
        }
        if (wait == Wait.CONTINUE) { // it did not wait, and need not be told
            awaitProgress();
        }
        body.sending(part);
        connection.write(part, bytes);
        if (part instanceof LastHttpContent) {
            requestSent(current);
        } else if (!connection.isWritable()) {
            upstreamWritabilityChanged();
        }
    }

    void clientReadComplete() {
        Attempt current = attempt;
        if (current != null) {
            UpstreamConnection connection = current.connection();
            if (connection != null) {
                connection.flush();
            }
        }
    }

    void clientWritabilityChanged() {
        Attempt current = attempt;
        UpstreamConnection connection = current == null ? null : current.connection();
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
            cancelAttempt();
            record.failed(ProxyError.HTTP_REQUEST_ERROR, "the client did not take the response in time");
            finish(PoolMetrics.CLIENT_GONE);
            cutClient();
        } else {
            reject(HttpResponseStatus.REQUEST_TIMEOUT, "the request's body did not come in time");
        }
    }

    /** The client did something wrong in the middle of its request. */
    void reject(HttpResponseStatus status, String reason) {
        cancelAttempt();
        response.drop();
        String incident = record.failed(ProxyError.HTTP_REQUEST_ERROR, reason);
        pool.metrics().failure(ProxyError.HTTP_REQUEST_ERROR);
        if (response.hasBegun()) {
            finish(response.status());
            cutClient();
            return;
        }
        answer(ProxyError.HTTP_REQUEST_ERROR, status.code(), reason, incident, 0);
    }

    void clientGone() {
        if (ended) {
            return;
        }
        cancelAttempt();
        response.drop();
        finish(PoolMetrics.CLIENT_GONE);
    }

    // ---- from the backend

    void upstreamWritabilityChanged() {
        Attempt current = attempt;
        UpstreamConnection connection = current == null ? null : current.connection();
        if (!streaming || connection == null) {
            return;
        }
        if (connection.isWritable()) {
            client.resumeReading();
        } else {
            client.pauseReading();
        }
        if (wait != Wait.CONTINUE) {
            awaitProgress();
        }
    }

    /** A write failed, or a read: if it was the read, the end follows at once. */
    void upstreamWriteFailed() {
        if (streaming) {
            streaming = false;
            client.pauseReading();
        }
        if (response.isHolding() || response.hasBegun()) {
            awaitProgress(); // of the backend alone: nothing more is sent
        } else {
            await(Wait.LAST_WORDS, LAST_WORDS_NANOS);
        }
    }

    void upstreamFailed(Throwable cause, long responseBytes) {
        Attempt current = attempt;
        if (current != null) {
            attemptFailed(current, Failure.of(cause, current.phase(), responseBytes), responseBytes);
        }
    }

    void responseInterim(HttpResponse interim) {
        Attempt current = attempt;
        if (current == null) {
            return;
        }
        if (++interimResponses > MAX_INTERIM_RESPONSES) {
            refuseResponse(
                    current,
                    ProxyError.HTTP_PROTOCOL_ERROR,
                    "more than " + MAX_INTERIM_RESPONSES + " interim responses");
        } else if (interim.status().code() == HttpResponseStatus.CONTINUE.code()) {
            if (wait == Wait.CONTINUE) {
                sayContinue(interim.headers());
                awaitProgress();
            }
        } else if (interim.status().code() == HttpResponseStatus.EARLY_HINTS.code() && http11 && !response.hasBegun()) {
            response.interim(interim.status(), interim.headers());
        }
    }

    private void sayContinue(HttpHeaders headers) {
        continued = true;
        response.interim(HttpResponseStatus.CONTINUE, headers);
    }

    void responseHead(HttpResponse backendResponse) {
        Attempt current = attempt;
        if (current == null) {
            return;
        }
        int status = backendResponse.status().code();
        if (backendResponse.protocolVersion().majorVersion() != 1) {
            refuseResponse(
                    current,
                    ProxyError.HTTP_PROTOCOL_ERROR,
                    "the backend answered in " + backendResponse.protocolVersion());
            return;
        }
        if (status < 200 || status > 599) {
            ProxyError error = status == 101 ? ProxyError.HTTP_UPGRADE_FAILED : ProxyError.HTTP_PROTOCOL_ERROR;
            refuseResponse(current, error, "the backend answered with status " + status);
            return;
        }
        String coding = backendResponse.headers().get(HttpHeaderNames.TRANSFER_ENCODING);
        if (coding != null && !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding)) {
            refuseResponse(current, ProxyError.HTTP_RESPONSE_TRANSFER_CODING, "Transfer-Encoding: " + coding);
            return;
        }
        current.answered(status, loop.now());
        if (pool.config().retry().onStatus().contains(status) && retriedForStatus(current, status)) {
            return;
        }
        if (setCookie != null) {
            backendResponse.headers().add(HttpHeaderNames.SET_COOKIE, setCookie);
        }
        if (expectsContinue && !continued && !client.isRequestComplete()) {
            response.endConnection(); // nobody knows whether the body will come
        }
        response.hold(backendResponse);
        await(Wait.PHASE, pool.bodyIdleNanos());
    }

    /** A backend's own 5xx: another one may do better, but this is what the client gets if not. */
    private boolean retriedForStatus(Attempt current, int status) {
        RetryResult refusal = refusal(RetryClass.R2, ProxyError.DESTINATION_UNAVAILABLE);
        if (refusal != null) {
            pool.metrics().retry(ProxyError.DESTINATION_UNAVAILABLE, refusal);
            return false;
        }
        UpstreamConnection connection = current.connection();
        if (connection != null) {
            connection.abandon();
        }
        Failure failure =
                new Failure(ProxyError.DESTINATION_UNAVAILABLE, Phase.RESPONSE_HEAD, null, "status " + status);
        end(current, new Outcome.Ignored(failure));
        retryReason = ProxyError.DESTINATION_UNAVAILABLE;
        nextAttempt(false);
        return true;
    }

    private void refuseResponse(Attempt current, ProxyError error, String detail) {
        UpstreamConnection connection = current.connection();
        long bytes = 1;
        if (connection != null) {
            bytes = connection.responseBytes();
            connection.abandon();
        }
        attemptFailed(current, new Failure(error, current.phase(), null, detail), bytes);
    }

    /** A part of the response's body; takes over its reference. */
    void responseContent(HttpContent part) {
        response.content(part);
        if (!response.hasBegun()) {
            return;
        }
        body.giveUp();
        if (client.isWritable()) {
            awaitProgress();
        } else {
            clientWritabilityChanged();
        }
    }

    void upstreamReadComplete() {
        if (response.isHoldingShort()) {
            if (wait != Wait.SHORT_RESPONSE) {
                await(Wait.SHORT_RESPONSE, ResponseRelay.PATIENCE_NANOS);
            }
        } else if (response.isHolding()) {
            response.begin();
            awaitProgress();
        }
        response.flush();
    }

    /** The response is whole; takes over the reference. */
    void responseEnd(LastHttpContent last) {
        Attempt current = attempt;
        if (current == null) {
            last.release();
            return;
        }
        HopByHop.stripTrailers(last.trailingHeaders());
        boolean saved = record.attempts().size() > 1;
        end(current, SUCCESS);
        if (saved) {
            pool.metrics().saved();
        }
        response.end(last);
        finish(response.status());
        client.exchangeEnded(response.keepsAlive());
    }

    // ---- what a picker may know

    @Override
    public int attempt() {
        return record.attempts().size();
    }

    @Override
    public boolean tried(Backend backend) {
        return attempted(backend) || full.contains(backend);
    }

    private boolean attempted(Backend backend) {
        List<Attempt> attempts = record.attempts();
        for (int i = 0; i < attempts.size(); i++) {
            if (attempts.get(i).backend() == backend) {
                return true;
            }
        }
        return false;
    }

    @Override
    public CharSequence clientAddress() {
        return record.client();
    }

    @Override
    public CharSequence target() {
        return request.uri();
    }

    @Override
    public @Nullable CharSequence header(CharSequence name) {
        return request.headers().get(name);
    }

    @Override
    public void setCookie(String value) {
        setCookie = value;
    }
}
