package dev.weir.balancer.metrics;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.backend.RequestLimit;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.Violation;
import dev.weir.balancer.incident.Agreement;
import dev.weir.balancer.incident.Opinions;
import dev.weir.balancer.node.Descriptors;
import dev.weir.balancer.node.DirectMemory;
import dev.weir.balancer.node.ThisNode;
import java.util.List;
import java.util.Map;

/** A registry in which everything has happened once, so that no meter is missing. */
final class Everything implements AutoCloseable {
    final Metrics metrics = new Metrics("1.2.3", () -> 0);

    Everything() {
        Backend backend = new Backend(new Endpoint("127.0.0.1", 9001), 1, 0, null, Map.of(), new RequestLimit(0, 6), 0);
        PoolMetrics pool = metrics.pool("shop");
        pool.response(200, 1_000_000);
        pool.retry(ProxyError.CONNECTION_REFUSED, RetryResult.SUCCESS);
        pool.backend(backend).failure(ProxyError.CONNECTION_REFUSED);
        pool.backend(backend).check("success");
        pool.backend(backend).violation(Violation.SURPLUS_BYTES);
        metrics.watch(new BackendPool(
                "shop", List.of(backend), new Eligibility.Rules(null, 0, 0), set -> Picker.EMPTY, () -> 0));
        for (int second = 1; second <= 3; second++) {
            backend.keepAlive().closed(1_000_000_000L, 7, second * 1_000_000_000L);
        }
        metrics.listener("0.0.0.0:8080").accepted();
        metrics.eventLoop();
        metrics.nameResolved("shop.svc", "success");
        metrics.watch(new ThisNode(pause -> {}, 1, new Descriptors(1_024), new DirectMemory(() -> 0, 1 << 20)));
        metrics.cluster(() -> new ClusterFigures(true, false, 1, 0, 2, 3, 4, 5, Map.of("MALFORMED", 6L)));
        backend.opinions(new Opinions(Agreement.WELL, List.of(new Opinions.OfNode("other", "finds it well", 0))));
        metrics.unrouted();
        metrics.badRequest(400);
        metrics.transport("epoll");
        metrics.configLoaded(1_763_636_073_000L);
    }

    @Override
    public void close() {
        metrics.close();
    }
}
