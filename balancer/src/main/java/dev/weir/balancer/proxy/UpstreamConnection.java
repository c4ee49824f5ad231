package dev.weir.balancer.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * One keep-alive connection to a backend: HTTP/1.1, one exchange at a time. Confined to its event loop.
 *
 * <p>It goes back to the pool only if the exchange ended exactly where it should have: the request was sent whole, the
 * response was delimited, and not a byte came after it. A write that fails does not end the exchange: a backend that answers
 * early and hangs up has its answer waiting to be read.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter {
    private final BackendConnections home;
    private final ResponseDecoder decoder;
    private final Deadline idle = new Deadline() {
        @Override
        void expired(long nowNanos) {
            close();
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
    private boolean closed;

    UpstreamConnection(BackendConnections home, ResponseDecoder decoder) {
        this.home = home;
        this.decoder = decoder;
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
        idleNanos = exchanges == 0 ? 0 : home.loop().now() - idleSinceNanos;
        exchanges++;
        home.loop().wheel().remove(idle);
        decoder.expect(head);
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

    /** Exchanges that this connection has carried, the present one included. */
    int exchanges() {
        return exchanges;
    }

    /** How long the connection had been idle before the present exchange; 0 if it is its first. */
    long idleNanos() {
        return idleNanos;
    }

    /** Lets go of the attempt, and closes: whatever comes now concerns nobody. */
    void abandon() {
        attempt = null;
        close();
    }

    // ---- for the pool

    void idleSince(long nowNanos) {
        idleSinceNanos = nowNanos;
    }

    boolean isOpen() {
        return !closed && context.channel().isActive();
    }

    void close() {
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
            close();
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
        int status = response.status().code();
        if (status >= 100 && status < 200 && status != 101) {
            interim = true;
            current.interimResponse(response);
            return;
        }
        closeDelimited = !current.isHead()
                && status != 204
                && status != 304
                && !HttpUtil.isTransferEncodingChunked(response)
                && !HttpUtil.isContentLengthSet(response);
        reusable = HttpUtil.isKeepAlive(response) && !closeDelimited && !decoder.hasContradictoryFraming();
        current.responseHead(response);
    }

    private void end(Attempt current, LastHttpContent last) {
        attempt = null;
        Throwable broken = failure;
        if (closeDelimited && broken != null) { // the body ended with the connection, which did not end well
            last.release();
            current.connectionFailed(broken, decoder.bytes());
            return;
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
            close();
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
        home.closed(this);
        Attempt current = attempt;
        if (current != null) {
            attempt = null;
            current.connectionFailed(failure != null ? failure : new ClosedChannelException(), decoder.bytes());
        }
        inactive.fireChannelInactive(); // Vert.x forgets its socket
    }
}
