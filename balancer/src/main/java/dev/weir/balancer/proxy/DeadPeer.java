package dev.weir.balancer.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringSocketChannel;
import io.vertx.core.net.NetClientOptions;
import java.util.concurrent.TimeUnit;

/**
 * Lets the kernel find out that a backend's host is gone, or that a firewall or NAT in between has forgotten the connection.
 *
 * <p>An idle connection is probed. One that is reused after a long time has to have its bytes acknowledged soon; later on that
 * would be wrong, for a backend that is alive but does not read counts as silent too (tcp(7), TCP_USER_TIMEOUT). NIO knows only
 * the probes.
 */
final class DeadPeer {
    /** Shorter idle times are forgotten by no firewall or NAT. */
    static final long LONG_IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A request that is no longer fits the window that any kernel grants: it is acknowledged even if nobody reads. */
    static final int LITTLE = 32 * 1024;

    private static final int PROBE_AFTER_SECONDS = 15;
    private static final int PROBE_EVERY_SECONDS = 5;
    private static final int PROBES = 3;

    /** Five transmissions: the first retransmission comes after some 200 ms, and each further one after twice that time. */
    private static final int UNACKNOWLEDGED_MILLIS = 5_000;

    private DeadPeer() {}

    static NetClientOptions probe(NetClientOptions options) {
        options.setTcpKeepAlive(true)
                .setTcpKeepAliveIdleSeconds(PROBE_AFTER_SECONDS)
                .setTcpKeepAliveIntervalSeconds(PROBE_EVERY_SECONDS)
                .setTcpKeepAliveCount(PROBES);
        return options;
    }

    /** The connection ends if what is sent is not acknowledged within five seconds. */
    static void suspect(Channel channel) {
        userTimeout(channel, UNACKNOWLEDGED_MILLIS);
    }

    /** The backend is alive: from now on the balancer's own deadlines are enough. */
    static void trust(Channel channel) {
        userTimeout(channel, 0);
    }

    private static void userTimeout(Channel channel, int millis) {
        ChannelOption<Integer> option = switch (channel) {
            case EpollSocketChannel _ -> EpollChannelOption.TCP_USER_TIMEOUT;
            case IoUringSocketChannel _ -> IoUringChannelOption.TCP_USER_TIMEOUT;
            default -> null;
        };
        if (option != null) {
            channel.config().setOption(option, millis);
        }
    }
}
