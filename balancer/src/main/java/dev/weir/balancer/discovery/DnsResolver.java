package dev.weir.balancer.discovery;

import dev.weir.balancer.config.DnsConfig;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hosts file, then DNS. Not what else {@code nsswitch.conf} may name. Control context only.
 *
 * <p>Files are read by a worker, and only when they have changed; everything else happens on the control context's own event
 * loop.
 */
public final class DnsResolver implements Resolver {
    private static final Logger LOG = LoggerFactory.getLogger(DnsResolver.class);

    /** The file may change at any moment, and looking at it costs nothing. */
    private static final Duration HOSTS_TTL = Duration.ofSeconds(5);

    private final ContextInternal control;
    private final EventLoop loop;
    private final SystemFiles files;
    private final List<InetSocketAddress> servers;
    private final NameServers nameServers;

    /** Reads this host's files. */
    public DnsResolver(ContextInternal control, DnsConfig config) {
        this(control, config, SystemFiles.ofThisHost());
    }

    DnsResolver(ContextInternal control, DnsConfig config, SystemFiles files) {
        this.control = control;
        this.loop = control.nettyEventLoop();
        this.files = files;
        this.servers = config.servers().stream()
                .map(server -> new InetSocketAddress(InetAddress.ofLiteral(server.host()), server.port()))
                .toList();
        var transport = control.owner().transport();
        ChannelFactory<? extends Channel> sockets = transport.channelFactory(false);
        this.nameServers = new NameServers(
                loop, transport.datagramChannelFactory(), () -> (SocketChannel) sockets.newChannel(), config);
    }

    @Override
    public Future<Answer> resolve(String host) {
        return control.executeBlocking(files::read)
                .compose(content -> resolve(host, Objects.requireNonNull(content)))
                .otherwise(bug -> unexpected(host, bug));
    }

    private Future<Answer> resolve(String host, SystemFiles.Content content) {
        String plain = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        List<InetAddress> addresses = content.addresses(plain);
        if (addresses.isEmpty() && plain.equals("localhost")) { // RFC 6761 section 6.3
            addresses = List.of(InetAddress.ofLiteral("::1"), InetAddress.ofLiteral("127.0.0.1"));
        }
        if (!addresses.isEmpty()) {
            return Future.succeededFuture(new Answer.Found(addresses, HOSTS_TTL, "the hosts file", false, false));
        }
        return new Resolution(host, content.resolvConf().with(servers), nameServers, loop).run();
    }

    /** Who waits for an answer gets one: a name that is being asked for is not asked for again. */
    private static Answer unexpected(String host, Throwable bug) {
        LOG.error("{} could not be asked for, which is a bug of the balancer", host, bug);
        return new Answer.Nothing(
                new ProxyException(ProxyError.DNS_ERROR, host + " could not be asked for: " + bug), false);
    }

    @Override
    public void close() {
        nameServers.close();
    }
}
