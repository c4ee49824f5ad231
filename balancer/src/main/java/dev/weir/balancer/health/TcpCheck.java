package dev.weir.balancer.health;

import dev.weir.balancer.backend.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;

/** Passes if a TCP connection can be opened. */
final class TcpCheck implements HealthCheck {
    private final NetClient client;
    private final Endpoint endpoint;

    TcpCheck(Vertx vertx, Endpoint endpoint, Duration timeout) {
        this.client = vertx.createNetClient(new NetClientOptions().setConnectTimeout((int) timeout.toMillis()));
        this.endpoint = endpoint;
    }

    @Override
    public Future<CheckResult> run() {
        return client.connect(endpoint.port(), endpoint.host())
                .compose(NetSocket::close)
                .map(CheckResult.PASSED)
                .otherwise(CheckResult::of);
    }

    /** The connect timeout, which is the same, does it. */
    @Override
    public void abort() {}

    @Override
    public Future<Void> close() {
        return client.close();
    }
}
