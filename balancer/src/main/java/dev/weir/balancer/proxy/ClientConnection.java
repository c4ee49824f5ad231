package dev.weir.balancer.proxy;

import dev.weir.balancer.config.ListenerConfig;
import dev.weir.balancer.proxy.ClientTimer.Wait;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.net.impl.ShutdownEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's HTTP/1.1 connection, between its socket, its {@link RequestSequence} and the exchange that is under way.
 * Confined to its event loop.
 *
 * <p>A client that ends its side after a complete request may still wait for the response, or may be gone: TCP cannot tell, and
 * interim responses, which would draw a reset, are taken for the final one by common clients. So the configuration tells.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    private final ProxyLoop loop;
    private final ListenerConfig config;
    private final ResponseEncoder encoder;
    private final long bodyIdleNanos;
    private final ClientTimer timer;
    private final ExchangeTimer exchangeTimer;
    private final RequestSequence requests;

    @SuppressWarnings("NullAway.Init") // handlerAdded, before anything else
    private ChannelHandlerContext context;

    @SuppressWarnings("NullAway.Init") // handlerAdded, before anything else
    private ForwardedHeaders forwarded;

    @SuppressWarnings("NullAway.Init") // handlerAdded, before anything else
    private Farewell farewell;

    @SuppressWarnings("this-escape") // the parts only keep it
    ClientConnection(ProxyLoop loop, ListenerConfig config, ResponseEncoder encoder) {
        this.loop = loop;
        this.config = config;
        this.encoder = encoder;
        this.bodyIdleNanos = config.bodyIdle().toNanos();
        this.timer = new ClientTimer(loop, this);
        this.exchangeTimer = new ExchangeTimer(loop);
        this.requests = new RequestSequence(this, timer);
    }

    // ---- for the exchange and the sequence

    ProxyLoop loop() {
        return loop;
    }

    ListenerConfig config() {
        return config;
    }

    ForwardedHeaders forwarded() {
        return forwarded;
    }

    ExchangeTimer exchangeTimer() {
        return exchangeTimer;
    }

    RequestSequence requests() {
        return requests;
    }

    /** Whether the client's bytes are being parsed at this moment; what goes to backends is flushed after that. */
    boolean isReading() {
        return requests.isReading();
    }

    /** Whether all of the current request has come. */
    boolean isRequestComplete() {
        return requests.isComplete();
    }

    /** Whether this connection must end with the response that is being made. */
    boolean mustClose() {
        return (hasEnded() && requests.isLast()) || loop.wantsConnectionsBack();
    }

    /** Whether it must though the last response had promised that it need not. */
    boolean mustCloseAtOnce() {
        return (hasEnded() && requests.isLast()) || loop.needsDescriptors();
    }

    /** Whether the client has ended its side. */
    boolean hasEnded() {
        return farewell.hasClientEnded();
    }

    /** Whether no request is served any more. */
    boolean isClosing() {
        return farewell.hasBegun();
    }

    boolean isWritable() {
        return context.channel().isWritable();
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

    /** The backend takes no more of the request for now. */
    void pauseReading() {
        if (timer.awaits(Wait.BODY) && isWritable()) {
            timer.clear(); // it is not the client who keeps us waiting
        }
        stopReading();
    }

    void resumeReading() {
        if (!requests.isComplete() && isWritable()) {
            timer.await(Wait.BODY, bodyIdleNanos);
        }
        if (requests.isLast()) {
            startReading();
        }
    }

    void startReading() {
        if (!hasEnded()) {
            context.channel().config().setAutoRead(true);
        }
    }

    void stopReading() {
        context.channel().config().setAutoRead(false);
    }

    /** The client is to take what was written before it gets more. */
    void awaitWritable() {
        timer.await(Wait.BODY, bodyIdleNanos);
    }

    /** It did. */
    void stopAwaitingWritable() {
        if (requests.isComplete()) {
            timer.clear();
        } else {
            timer.await(Wait.BODY, bodyIdleNanos);
        }
    }

    // ---- the end

    /** Sends what is left, lets the client read it, and closes. */
    void finish() {
        boolean unread = requests.forgetRest() || !requests.isComplete();
        farewell.finish(unread);
    }

    /** Whether the client is to see a reset if the connection ends now: a response that stops in the middle must not look whole. */
    void closeWithReset(boolean reset) {
        context.channel().config().setOption(ChannelOption.SO_LINGER, reset ? 0 : -1);
    }

    void abort() {
        farewell.abort();
    }

    /** The listener is closed; what is under way ends, and what is idle soon. */
    void drain() {
        if (!isClosing()) {
            requests.drain();
        }
    }

    /**
     * Closes between two requests: clients are prepared for that, but not for a new connection that closes.
     *
     * @return whether it did
     */
    boolean closeIfKeptAlive() {
        boolean kept = !isClosing() && requests.isIdle() && !requests.isNew();
        if (kept) {
            finish();
        }
        return kept;
    }

    /** Bytes that wait for the client or a backend to take them, or for another attempt, roughly. */
    long waitingBytes() {
        Exchange exchange = requests.exchange();
        return ProxyLoop.waitingBytes(context.channel()) + (exchange == null ? 0 : exchange.waitingBytes());
    }

    // ---- from the socket

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        forwarded = new ForwardedHeaders(
                (InetSocketAddress) added.channel().remoteAddress(),
                (InetSocketAddress) added.channel().localAddress(),
                loop.settings().trustedProxies(),
                loop.settings().via());
        farewell = new Farewell(added, timer, bodyIdleNanos);
        added.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        loop.opened(this);
        requests.begin();
    }

    /** Bytes have come, and will be parsed. */
    void bytesArrive() {
        requests.bytesArrive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
        if (isClosing()) {
            ReferenceCountUtil.release(message);
        } else {
            requests.offer((HttpObject) message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ignored) {
        requests.readComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ignored) {
        requests.writabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext caught, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            farewell.clientEnds();
            if (!isClosing()) {
                requests.inputEnded();
            }
        } else if (!(event instanceof ShutdownEvent)) { // Vert.x would close at once; the drain lets requests end
            caught.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
        if (cause instanceof IOException) {
            // A reset: where half-closed connections are allowed, Netty tells no more of it than the end of the input.
            abort();
            return;
        }
        Exchange current = requests.exchange();
        if (current != null && !isClosing()) {
            current.internalError(cause);
        } else {
            LOG.error("a client connection failed, which is a bug of the balancer", cause);
            abort();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        farewell.closed();
        loop.closed(this);
        timer.end();
        requests.closed();
        inactive.fireChannelInactive(); // Vert.x forgets its socket
    }
}
