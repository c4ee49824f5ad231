package dev.weir.balancer.health;

import dev.weir.balancer.failure.HiddenConnectFailure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Passes if a TCP connection can be opened, to whichever of the backend's addresses. */
final class TcpCheck implements HealthCheck {
    private final NetClient client;
    private final Targets targets;
    private final Duration timeout;
    private boolean running;

    TcpCheck(Vertx vertx, Targets targets, Duration timeout) {
        this.client = vertx.createNetClient();
        this.targets = targets;
        this.timeout = timeout;
    }

    @Override
    public Future<CheckResult> run() {
        running = true;
        List<SocketAddress> all = targets.next();
        return all.isEmpty() ? Future.succeededFuture(targets.unresolved()) : check(all, 0);
    }

    private Future<CheckResult> check(List<SocketAddress> all, int index) {
        ConnectOptions options = new ConnectOptions()
                .setRemoteAddress(all.get(index))
                .setTimeout((int) Targets.connectMillis(timeout, all.size()));
        return client.connect(options)
                .compose(TcpCheck::closed)
                .map(CheckResult.PASSED)
                .recover(failure -> running && index + 1 < all.size()
                        ? check(all, index + 1)
                        : Future.succeededFuture(CheckResult.of(failure)));
    }

    private static Future<Void> closed(NetSocket socket) {
        IOException hidden = HiddenConnectFailure.of(
                ((NetSocketInternal) socket).channelHandlerContext().channel());
        return hidden == null ? socket.close() : socket.close().compose(done -> Future.failedFuture(hidden));
    }

    /** The connect timeout, which is no longer than a check, does the rest; no further address is tried. */
    @Override
    public void abort() {
        running = false;
    }

    @Override
    public Future<Void> close() {
        abort(); // the addresses that are left are not tried
        return client.close();
    }
}
