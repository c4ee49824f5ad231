package dev.weir.balancer.failure;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.SocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Opens connections by one of Netty's transports and keeps what they throw. */
final class Client implements AutoCloseable {
    enum Transport {
        NIO,
        EPOLL,
        IO_URING;

        boolean available() {
            return switch (this) {
                case NIO -> true;
                case EPOLL -> Epoll.isAvailable();
                case IO_URING -> IoUring.isAvailable();
            };
        }

        private IoHandlerFactory handlers() {
            return switch (this) {
                case NIO -> NioIoHandler.newFactory();
                case EPOLL -> EpollIoHandler.newFactory();
                case IO_URING -> IoUringIoHandler.newFactory();
            };
        }

        private Class<? extends Channel> channel() {
            return switch (this) {
                case NIO -> NioSocketChannel.class;
                case EPOLL -> EpollSocketChannel.class;
                case IO_URING -> IoUringSocketChannel.class;
            };
        }
    }

    private final Transport transport;
    private final EventLoopGroup group;
    private final BlockingQueue<Throwable> thrown = new LinkedBlockingQueue<>();

    Client(Transport transport) {
        this.transport = transport;
        this.group = new MultiThreadIoEventLoopGroup(1, transport.handlers());
    }

    /** Connects, or fails after at most 10 s: much longer than even a machine under load takes. */
    ChannelFuture connect(SocketAddress remote, @Nullable SocketAddress local) {
        return connect(remote, local, 10_000);
    }

    ChannelFuture connect(SocketAddress remote, @Nullable SocketAddress local, int timeoutMillis) {
        Bootstrap bootstrap = new Bootstrap()
                .group(group)
                .channel(transport.channel())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
                .option(ChannelOption.SO_REUSEADDR, true)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                        thrown.add(cause);
                    }
                });
        return bootstrap.connect(remote, local).awaitUninterruptibly();
    }

    /** What a connection threw while it was read; fails if none throws within 5 s. */
    Throwable thrown() throws InterruptedException {
        Throwable cause = thrown.poll(5, TimeUnit.SECONDS);
        if (cause == null) {
            throw new AssertionError("no connection threw anything within 5 s");
        }
        return cause;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
