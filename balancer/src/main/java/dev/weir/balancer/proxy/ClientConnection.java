package dev.weir.balancer.proxy;

import dev.weir.balancer.config.ListenerConfig;
import dev.weir.balancer.failure.ProxyError;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.net.impl.ShutdownEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's HTTP/1.1 connection: its requests one after the other (pipelined ones wait), its deadlines, and its end.
 * Confined to its event loop.
 *
 * <p>A client that ends its side after a complete request may still wait for the response, or may be gone: TCP cannot tell.
 * While nothing was answered yet, interim responses (102) find out: whoever is gone resets the connection.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    /** How long what the client still sends is read and thrown away, so that it gets to read the response: nginx's lingering_timeout. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * After the client ended its side: the time from one interim response that probes it to the next. The first one draws the
     * reset, and only a later one meets it. They are few: there are clients that bear no more than five.
     */
    private static final long[] PROBE_NANOS = {TimeUnit.MILLISECONDS.toNanos(200), TimeUnit.SECONDS.toNanos(1)};

    /** In the log's place of a method, for a request that never had one. */
    private static final HttpMethod NO_METHOD = HttpMethod.valueOf("-");

    /** What the client's deadline means when it expires. */
    private enum Wait {
        /** Between requests, or before the first byte of the first one. */
        IDLE,
        /** In the middle of a request's head. */
        HEAD,
        /** For more of a request's body, or for the client to take more of the response. */
        BODY,
        /** For another look whether a client that has ended its side is still there. */
        PROBE,
        /** For the client to end, or to finish what nobody wants any more. */
        LINGER
    }

    private final ProxyLoop loop;
    private final ListenerConfig config;
    private final ResponseEncoder encoder;
    private final ArrayDeque<HttpObject> pipelined = new ArrayDeque<>();
    private final Deadline deadline = new Deadline() {
        @Override
        void expired(long nowNanos) {
            ClientConnection.this.expired();
        }
    };
    private final Deadline exchangeDeadline = new Deadline() {
        @Override
        void expired(long nowNanos) {
            if (exchange != null) {
                exchange.expired(nowNanos);
            }
        }
    };
    private final long requestHeadNanos;
    private final long keepAliveNanos;
    private final long bodyIdleNanos;

    @SuppressWarnings("NullAway.Init") // start, before anything else
    private ChannelHandlerContext context;

    @SuppressWarnings("NullAway.Init") // start, before anything else
    private ForwardedHeaders forwarded;

    private Router.@Nullable Paths<UpstreamPool> lastPaths;
    private String lastHost = "";

    private @Nullable Exchange exchange;
    private Wait wait = Wait.IDLE;
    private boolean requestComplete = true;

    /** Whether the parser has given a head and not yet the end that belongs to it, which also comes without a body. */
    private boolean inMessage;

    private boolean discarding;
    private boolean halfClosed;
    private int probes;
    private boolean closing;
    private boolean lingering;
    private boolean processing;
    private boolean first = true;
    private boolean reading;

    ClientConnection(ProxyLoop loop, ListenerConfig config, ResponseEncoder encoder) {
        this.loop = loop;
        this.config = config;
        this.encoder = encoder;
        this.requestHeadNanos = config.requestHead().toNanos();
        this.keepAliveNanos = config.keepAlive().toNanos();
        this.bodyIdleNanos = config.bodyIdle().toNanos();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        forwarded = new ForwardedHeaders(
                (InetSocketAddress) added.channel().remoteAddress(),
                (InetSocketAddress) added.channel().localAddress(),
                loop.settings().trustedProxies());
        added.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        loop.opened(this);
        await(Wait.IDLE, requestHeadNanos);
    }

    // ---- for the exchange

    ProxyLoop loop() {
        return loop;
    }

    ListenerConfig config() {
        return config;
    }

    ForwardedHeaders forwarded() {
        return forwarded;
    }

    Deadline exchangeDeadline() {
        return exchangeDeadline;
    }

    /** Whether the client's bytes are being parsed at this moment; what goes to backends is flushed after that. */
    boolean isReading() {
        return reading;
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

    /** Whether this connection must end with the response that is being made. */
    boolean mustClose() {
        return (halfClosed && pipelined.isEmpty()) || loop.isDraining();
    }

    boolean isWritable() {
        return context.channel().isWritable();
    }

    /** Whether all of the current request has come. */
    boolean isRequestComplete() {
        return requestComplete;
    }

    void answersHead(boolean head) {
        encoder.answersHead(head);
    }

    /** Sends a part of the response, and takes over its reference. Nothing is flushed. */
    void write(HttpObject part) {
        context.write(part, context.voidPromise());
    }

    void flush() {
        context.flush();
    }

    void pauseReading() {
        if (wait == Wait.BODY && isWritable()) {
            deadline.clear(); // it is not the client who keeps us waiting
        }
        context.channel().config().setAutoRead(false);
    }

    void resumeReading() {
        if (!requestComplete && isWritable()) {
            await(Wait.BODY, bodyIdleNanos);
        }
        if (pipelined.isEmpty()) {
            startReading();
        }
    }

    private void startReading() {
        if (!halfClosed) {
            context.channel().config().setAutoRead(true);
        }
    }

    /** The client is to take what was written before it gets more. */
    void awaitWritable() {
        await(Wait.BODY, bodyIdleNanos);
    }

    /** It did. */
    void stopAwaitingWritable() {
        if (requestComplete) {
            deadline.clear();
        } else {
            await(Wait.BODY, bodyIdleNanos);
        }
    }

    /**
     * The exchange is over, and its response was written to its end.
     *
     * @param keepAlive whether the connection may carry another request
     */
    void exchangeEnded(boolean keepAlive) {
        exchange = null;
        loop.wheel().remove(exchangeDeadline);
        context.flush();
        if (!keepAlive) {
            finish();
        } else if (requestComplete) {
            nextRequest();
        } else {
            discarding = true;
            await(Wait.LINGER, LINGER_NANOS);
            startReading();
        }
    }

    /** Ends the connection so that the client notices: a response that stops in the middle must not look whole. */
    void reset() {
        exchange = null;
        loop.wheel().remove(exchangeDeadline);
        context.channel().config().setOption(ChannelOption.SO_LINGER, 0); // RST instead of FIN
        abort();
    }

    void abort() {
        closing = true;
        context.close();
    }

    void closeIfIdle() {
        if (exchange == null && !discarding && !closing && pipelined.isEmpty() && wait == Wait.IDLE) {
            finish();
        }
    }

    // ---- between requests

    /** Sends what is left, lets the client read it, and closes. */
    private void finish() {
        closing = true;
        // Closing with bytes unread would reset the connection, and might take the response from the client: RFC 9112
        // section 9.6.
        boolean unread = !requestComplete || !pipelined.isEmpty();
        releasePipelined();
        await(Wait.LINGER, bodyIdleNanos);
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (unread && !halfClosed && sent.isSuccess() && context.channel() instanceof DuplexChannel duplex) {
                lingering = true;
                duplex.shutdownOutput();
                await(Wait.LINGER, LINGER_NANOS);
                startReading();
            } else {
                abort();
            }
        });
    }

    private void nextRequest() {
        if (processing) {
            return; // the loop below goes on
        }
        processing = true;
        try {
            while (exchange == null && !closing && isWritable() && !pipelined.isEmpty()) {
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
        if (exchange != null && halfClosed && !requestComplete && pipelined.isEmpty()) {
            abort(); // the rest of its body will never come
        }
        if (exchange == null && !closing && !discarding) {
            if (mustClose()) {
                finish();
            } else if (isWritable()) {
                await(Wait.IDLE, keepAliveNanos);
            } else { // who does not take the responses may not ask for more
                await(Wait.BODY, bodyIdleNanos);
                context.channel().config().setAutoRead(false);
                return;
            }
        }
        if (!closing && pipelined.isEmpty()) {
            startReading();
        }
    }

    private void await(Wait what, long timeoutNanos) {
        wait = what;
        loop.wheel().setAfter(deadline, loop.now(), timeoutNanos);
    }

    private void expired() {
        switch (wait) {
            case IDLE -> finish();
            case LINGER -> abort();
            case PROBE -> probe();
            case HEAD -> {
                requestComplete = false;
                HttpRequest none = new DefaultHttpRequest(HttpVersion.HTTP_1_1, NO_METHOD, "-");
                reject(
                        none,
                        ProxyError.HTTP_REQUEST_ERROR,
                        HttpResponseStatus.REQUEST_TIMEOUT,
                        "the request's head did not come in time");
            }
            case BODY -> {
                if (exchange != null) {
                    exchange.clientStalled();
                } else {
                    abort();
                }
            }
        }
    }

    // ---- from the socket

    /** Bytes have come, and will be parsed. */
    void bytesArrive() {
        reading = true;
        if (exchange == null && !discarding && wait == Wait.IDLE) {
            if (first) {
                first = false;
                wait = Wait.HEAD; // the time since the accept counts
            } else {
                await(Wait.HEAD, requestHeadNanos);
            }
        } else if (wait == Wait.BODY && !requestComplete && isWritable()) {
            await(Wait.BODY, bodyIdleNanos);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
            return;
        }
        HttpObject part = (HttpObject) message;
        if (!pipelined.isEmpty() || processing || (!inMessage && (exchange != null || !isWritable()))) {
            pipelined.add(part);
            context.channel().config().setAutoRead(false); // one read's worth is enough
        } else {
            handle(part);
        }
    }

    private void handle(HttpObject part) {
        if (part instanceof HttpRequest request) {
            handle(request);
        } else {
            handle((HttpContent) part);
        }
    }

    private void handle(HttpRequest request) {
        inMessage = true;
        deadline.clear();
        wait = Wait.IDLE;
        first = false;
        if (request.decoderResult().isFailure()) {
            requestComplete = false; // nobody knows where the next one would begin
            Throwable cause = request.decoderResult().cause();
            reject(request, ProxyError.HTTP_REQUEST_ERROR, RequestHead.statusOf(cause), RequestHead.reasonOf(cause));
            return;
        }
        RequestHead.Rejection rejection = RequestHead.normalize(request, config.maxBody());
        requestComplete = !RequestHead.hasBody(request);
        if (rejection != null) {
            if (rejection.status().equals(HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED)) {
                requestComplete = false; // what follows, such as the frames of HTTP/2, is no request of HTTP/1.1
            }
            reject(request, ProxyError.HTTP_REQUEST_ERROR, rejection.status(), rejection.reason());
            return;
        }
        String host = request.headers().get(HttpHeaderNames.HOST);
        UpstreamPool pool = paths(host == null ? "" : host).find(request.uri());
        if (pool == null) {
            ProxyError error = ProxyError.DESTINATION_NOT_FOUND;
            int status = error.status(loop.settings().rfc9209());
            reject(request, error, HttpResponseStatus.valueOf(status), null);
            return;
        }
        if (!requestComplete) {
            await(Wait.BODY, bodyIdleNanos);
        }
        ExchangeRecord record = new ExchangeRecord(loop, request, forwarded.clientAddress(request.headers()));
        Exchange next = new Exchange(this, request, pool, record);
        exchange = next;
        next.start();
    }

    /** Answers a request that goes to no backend. */
    private void reject(HttpRequest request, ProxyError error, HttpResponseStatus status, @Nullable String reason) {
        ExchangeRecord record = new ExchangeRecord(loop, request, forwarded.clientAddress(request.headers()));
        String incident = record.failed(error, reason);
        if (error == ProxyError.DESTINATION_NOT_FOUND) {
            loop.settings().metrics().unrouted();
        } else {
            loop.settings().metrics().badRequest(status.code());
        }
        ResponseRelay response = new ResponseRelay(
                this,
                request.method().equals(HttpMethod.HEAD),
                RequestHead.isHttp11(request),
                HttpUtil.isKeepAlive(request));
        response.whole(
                BalancerResponse.of(error, status.code(), reason, incident, 0, request.headers(), loop.date()),
                requestComplete && !mustClose() && status.code() != 400); // who knows what it meant
        record.log(status.code(), null, response.bytes(), loop.now());
        exchangeEnded(response.keepsAlive());
    }

    private void handle(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        inMessage = !last;
        if (requestComplete) { // of a request without a body
            boolean smuggled =
                    content.content().isReadable() || content.decoderResult().isFailure();
            content.release();
            if (smuggled) { // nobody can tell it from the next request
                abort();
            }
            return;
        }
        Exchange current = exchange;
        if (content.decoderResult().isFailure()) {
            Throwable cause = content.decoderResult().cause();
            content.release();
            if (current == null) {
                abort();
            } else {
                current.reject(RequestHead.statusOf(cause), RequestHead.reasonOf(cause));
            }
            return;
        }
        requestComplete = last;
        if (last && wait == Wait.BODY && isWritable()) { // else it still has to take what it was sent
            deadline.clear();
        }
        if (current != null) {
            current.requestContent(content);
        } else {
            content.release();
            if (last && discarding) {
                discarding = false;
                nextRequest();
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ignored) {
        reading = false;
        if (exchange != null) {
            exchange.clientReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ignored) {
        if (exchange != null) {
            exchange.clientWritabilityChanged();
        } else if (!closing && !discarding && isWritable()) {
            nextRequest();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext caught, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded();
        } else if (event instanceof ShutdownEvent) {
            closeIfIdle(); // Vert.x would close at once; the drain lets the request in progress end
        } else {
            caught.fireUserEventTriggered(event);
        }
    }

    private void inputEnded() {
        halfClosed = true;
        if (closing) {
            if (lingering) {
                abort();
            } // else something is still on its way to the client
        } else if (exchange == null) {
            if (pipelined.isEmpty()) {
                finish();
            }
        } else if (!requestComplete) {
            abort();
        } else {
            probe();
        }
    }

    private void probe() {
        Exchange current = exchange;
        if (current == null || !current.mayProbe()) {
            return;
        }
        write(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.PROCESSING, Unpooled.EMPTY_BUFFER));
        flush();
        if (probes < PROBE_NANOS.length) {
            await(Wait.PROBE, PROBE_NANOS[probes++]);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
        if (cause instanceof IOException) {
            return; // channelInactive follows
        }
        if (exchange != null && !closing) {
            exchange.internalError(cause);
        } else {
            LOG.error("a client connection failed, which is a bug of the balancer", cause);
            abort();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        closing = true;
        loop.closed(this);
        loop.wheel().remove(deadline);
        loop.wheel().remove(exchangeDeadline);
        releasePipelined();
        Exchange current = exchange;
        if (current != null) {
            exchange = null;
            current.clientGone();
        }
        inactive.fireChannelInactive(); // Vert.x forgets its socket
    }

    private void releasePipelined() {
        HttpObject part;
        while ((part = pipelined.poll()) != null) {
            ReferenceCountUtil.release(part);
        }
    }
}
