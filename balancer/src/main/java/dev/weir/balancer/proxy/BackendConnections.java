package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.backend.KeepAlive;
import dev.weir.balancer.failure.HiddenConnectFailure;
import dev.weir.balancer.failure.RouteLookup;
import dev.weir.balancer.failure.Violation;
import dev.weir.balancer.metrics.BackendMetrics;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.vertx.core.Promise;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One event loop's connections to one backend. Confined to its event loop. */
final class BackendConnections {
    /**
     * A connection that was idle for longer (10 ms) may have been closed by the backend while this loop had other things to do:
     * it is taken only once the loop has looked at what came in meanwhile.
     */
    static final long DOZING_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ProxyLoop loop;
    private final Backend backend;
    private final UpstreamPool pool;
    private final BackendMetrics metrics;
    private final AddressOrder order = new AddressOrder();
    private final RouteQuestion route = new RouteQuestion(RouteLookup::findsNone);
    private final ViolationLog violationLog;
    private final IdleConnections idle;

    BackendConnections(ProxyLoop loop, Backend backend, UpstreamPool pool) {
        this.loop = loop;
        this.backend = backend;
        this.pool = pool;
        this.metrics = pool.metrics(backend);
        this.violationLog = pool.violationLog(backend, loop.now());
        this.idle = new IdleConnections(loop.wheel(), backend.keepAlive(), pool.idleNanos());
    }

    ProxyLoop loop() {
        return loop;
    }

    /** Whether the backend gets requests whether or not it is usable. */
    boolean isInPanic() {
        return pool.backends().snapshot().eligible().panics(backend.priority());
    }

    BackendMetrics metrics() {
        return metrics;
    }

    /** @return a connection without an exchange that was busy a moment ago; null: {@link #connect} finds or makes one */
    @Nullable
    UpstreamConnection poll() {
        return idle.isEmpty() ? null : idle.pollIdleFor(DOZING_NANOS, loop.now());
    }

    /**
     * Finds or opens a connection for an attempt, which hears of it unless it has ended by then.
     *
     * @param fresh whether it has to be a new one
     * @param repeatable whether the request can be sent once more, if the backend is just closing the connection
     */
    void connect(Attempt attempt, boolean fresh, boolean repeatable) {
        if (fresh || idle.isEmpty()) {
            dial(attempt);
        } else {
            loop.execute(() -> reuseOrOpen(attempt, repeatable)); // runs when all that came in has been read
        }
    }

    private void reuseOrOpen(Attempt attempt, boolean repeatable) {
        if (attempt.isEnded()) {
            return;
        }
        UpstreamConnection dozing = idle.poll(repeatable, loop.now());
        if (dozing == null) {
            dial(attempt);
        } else {
            metrics.connectionReused();
            attempt.connected(dozing, true);
        }
    }

    private void dial(Attempt attempt) {
        new Dial(this, backend, pool, order, attempt).begin();
    }

    /** Opens a connection to one address. */
    void open(Dial dial, InetSocketAddress address) {
        opening();
        Promise<NetSocket> promise = Promise.promise();
        promise.future().onComplete(result -> {
            if (result.failed()) {
                gone();
                dial.failed(address, route.explain(address, result.cause(), loop.now()));
            } else {
                opened(dial, address, (NetSocketInternal) result.result());
            }
        });
        try {
            ConnectOptions options = new ConnectOptions()
                    .setRemoteAddress(SocketAddress.inetSocketAddress(address))
                    .setTimeout(pool.connectTimeoutMillis());
            loop.connect(options, promise);
        } catch (RuntimeException bug) {
            promise.tryFail(bug);
        }
    }

    private void opened(Dial dial, InetSocketAddress address, NetSocketInternal socket) {
        Channel channel = socket.channelHandlerContext().channel();
        channel.closeFuture().addListener(closed -> gone()); // whatever becomes of it until then
        IOException hidden = HiddenConnectFailure.of(channel);
        if (hidden == null) {
            backend.stats().connectionStands();
            channel.closeFuture().addListener(closed -> backend.stats().connectionFell());
            dial.connected(address, socket);
        } else {
            socket.close();
            dial.failed(address, route.explain(address, hidden, loop.now()));
        }
    }

    /** Gives a connection to the attempt that waits for it; keeps it if that has ended. */
    void adopt(InetSocketAddress address, NetSocketInternal socket, Attempt attempt) {
        try {
            UpstreamConnection connection = prepared(address, socket);
            if (!attempt.connected(connection, false)) {
                release(connection);
            }
        } catch (RuntimeException bug) { // or the request would wait for its deadline, and the backend be blamed
            socket.close();
            attempt.internalError(bug);
        }
    }

    /** Keeps a connection that came too late for the next exchange. */
    void keep(InetSocketAddress address, NetSocketInternal socket) {
        try {
            release(prepared(address, socket));
        } catch (RuntimeException bug) {
            socket.close();
            throw bug;
        }
    }

    private UpstreamConnection prepared(InetSocketAddress address, NetSocketInternal socket) {
        ChannelPipeline pipeline = socket.channelHandlerContext().pipeline();
        // a failed write must not close: the backend may have answered before it stopped reading
        pipeline.channel().config().setOption(ChannelOption.AUTO_CLOSE, false);
        ResponseDecoder decoder = new ResponseDecoder(
                pool.config().maxResponseHead(), pool.config().http().lenientLineEnds(), this::violation);
        UpstreamConnection connection = new UpstreamConnection(this, decoder, address);
        String vertx = socket.channelHandlerContext().name();
        pipeline.addBefore(vertx, "weir-response-decoder", decoder);
        pipeline.addBefore(vertx, "weir-request-encoder", new HttpRequestEncoder());
        pipeline.addBefore(vertx, "weir-upstream", connection);
        metrics.connectionOpened();
        return connection;
    }

    /** @param detail as it came from the backend */
    void violation(Violation violation, String detail) {
        metrics.violation(violation);
        violationLog.warn(violation, detail, loop.now());
    }

    /** Keeps a connection for the next exchange. */
    void release(UpstreamConnection connection) {
        if (loop.isDraining()
                || isOut()
                || !connection.isListed(backend.addresses().list())) {
            connection.close();
        } else {
            idle.add(connection, loop.now());
        }
    }

    /** Whether operators took the backend out: it may be about to stop, and would wait for its idle connections. */
    private boolean isOut() {
        return backend.state().admin() != BackendState.Admin.ENABLED;
    }

    /** It was idle for as long as connections of its kind are kept. */
    void overdue(UpstreamConnection connection, long nowNanos) {
        idle.overdue(connection, nowNanos);
    }

    /** It was used after it had been idle, and the backend answered. */
    void survived(long idleNanos) {
        KeepAlive keepAlive = backend.keepAlive();
        if (idleNanos > keepAlive.known().provedNanos()) {
            keepAlive.survived(idleNanos);
        }
    }

    /** It is closed, and was idle. */
    void closedWhileIdle(UpstreamConnection connection, boolean byBackend) {
        idle.remove(connection);
        if (byBackend && connection.exchanges() > 0) {
            long now = loop.now();
            metrics.idleConnectionClosed();
            if (!loop.isWaking()) { // else it may have happened long ago
                backend.keepAlive().closed(now - connection.idleSinceNanos(), connection.exchanges(), now);
            }
        }
    }

    /** It is closed, and had an exchange. */
    void closed(UpstreamConnection connection) {
        idle.remove(connection);
    }

    /** It is closed, and was just taken for another exchange. */
    void closedWhileTaken(UpstreamConnection connection) {
        idle.remove(connection);
        metrics.reuseRace();
        if (!loop.isWaking() && connection.exchanges() > 1) {
            backend.keepAlive().closed(connection.idleNanos(), connection.exchanges() - 1, loop.now());
        }
    }

    private void opening() {
        backend.stats().openConnection();
        loop.settings().node().descriptors().opened();
    }

    private void gone() {
        backend.stats().closeConnection();
        loop.settings().node().descriptors().closed();
    }

    /** Closes what is idle at addresses that the backend has no longer; what is busy ends when its exchange does. */
    void addressesChanged() {
        idle.closeUnlisted(backend.addresses().list());
    }

    /** Closes what is idle, if that is still so; what is busy ends when its exchange does. */
    void takenOut() {
        if (isOut()) {
            idle.closeUnlisted(List.of());
        }
    }

    /** Closes what is idle. */
    void close() {
        idle.close();
    }
}
