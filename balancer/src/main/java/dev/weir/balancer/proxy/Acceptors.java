package dev.weir.balancer.proxy;

import dev.weir.balancer.failure.FailureClassifier;
import dev.weir.balancer.failure.OwnFault;
import dev.weir.balancer.metrics.Metrics;
import dev.weir.balancer.node.ThisNode;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.PromiseCombiner;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening channels, as far as one event loop has met them: all loops share them. While the node is short of descriptors
 * they accept nobody; who connects meanwhile waits in the kernel's queue. Confined to the event loop.
 */
final class Acceptors {
    private static final Logger LOG = LoggerFactory.getLogger(Acceptors.class);
    private static final String COUNTER = "weir-accepted";
    private static final String REFUSALS = "weir-refusals";

    /** Set on a connection that is among the descriptors. */
    private static final AttributeKey<Boolean> COUNTED = AttributeKey.valueOf(Acceptors.class, "counted");

    private final ThisNode node;
    private final Counter counter;
    private final Refusals refusals;
    private final Set<Channel> channels = new HashSet<>();

    Acceptors(ThisNode node, Metrics metrics) {
        this.node = node;
        this.counter = new Counter(node);
        this.refusals = new Refusals(node, metrics);
    }

    /** One of their connections has come to the event loop. */
    void accepted(Channel connection) {
        Channel acceptor = connection.parent();
        if (channels.add(acceptor)) {
            acceptor.eventLoop().execute(() -> watch(acceptor));
        }
        if (connection.attr(COUNTED).get() == null) { // it was the first of all
            count(connection, node);
        }
    }

    private static void count(Channel connection, ThisNode node) {
        connection.attr(COUNTED).set(true);
        node.descriptors().opened();
        connection.closeFuture().addListener(closed -> node.descriptors().closed());
    }

    private void watch(Channel acceptor) {
        if (acceptor.pipeline().get(COUNTER) == null) { // another event loop may have been quicker
            acceptor.pipeline().addFirst(COUNTER, counter);
            acceptor.pipeline().addLast(REFUSALS, refusals);
        }
    }

    /** Accepts or not, by what the node has left. To be called whenever that may have changed. */
    void tend() {
        boolean accepting = !node.descriptors().isShort();
        for (Channel channel : channels) {
            if (channel.config().isAutoRead() != accepting) { // whoever has changed it
                channel.config().setAutoRead(accepting);
            }
        }
    }

    /** For good. */
    void close(PromiseCombiner closing) {
        for (Channel channel : channels) {
            Future<Void> closed = channel.close();
            closing.add(closed);
        }
    }

    /** Counts where they are accepted: the event loops, to which they go, may be busy for a while. */
    @Sharable
    private static final class Counter extends ChannelInboundHandlerAdapter {
        private final ThisNode node;

        Counter(ThisNode node) {
            this.node = node;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Channel connection) {
                count(connection, node);
                if (node.descriptors().isShort()) {
                    context.channel().config().setAutoRead(false);
                }
            }
            context.fireChannelRead(message);
        }
    }

    /**
     * The kernel did not hand over a connection. Netty tries again after a second, so that this does not spin. NIO tells no
     * number, but accept(2) has hardly another reason than a lack of descriptors.
     */
    @Sharable
    private static final class Refusals extends ChannelInboundHandlerAdapter {
        private final ThisNode node;
        private final Metrics metrics;

        Refusals(ThisNode node, Metrics metrics) {
            this.node = node;
            this.metrics = metrics;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            OwnFault known = FailureClassifier.ownFault(cause);
            OwnFault fault = known == null ? OwnFault.DESCRIPTORS : known;
            metrics.ownFault(fault);
            if (!node.descriptors().hasRunOut()) { // once a second will do
                LOG.warn("no connection could be accepted: {} ({})", cause.toString(), node.descriptors());
            }
            if (fault == OwnFault.DESCRIPTORS) {
                node.descriptors().ranOut();
            }
        }
    }
}
