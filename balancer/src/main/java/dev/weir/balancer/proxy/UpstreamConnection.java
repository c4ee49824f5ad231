package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.KeepAlive;
import dev.weir.balancer.failure.Violation;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One keep-alive connection to a backend: HTTP/1.1, one exchange at a time. Confined to its event loop.
 *
 * <p>It goes back to the pool only if the exchange ended exactly where it should have: the request was sent whole, the
 * response was delimited, and not a byte came after it. A write that fails does not end the exchange: a backend that answers
 * early and hangs up has its answer waiting to be read.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter {
    /** What ends later than this (1 s) after a request was sent did not end because it had been idle before. */
    private static final long RACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final BackendConnections home;
    private final ResponseDecoder decoder;
    private final InetSocketAddress address;
    private final Deadline idle = new Deadline() {
        @Override
        void expired(long nowNanos) {
            home.overdue(UpstreamConnection.this, nowNanos);
        }
    };

    @SuppressWarnings("NullAway.Init") // handlerAdded, before anything else
    private ChannelHandlerContext context;

    private @Nullable Attempt attempt;
    private @Nullable Throwable failure;
    private boolean interim;
    private boolean reusable;
    private boolean closeDelimited;
    private boolean requestSent;
    private long sentBytes;
    private int exchanges;
    private long idleSinceNanos;
    private long idleNanos;
    private boolean wasIdle;
    private long announcedNanos = Long.MAX_VALUE;
    private int announcedMax = Integer.MAX_VALUE;
    private boolean suspected;
    private boolean closing;
    private boolean closed;

    /** The last list in which the address was found. */
    private List<InetSocketAddress> listed = List.of();

    /** @param address of the other side, one of the backend's */
    UpstreamConnection(BackendConnections home, ResponseDecoder decoder, InetSocketAddress address) {
        this.home = home;
        this.decoder = decoder;
        this.address = address;
    }

    // ---- for the exchange

    /** Takes the connection for an attempt. */
    void begin(Attempt next, boolean head) {
        attempt = next;
        failure = null;
        interim = false;
        reusable = false;
        closeDelimited = false;
        requestSent = false;
        sentBytes = 0;
        exchanges++;
        home.loop().wheel().remove(idle);
        decoder.expect(head);
        if (idleNanos > DeadPeer.LONG_IDLE_NANOS && next.sendsLittle()) {
            suspected = true;
            DeadPeer.suspect(context.channel());
        }
    }

    /** Sends a part of the request, and takes over its reference. Nothing is flushed. */
    void write(HttpObject part, int bytes) {
        sentBytes += bytes;
        requestSent = part instanceof LastHttpContent;
        context.write(part, context.voidPromise());
    }

    void flush() {
        context.flush();
    }

    boolean isWritable() {
        return context.channel().isWritable();
    }

    /** Bytes that wait for the backend to take them. */
    long waitingBytes() {
        return ProxyLoop.waitingBytes(context.channel());
    }

    void pauseReading() {
        context.channel().config().setAutoRead(false);
    }

    void resumeReading() {
        context.channel().config().setAutoRead(true);
    }

    /** Bytes of the request that were handed to the socket, roughly: 0 only if none were. */
    long sentBytes() {
        return sentBytes;
    }

    /** Bytes of the response that have come. */
    long responseBytes() {
        return decoder.bytes();
    }

    /** How that began which could not be understood: the response, or a chunk of its body; empty if all was understood. */
    byte[] firstBytes() {
        return decoder.firstBytes();
    }

    /** Whether the end of the response is that of the connection. */
    boolean isCloseDelimited() {
        return closeDelimited;
    }

    /** Exchanges that this connection has carried, the present one included. */
    int exchanges() {
        return exchanges;
    }

    /** How long the connection had been idle before the present exchange; 0: it was opened for it. */
    long idleNanos() {
        return idleNanos;
    }

    /** Lets go of the attempt, and closes: whatever comes now concerns nobody. */
    void abandon() {
        attempt = null;
        close();
    }

    // ---- for the pool

    /** Whether the other side is still one of the backend's addresses; asked after each exchange. */
    @SuppressWarnings("ReferenceEquality") // an equal list that is new is looked through once more, which does no harm
    boolean isListed(List<InetSocketAddress> list) {
        if (list != listed) {
            if (!list.contains(address)) {
                return false;
            }
            listed = list;
        }
        return true;
    }

    void idleSince(long nowNanos) {
        idleSinceNanos = nowNanos;
    }

    long idleSinceNanos() {
        return idleSinceNanos;
    }

    /** It is no longer idle. */
    void taken(long nowNanos) {
        idleNanos = nowNanos - idleSinceNanos;
        wasIdle = true;
    }

    /** How long the backend leaves it open by its own words, and a little less; {@link Long#MAX_VALUE}: it did not say. */
    long announcedNanos() {
        return announcedNanos;
    }

    /** Exchanges that the backend serves on it by its own words; {@link Integer#MAX_VALUE}: it did not say. */
    int announcedMax() {
        return announcedMax;
    }

    boolean isOpen() {
        return !closed && context.channel().isActive();
    }

    void close() {
        closing = true;
        context.close();
    }

    Deadline idle() {
        return idle;
    }

    // ---- from the socket

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
        Attempt current = attempt;
        if (current == null) { // bytes that nobody asked for
            ReferenceCountUtil.release(message);
            context.close();
            return;
        }
        HttpObject part = (HttpObject) message;
        if (part.decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            attempt = null;
            close();
            current.connectionFailed(new DecoderException(part.decoderResult().cause()), decoder.bytes());
        } else if (part instanceof HttpResponse response) {
            head(current, response);
        } else if (part instanceof HttpContent content) {
            if (interim) {
                interim = false; // the empty end of a 1xx response
                content.release();
            } else if (part instanceof LastHttpContent last) {
                end(current, last);
            } else {
                current.responseContent(content);
            }
        }
    }

    private void head(Attempt current, HttpResponse response) {
        if (suspected) {
            suspected = false;
            DeadPeer.trust(context.channel());
        }
        int status = response.status().code();
        if (status >= 100 && status < 200 && status != 101) {
            interim = true;
            current.interimResponse(response);
            return;
        }
        if (idleNanos > BackendConnections.DOZING_NANOS && exchanges > 1) {
            home.survived(idleNanos);
        }
        if (decoder.hasKeepAlive()) {
            announced(response);
        }
        closeDelimited = !current.isHead()
                && status != 204
                && status != 304
                && !HttpUtil.isTransferEncodingChunked(response)
                && !HttpUtil.isContentLengthSet(response);
        reusable = HttpUtil.isKeepAlive(response) && !closeDelimited && !decoder.hasContradictoryFraming();
        current.responseHead(response);
    }

    private void announced(HttpResponse response) {
        String field = response.headers().get(KeepAliveField.NAME);
        if (field != null) {
            announcedNanos = KeepAlive.Known.below(KeepAliveField.timeoutNanos(field));
            announcedMax = KeepAliveField.max(field);
        }
    }

    private void end(Attempt current, LastHttpContent last) {
        attempt = null;
        Throwable broken = failure;
        if (closeDelimited && broken != null) { // the body ended with the connection, which did not end well
            last.release();
            current.connectionFailed(broken, decoder.bytes());
            return;
        }
        if (decoder.hasSurplus()) {
            home.violation(Violation.SURPLUS_BYTES, "");
        }
        boolean clean = reusable
                && requestSent
                && broken == null
                && !decoder.hasSurplus()
                && context.channel().isActive();
        if (clean) {
            decoder.expectNothing();
            resumeReading(); // an idle connection has to notice its end, and bytes that nobody asked for
            home.release(this);
        }
        current.responseEnd(last);
        if (!clean) {
            close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ignored) {
        Attempt current = attempt;
        if (current != null) {
            current.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ignored) {
        Attempt current = attempt;
        if (current != null) {
            current.writabilityChanged();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        if (attempt == null) {
            context.close(); // not by us: this tells when the backend closes
        } else if (!(cause instanceof java.io.IOException)) {
            Attempt current = attempt;
            attempt = null;
            close();
            if (cause instanceof DecoderException) {
                current.connectionFailed(cause, decoder.bytes());
            } else {
                current.internalError(cause);
            }
        } else {
            attempt.writeFailed(); // or read: then channelInactive follows at once
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        closed = true;
        Attempt current = attempt;
        if (current == null) {
            home.closedWhileIdle(this, !closing);
        } else if (isRace()) {
            home.closedWhileTaken(this);
        } else {
            home.closed(this);
        }
        if (current != null) {
            attempt = null;
            current.connectionFailed(failure != null ? failure : new ClosedChannelException(), decoder.bytes());
        }
        inactive.fireChannelInactive(); // Vert.x forgets its socket
    }

    /** Whether the backend closed the connection for having been idle, before it saw that there was another request. */
    private boolean isRace() {
        return wasIdle && decoder.bytes() == 0 && home.loop().now() - idleSinceNanos - idleNanos < RACE_NANOS;
    }
}
