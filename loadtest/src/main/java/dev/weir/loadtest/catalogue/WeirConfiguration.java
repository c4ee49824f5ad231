package dev.weir.loadtest.catalogue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The balancer's configuration with the pools of all rows. Its time limits are short, so that a row takes seconds.
 *
 * @param host that it listens on
 * @param narrowPort of a second listener, which takes bodies of no more than 64 KB
 * @param resolver host and port of the name server
 */
record WeirConfiguration(
        boolean rfc9209,
        String host,
        int port,
        int narrowPort,
        int adminPort,
        Path accessLog,
        String resolver,
        List<Pool> pools) {

    static final Duration DRAIN_DELAY = Duration.ofMillis(1500);

    /** Requests that have to fail before a backend is ejected. */
    static final int FAILURES = 3;

    String text() {
        StringBuilder yaml = new StringBuilder();
        yaml.append("""
                listeners:
                  - address: %1$s:%2$d
                    timeouts: { request-head: 10s, body-idle: 5s, keep-alive: 60s }
                  - address: %1$s:%3$d
                    limits: { body: 64KB }
                admin: { address: "%1$s:%4$d" }
                access-log: %5$s
                status-codes: %6$s
                drain: { delay: %7$dms, timeout: 5s }
                """.formatted(
                host, port, narrowPort, adminPort, accessLog, rfc9209 ? "rfc9209" : "gateway", DRAIN_DELAY.toMillis()));
        yaml.append(
                resolver.isEmpty()
                        ? ""
                        : "dns: { servers: [\"" + resolver + "\"], timeout: 300ms, min-ttl: 200ms, max-ttl: 1s }\n");
        yaml.append("routes:\n");
        for (Pool pool : pools) {
            yaml.append("  - { hosts: [")
                    .append(pool.name())
                    .append("], pool: ")
                    .append(pool.name())
                    .append(" }\n");
        }
        yaml.append("pools:\n");
        pools.forEach(pool -> pool(pool, yaml));
        return yaml.toString();
    }

    private static void pool(Pool pool, StringBuilder yaml) {
        yaml.append("  ").append(pool.name()).append(":\n    backends:\n");
        for (Member member : pool.members()) {
            yaml.append("      - { url: \"%s\", priority: %d }\n".formatted(member.url(), member.partner() ? 1 : 0));
        }
        pool.options().forEach(option -> yaml.append("    ").append(option).append('\n'));
        byDefault(pool, "health", "{ passive: { consecutive-failures: " + FAILURES + ", base-ejection: 60s } }", yaml);
        byDefault(pool, "timeouts", "{ connect: 1s, response-head: 1200ms, body-idle: 1200ms, queue: 300ms }", yaml);
        byDefault(pool, "connections", "{ idle: 2s }", yaml);
    }

    private static void byDefault(Pool pool, String key, String value, StringBuilder yaml) {
        if (pool.options().stream().noneMatch(option -> option.startsWith(key + ":"))) {
            yaml.append("    ").append(key).append(": ").append(value).append('\n');
        }
    }
}
