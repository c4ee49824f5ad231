package dev.weir.balancer;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.impl.transports.TransportInternal;
import io.vertx.core.transport.Transport;

/**
 * Netty's epoll without a defect of 4.2 (seen in 4.2.18): {@code EpollIoHandler} takes a socket out of epoll when a channel is
 * interested in nothing for a moment, and then forgets to put it back. That moment comes for each client that has
 * ended its side while its response is held back by back-pressure; when the response goes on and the socket is full, the
 * channel cannot ask to be told when it is not, and closes with the response cut off.
 *
 * <p>Here a socket stays in epoll in such a moment, edge-triggered, so that an error of it, which is always reported, does
 * not wake the loop again and again.
 */
final class RepairedEpoll extends EpollTransport {
    /** @return as {@link Transport#EPOLL}, which must be available */
    static Transport transport() {
        return new TransportInternal(Transport.EPOLL.name(), true, null, new RepairedEpoll());
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
        IoHandlerFactory netty = EpollIoHandler.newFactory();
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new Handler(netty.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return netty.isChangingThreadSupported();
            }
        };
    }

    private record Handler(IoHandler netty) implements IoHandler {
        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return new Registration(netty.register(handle));
        }

        @Override
        public void initialize() {
            netty.initialize();
        }

        @Override
        public int run(IoHandlerContext context) {
            return netty.run(context);
        }

        @Override
        public void prepareToDestroy() {
            netty.prepareToDestroy();
        }

        @Override
        public void destroy() {
            netty.destroy();
        }

        @Override
        public void wakeup() {
            netty.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> type) {
            return netty.isCompatible(type);
        }
    }

    /** Confined to its event loop, but for what it hands on. */
    private static final class Registration implements IoRegistration {
        private final IoRegistration netty;
        private boolean added;

        Registration(IoRegistration netty) {
            this.netty = netty;
        }

        @Override
        public long submit(IoOps ops) {
            if (!EpollIoOps.NONE.equals(ops)) {
                added = true;
                return netty.submit(ops);
            }
            return added ? netty.submit(EpollIoOps.EPOLLET) : netty.submit(ops);
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's
        public <T> T attachment() {
            return netty.attachment();
        }

        @Override
        public boolean isValid() {
            return netty.isValid();
        }

        @Override
        public boolean cancel() {
            return netty.cancel();
        }
    }
}
