package dev.weir.balancer.config;

import java.time.Duration;
import java.util.List;

/** How names of backends are resolved. */
final class DnsSyntax {
    private static final Key<List<Address>> SERVERS =
            Key.of("servers", new ListOf<>("a list of name servers", 0, AddressSyntax.NAME_SERVER));
    private static final Key<Duration> TIMEOUT = Key.of("timeout", Scalars.duration("1ms", "1m"), "500ms");
    private static final Key<Duration> MIN_TTL = Key.of("min-ttl", Scalars.duration("100ms", "1h"), "1s");
    private static final Key<Duration> MAX_TTL = Key.of("max-ttl", Scalars.duration("100ms", "24h"), "300s");

    static final Key<DnsConfig> DNS = Key.of(
            "dns",
            Section.of(
                    "a mapping such as { servers: [10.96.0.10], timeout: 500ms }",
                    fields -> new DnsConfig(
                            fields.get(SERVERS), fields.get(TIMEOUT), fields.get(MIN_TTL), fields.get(MAX_TTL)),
                    SERVERS,
                    TIMEOUT,
                    MIN_TTL,
                    MAX_TTL));

    private DnsSyntax() {}
}
