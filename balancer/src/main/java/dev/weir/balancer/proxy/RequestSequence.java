package dev.weir.balancer.proxy;

import dev.weir.balancer.config.HalfClose;
import dev.weir.balancer.config.ListenerConfig;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.proxy.ClientTimer.Wait;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One client's requests, one after the other: what comes of the next one waits until the one before is answered. Confined to
 * an event loop.
 */
final class RequestSequence {
    private final ClientConnection client;
    private final ProxyLoop loop;
    private final ClientTimer timer;
    private final long maxBody;
    private final long requestHeadNanos;
    private final long keepAliveNanos;
    private final long bodyIdleNanos;
    private final ArrayDeque<HttpObject> pipelined = new ArrayDeque<>();
    private Router.@Nullable Paths<UpstreamPool> lastPaths;
    private String lastHost = "";
    private @Nullable Exchange exchange;
    private boolean requestComplete = true;

    /** Whether the parser has given a head and not yet the end that belongs to it, which also comes without a body. */
    private boolean inMessage;

    /** Whether the rest of a request that was answered early is thrown away. */
    private boolean discarding;

    private boolean processing;
    private boolean first = true;
    private boolean reading;

    RequestSequence(ClientConnection client, ClientTimer timer) {
        ListenerConfig config = client.config();
        this.client = client;
        this.loop = client.loop();
        this.timer = timer;
        this.maxBody = config.maxBody();
        this.requestHeadNanos = config.requestHead().toNanos();
        this.keepAliveNanos = config.keepAlive().toNanos();
        this.bodyIdleNanos = config.bodyIdle().toNanos();
    }

    /** The client has connected. */
    void begin() {
        timer.await(Wait.IDLE, patience(requestHeadNanos));
    }

    /** Null between requests. */
    @Nullable
    Exchange exchange() {
        return exchange;
    }

    /** Whether the client's bytes are being parsed at this moment; what goes to backends is flushed after that. */
    boolean isReading() {
        return reading;
    }

    /** Whether all of the current request has come. */
    boolean isComplete() {
        return requestComplete;
    }

    /** Whether nothing of another request has come. */
    boolean isLast() {
        return pipelined.isEmpty();
    }

    /** Whether the client has nothing under way. */
    boolean isIdle() {
        return exchange == null && !discarding && pipelined.isEmpty() && timer.awaits(Wait.IDLE);
    }

    /** Whether the first request has not begun to come. */
    boolean isNew() {
        return first;
    }

    // ---- from the socket

    /** Bytes have come, and will be parsed. */
    void bytesArrive() {
        reading = true;
        if (exchange == null && !discarding && timer.awaits(Wait.IDLE)) {
            if (first && !loop.isDraining()) {
                timer.turnInto(Wait.HEAD); // the time since the accept counts
            } else {
                timer.await(Wait.HEAD, requestHeadNanos);
            }
            first = false;
        } else if (timer.awaits(Wait.BODY) && !requestComplete && client.isWritable()) {
            timer.await(Wait.BODY, bodyIdleNanos);
        }
    }

    /** A part of a request; takes over its reference. */
    void offer(HttpObject part) {
        if (!pipelined.isEmpty() || processing || (!inMessage && (exchange != null || !client.isWritable()))) {
            pipelined.add(part);
            client.stopReading(); // one read's worth is enough
        } else {
            handle(part);
        }
    }

    void readComplete() {
        reading = false;
        if (exchange != null) {
            exchange.clientReadComplete();
        }
    }

    void writabilityChanged() {
        if (exchange != null) {
            exchange.clientWritabilityChanged();
        } else if (!client.isClosing() && !discarding && client.isWritable()) {
            next();
        }
    }

    /** The client will send no more than what has come. */
    void inputEnded() {
        boolean aborts = client.config().halfClose() == HalfClose.ABORT;
        if (exchange == null && pipelined.isEmpty()) {
            client.finish();
        } else if (aborts || (exchange != null && !requestComplete)) {
            client.abort();
        }
    }

    /** The connection has ended. */
    void closed() {
        releasePipelined();
        Exchange current = exchange;
        if (current != null) {
            exchange = null;
            current.clientGone();
        }
    }

    // ---- the parts of a request

    private void handle(HttpObject part) {
        if (part instanceof HttpRequest request) {
            head(request);
        } else {
            content((HttpContent) part);
        }
    }

    private void head(HttpRequest request) {
        inMessage = true;
        timer.rest();
        first = false;
        RequestHead.Rejection rejection = RequestHead.check(request, maxBody);
        if (rejection != null) {
            requestComplete = !rejection.loses() && !RequestHead.hasBody(request);
            reject(request, loop.now(), ProxyError.HTTP_REQUEST_ERROR, rejection.status(), rejection.reason());
            return;
        }
        requestComplete = !RequestHead.hasBody(request);
        String host = request.headers().get(HttpHeaderNames.HOST);
        UpstreamPool pool = paths(host == null ? "" : host).find(request.uri());
        if (pool == null) {
            ProxyError error = ProxyError.DESTINATION_NOT_FOUND;
            int status = error.status(loop.settings().rfc9209());
            reject(request, loop.now(), error, HttpResponseStatus.valueOf(status), null);
            return;
        }
        if (!requestComplete) {
            timer.await(Wait.BODY, bodyIdleNanos);
        }
        ExchangeRecord record =
                new ExchangeRecord(loop, request, client.forwarded().clientAddress(request.headers()), loop.now());
        Exchange next = new Exchange(client, request, pool, record);
        exchange = next;
        next.start();
    }

    /** @param host of a request; empty if it names none */
    private Router.Paths<UpstreamPool> paths(String host) {
        Router.Paths<UpstreamPool> paths = lastPaths;
        if (paths == null || !host.equals(lastHost)) {
            paths = loop.settings().router().host(host);
            lastPaths = paths;
            lastHost = host;
        }
        return paths;
    }

    private void reject(
            HttpRequest request,
            long beganNanos,
            ProxyError error,
            HttpResponseStatus status,
            @Nullable String reason) {
        boolean clear = requestComplete && status.code() != 400; // who knows what it meant
        ended(OwnAnswer.send(client, request, beganNanos, error, status, reason, clear));
    }

    private void content(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        inMessage = !last;
        if (requestComplete) { // of a request without a body
            boolean smuggled =
                    content.content().isReadable() || content.decoderResult().isFailure();
            content.release();
            if (smuggled) { // nobody can tell it from the next request
                client.abort();
            }
            return;
        }
        Exchange current = exchange;
        if (content.decoderResult().isFailure()) {
            Throwable cause = content.decoderResult().cause();
            content.release();
            if (current == null) {
                client.abort();
            } else {
                current.reject(RequestHead.statusOf(cause), RequestHead.reasonOf(cause));
            }
            return;
        }
        requestComplete = last;
        if (last && timer.awaits(Wait.BODY) && client.isWritable()) { // else it still has to take what it was sent
            timer.clear();
        }
        if (current != null) {
            current.requestContent(content);
        } else {
            content.release();
            if (last && discarding) {
                discarding = false;
                next();
            }
        }
    }

    // ---- the next one

    /**
     * The response was written to its end.
     *
     * @param keepAlive whether the connection may carry another request
     */
    void ended(boolean keepAlive) {
        exchange = null;
        client.flush();
        if (!keepAlive) {
            client.finish();
        } else if (requestComplete) {
            next();
        } else {
            discarding = true;
            timer.await(Wait.LINGER, Farewell.LINGER_NANOS);
            client.startReading();
        }
    }

    /** @return whether anything of another request had come */
    boolean forgetRest() {
        boolean any = !pipelined.isEmpty();
        releasePipelined();
        return any;
    }

    private void next() {
        if (processing) {
            return; // the loop below goes on
        }
        processing = true;
        try {
            while (exchange == null && !client.isClosing() && client.isWritable() && !pipelined.isEmpty()) {
                handle(pipelined.poll());
                while (exchange != null && inMessage && !pipelined.isEmpty()) {
                    handle(pipelined.poll());
                }
            }
        } finally {
            processing = false;
        }
        if (exchange != null && !reading) {
            exchange.clientReadComplete(); // no read will: what is sent to the backend came with an earlier one
        }
        if (exchange != null && client.hasEnded() && !requestComplete && pipelined.isEmpty()) {
            client.abort(); // the rest of its body will never come
        }
        if (exchange == null && !client.isClosing() && !discarding && !awaitNext()) {
            return;
        }
        if (!client.isClosing() && pipelined.isEmpty()) {
            client.startReading();
        }
    }

    /** @return whether the client may ask for more */
    private boolean awaitNext() {
        if (client.mustCloseAtOnce()) {
            client.finish();
        } else if (client.isWritable()) {
            timer.await(Wait.IDLE, patience(keepAliveNanos));
        } else { // who does not take the responses may not ask for more
            timer.await(Wait.BODY, bodyIdleNanos);
            client.stopReading();
            return false;
        }
        return true;
    }

    /** @param nanos that a client may take to ask, as long as the balancer goes on */
    private long patience(long nanos) {
        return loop.isDraining() ? Math.min(nanos, Farewell.QUIET_NANOS) : nanos;
    }

    /** No request is welcome any more; but one may be on its way to a client that has just asked, or just come. */
    void drain() {
        if (isIdle()) {
            long before = first ? requestHeadNanos : keepAliveNanos;
            timer.bringForward(before - Math.min(before, Farewell.QUIET_NANOS));
        }
    }

    // ---- deadlines

    void headOverdue() {
        requestComplete = false;
        reject(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, RequestDecoder.NO_METHOD, RequestDecoder.NO_TARGET),
                loop.now() - requestHeadNanos,
                ProxyError.HTTP_REQUEST_ERROR,
                HttpResponseStatus.REQUEST_TIMEOUT,
                "the request's head did not come in time");
    }

    void bodyOverdue() {
        if (exchange != null) {
            exchange.clientStalled();
        } else {
            client.abort();
        }
    }

    private void releasePipelined() {
        HttpObject part;
        while ((part = pipelined.poll()) != null) {
            ReferenceCountUtil.release(part);
        }
    }
}
