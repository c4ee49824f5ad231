package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.metrics.BackendMetrics;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.vertx.core.Promise;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to one backend. Idle ones are reused last in, first out, so that those that are not needed
 * grow old and are closed. Confined to its event loop.
 */
final class BackendConnections {
    private final ProxyLoop loop;
    private final Backend backend;
    private final UpstreamPool pool;
    private final BackendMetrics metrics;
    private final SocketAddress address;
    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();

    BackendConnections(ProxyLoop loop, Backend backend, UpstreamPool pool) {
        this.loop = loop;
        this.backend = backend;
        this.pool = pool;
        this.metrics = pool.metrics(backend);
        this.address = SocketAddress.inetSocketAddress(
                backend.endpoint().port(), backend.endpoint().host());
    }

    ProxyLoop loop() {
        return loop;
    }

    BackendMetrics metrics() {
        return metrics;
    }

    /** @return an open connection without an exchange; null if there is none */
    @Nullable
    UpstreamConnection poll() {
        UpstreamConnection connection;
        while ((connection = idle.pollLast()) != null) {
            if (connection.isOpen()) {
                return connection;
            }
        }
        return null;
    }

    /** Opens a connection for an attempt, which hears of it unless it has ended by then. */
    void connect(Attempt attempt) {
        backend.stats().openConnection();
        Promise<NetSocket> promise = Promise.promise();
        promise.future().onComplete(result -> {
            if (result.failed()) {
                backend.stats().closeConnection();
                attempt.connectFailed(result.cause());
            } else {
                connected(attempt, (NetSocketInternal) result.result());
            }
        });
        ConnectOptions options = new ConnectOptions().setRemoteAddress(address).setTimeout(pool.connectTimeoutMillis());
        loop.connect(options, promise);
    }

    private void connected(Attempt attempt, NetSocketInternal socket) {
        ChannelPipeline pipeline = socket.channelHandlerContext().pipeline();
        // a failed write must not close: the backend may have answered before it stopped reading
        pipeline.channel().config().setOption(ChannelOption.AUTO_CLOSE, false);
        ResponseDecoder decoder = new ResponseDecoder(pool.config().maxResponseHead());
        UpstreamConnection connection = new UpstreamConnection(this, decoder);
        String vertx = socket.channelHandlerContext().name();
        pipeline.addBefore(vertx, "weir-response-decoder", decoder);
        pipeline.addBefore(vertx, "weir-request-encoder", new HttpRequestEncoder());
        pipeline.addBefore(vertx, "weir-upstream", connection);
        metrics.connectionOpened();
        if (!attempt.connected(connection)) {
            release(connection);
        }
    }

    /** Keeps a connection for the next exchange. */
    void release(UpstreamConnection connection) {
        long idleNanos = pool.idleNanos();
        if (idleNanos == 0 || loop.isDraining()) {
            connection.close();
            return;
        }
        long now = loop.now();
        connection.idleSince(now);
        loop.wheel().set(connection.idle(), now + idleNanos);
        idle.addLast(connection);
    }

    void closed(UpstreamConnection connection) {
        loop.wheel().remove(connection.idle());
        idle.remove(connection);
        backend.stats().closeConnection();
    }

    /** Closes what is idle. */
    void close() {
        UpstreamConnection connection;
        while ((connection = idle.pollLast()) != null) {
            connection.close();
        }
    }
}
