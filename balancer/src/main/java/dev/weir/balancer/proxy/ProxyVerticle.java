package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.config.Address;
import dev.weir.balancer.config.ListenerConfig;
import dev.weir.balancer.metrics.EventLoopMetrics;
import dev.weir.balancer.metrics.ListenerMetrics;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.PromiseCombiner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetClientInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Accepts traffic on one event loop and spreads it across backends. Instances share the listeners' ports.
 *
 * <p>Vert.x gives sockets, event loops and name resolution; HTTP is parsed by Netty's codecs in the sockets' pipelines, as
 * Vert.x's own clients of other protocols do it. What a balancer has to know (left-over bytes, half-closed connections, an
 * answer before a failed write, trailers, interim responses) does not pass through HttpServer and HttpClient.
 */
final class ProxyVerticle extends VerticleBase {
    private static final int BACKLOG = 4096; // the kernel caps it at net.core.somaxconn

    private final List<Listener> listeners;
    private final ProxySettings settings;
    private final AccessLogWriter accessLog;
    private final EventLoopMetrics pulse;
    private final List<NetServer> servers = new ArrayList<>();

    private final Acceptors acceptors;

    @SuppressWarnings("NullAway.Init") // start, before anything else
    private ProxyLoop loop;

    /**
     * A port shared by all instances.
     *
     * @param config with the port as configured
     * @param port negative: a free one, the same for all instances that say the same number
     * @param limit over all instances
     */
    record Listener(ListenerConfig config, int port, ConnectionLimit limit, ListenerMetrics metrics) {}

    ProxyVerticle(List<Listener> listeners, ProxySettings settings, AccessLogWriter accessLog, EventLoopMetrics pulse) {
        this.listeners = listeners;
        this.settings = settings;
        this.accessLog = accessLog;
        this.pulse = pulse;
        this.acceptors = new Acceptors(settings.node(), settings.metrics());
    }

    @Override
    public Future<?> start() {
        NetClientInternal client = (NetClientInternal) vertx.createNetClient(DeadPeer.probe(new NetClientOptions()));
        loop = new ProxyLoop(settings, (ContextInternal) context, client, accessLog.forEventLoop(), pulse);
        vertx.setPeriodic(TimeUnit.NANOSECONDS.toMillis(DeadlineWheel.TICK_NANOS), timer -> {
            loop.tick();
            acceptors.tend();
        });
        List<Future<?>> bound = new ArrayList<>();
        for (Listener listener : listeners) {
            NetServer server = vertx.createNetServer(
                    new NetServerOptions().setAcceptBacklog(BACKLOG).setTcpKeepAlive(true));
            server.connectHandler(socket -> accept(listener, (NetSocketInternal) socket));
            servers.add(server);
            Address address = listener.config().address();
            bound.add(server.listen(listener.port(), address.host())
                    .recover(e -> Future.failedFuture(
                            new IOException("listener " + address + ": cannot listen there: " + e.getMessage(), e))));
        }
        return Future.all(bound);
    }

    private void accept(Listener listener, NetSocketInternal socket) {
        ChannelPipeline pipeline = socket.channelHandlerContext().pipeline();
        acceptors.accepted(pipeline.channel());
        if (pipeline.channel().remoteAddress() == null) {
            socket.close(); // reset before it was accepted: with io_uring, nobody knows any more whose it was
            return;
        }
        if (!listener.limit().tryOpen()) {
            listener.metrics().rejected();
            socket.close();
            return;
        }
        listener.metrics().accepted();
        pipeline.channel().closeFuture().addListener(closed -> {
            listener.limit().close();
            listener.metrics().closed();
        });
        acceptors.tend();
        ResponseEncoder encoder = new ResponseEncoder();
        ClientConnection connection = new ClientConnection(loop, listener.config(), encoder);
        String vertxHandler = socket.channelHandlerContext().name();
        ListenerConfig config = listener.config();
        pipeline.addBefore(
                vertxHandler,
                "weir-request-decoder",
                new RequestDecoder(connection, config.maxRequestLine(), config.maxHead()));
        pipeline.addBefore(vertxHandler, "weir-response-encoder", encoder);
        pipeline.addBefore(vertxHandler, "weir-client", connection);
    }

    /** Lets go of idle connections to addresses that the backend has no longer. Any thread. */
    void addressesChanged(Backend backend) {
        loop.execute(() -> loop.addressesChanged(backend));
    }

    /** Operators took it out. Any thread. */
    void takenOut(Backend backend) {
        loop.execute(() -> loop.takenOut(backend));
    }

    /** The port of a listener, once started. Any thread. */
    int port(int listener) {
        return servers.get(listener).actualPort();
    }

    /** Tells each client with its next response to come back on another connection. Any thread. */
    void leave() {
        loop.execute(loop::leave);
    }

    /**
     * Closes the listening channels, and {@linkplain #leave leaves} before anybody can notice. To be done on all instances before
     * any of them {@linkplain #drain drains}: Vert.x takes away the event loops before it closes the channel, and drops who
     * connects in between. Any thread.
     */
    Future<Void> stopAccepting() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(now -> {
            loop.leave();
            PromiseCombiner closing = new PromiseCombiner(loop.executor());
            acceptors.close(closing);
            closing.finish(loop.executor().<Void>newPromise().addListener(closed -> done.complete()));
        });
        return done.future();
    }

    /**
     * What is open ends with its current request, or is cut off when the time is over. Any thread.
     *
     * @return completes when no client is connected any more
     */
    Future<Void> drain(Duration timeout) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(now -> {
            loop.drain();
            List<Future<Void>> closing = new ArrayList<>();
            for (NetServer server : servers) {
                closing.add(server.shutdown(timeout.toMillis(), TimeUnit.MILLISECONDS));
            }
            Future.join(closing).<Void>mapEmpty().onComplete(done);
        });
        return done.future();
    }

    @Override
    public Future<?> stop() {
        loop.close();
        return Future.succeededFuture();
    }
}
