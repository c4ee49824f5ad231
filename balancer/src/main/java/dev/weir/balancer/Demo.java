package dev.weir.balancer;

import io.vertx.core.Future;

/** A balancer with sample backends, one of them flaky and one broken, and with a pool that is dead. */
final class Demo {
    private final SampleBackends backends;
    private final LoadBalancer balancer;

    private Demo(SampleBackends backends, LoadBalancer balancer) {
        this.backends = backends;
        this.balancer = balancer;
    }

    /**
     * Starts everything; waits for it, so not for event loops.
     *
     * @param port of the balancer; 0 takes a free one, and so with the other
     * @throws Exception if that fails; the message is for users
     */
    static Demo start(int port, int adminPort) throws Exception {
        SampleBackends backends = Lifetime.await(SampleBackends.start());
        try {
            String config = config(port, adminPort, backends);
            return new Demo(backends, Lifetime.await(LoadBalancer.start(Configuration.parse("demo", config))));
        } catch (Exception e) {
            Lifetime.await(backends.stop());
            throw e;
        }
    }

    private static String config(int port, int adminPort, SampleBackends backends) {
        // Nothing listens on port 1 (tcpmux, RFC 1078, which nobody uses any more).
        return """
            listeners: [ { address: "127.0.0.1:%d" } ]
            admin: { address: "127.0.0.1:%d" }
            drain: { delay: 0s, timeout: 5s }
            routes:
              - { pool: shop }
              - { path: /pay, pool: pay }
              - { path: /dead, pool: dead }
            pools:
              shop:
                strategy: round-robin
                backends: [ %s ]
                health: { active: { path: /healthz, timeout: 10s } }
                retry: { on-status: 503 }
              pay:
                strategy: round-robin
                backends:
                  - { url: "%s", labels: { version: v6 } }
                  - { url: "%s", labels: { version: v7 } }
              dead:
                backends: [ "http://127.0.0.1:1" ]
            """.formatted(port, adminPort, String.join(", ", backends.shop()), backends.steady(), backends.broken());
    }

    int port() {
        return balancer.port(0);
    }

    int adminPort() {
        return balancer.adminPort();
    }

    Future<Void> stop() {
        return balancer.stop().transform(stopped -> backends.stop());
    }
}
