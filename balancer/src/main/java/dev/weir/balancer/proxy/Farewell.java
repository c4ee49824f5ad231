package dev.weir.balancer.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;

/**
 * How a client's connection ends: so that the client gets to read what it was sent, or notices that there is no more. Confined
 * to its event loop.
 */
final class Farewell {
    /** How long what the client still sends is read and thrown away, so that it gets to read the response: nginx's lingering_timeout. */
    static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * When the balancer stops, whoever has asked for nothing in this time is not about to: behind a FIN nothing could be
     * answered. Nginx has its keepalive_min_timeout for that.
     */
    static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ChannelHandlerContext context;
    private final ClientTimer timer;
    private final long sendNanos;
    private boolean closing;
    private boolean lingering;
    private boolean clientEnded;

    /** @param sendNanos how long the client may take nothing of what it is sent; 0: for ever */
    Farewell(ChannelHandlerContext context, ClientTimer timer, long sendNanos) {
        this.context = context;
        this.timer = timer;
        this.sendNanos = sendNanos;
    }

    /** Whether it has begun: no request is served any more. */
    boolean hasBegun() {
        return closing;
    }

    /** The client has ended its side. */
    void clientEnds() {
        clientEnded = true;
        if (lingering) {
            abort();
        } // else something may still be on its way to the client
    }

    boolean hasClientEnded() {
        return clientEnded;
    }

    /**
     * Sends what is left, lets the client read it, and closes.
     *
     * @param unread whether the client may still send something. Closing with bytes unread would reset the connection, and
     *     might take the response from the client: RFC 9112 section 9.6.
     */
    void finish(boolean unread) {
        closing = true;
        timer.await(ClientTimer.Wait.LINGER, sendNanos);
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (unread && !clientEnded && sent.isSuccess() && context.channel() instanceof DuplexChannel duplex) {
                lingering = true;
                duplex.shutdownOutput();
                timer.await(ClientTimer.Wait.LINGER, LINGER_NANOS);
                context.channel().config().setAutoRead(true);
            } else {
                abort();
            }
        });
    }

    void abort() {
        closing = true;
        context.close();
    }

    void closed() {
        closing = true;
    }
}
