package dev.weir.balancer.config;

import java.time.Duration;
import java.util.List;

/** Ports that clients and operators connect to. */
final class ListenerSyntax {
    static final Key<Address> ADDRESS = Key.of("address", AddressSyntax.LISTEN, "0.0.0.0:8080");

    private static final Key<Duration> REQUEST_HEAD = Key.of("request-head", Scalars.duration("1ms", "1h"), "10s");
    private static final Key<Duration> BODY_IDLE = Key.of("body-idle", Scalars.duration("1ms", "24h"), "60s");
    private static final Key<Duration> KEEP_ALIVE = Key.of("keep-alive", Scalars.duration("1ms", "24h"), "75s");

    private static final Key<Long> REQUEST_LINE = Key.of("request-line", Scalars.size("128B", "1MB"), "8KB");
    private static final Key<Long> HEAD = Key.of("head", Scalars.size("256B", "16MB"), "64KB");
    private static final Key<Long> BODY = Key.of("body", Scalars.size("0", "1024GB"), "0");
    private static final Key<Integer> CONNECTIONS = Key.of("connections", Scalars.whole(0, 10_000_000), "10000");

    private static final Key<Fields> TIMEOUTS = Key.of(
            "timeouts", Section.of("a mapping of timeouts", fields -> fields, REQUEST_HEAD, BODY_IDLE, KEEP_ALIVE));
    private static final Key<Fields> LIMITS = Key.of(
            "limits", Section.of("a mapping of limits", fields -> fields, REQUEST_LINE, HEAD, BODY, CONNECTIONS));

    private static final Key<HalfClose> HALF_CLOSE = Key.of("half-close", Scalars.oneOf(HalfClose.class), "answer");

    static final Section<ListenerConfig> LISTENER =
            Section.of("a listener with an address", ListenerSyntax::listener, ADDRESS, TIMEOUTS, LIMITS, HALF_CLOSE);

    static final Key<Address> ADMIN_ADDRESS = Key.of("address", AddressSyntax.LISTEN, "127.0.0.1:8081");

    private static final Key<List<Cidr>> WRITERS = Key.of(
            "writers",
            CidrSyntax.LIST,
            List.of("127.0.0.0/8", "::1"),
            List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1")));

    static final Section<AdminConfig> ADMIN = Section.of(
            "a mapping with the address of the admin port",
            fields -> new AdminConfig(fields.get(ADMIN_ADDRESS), fields.get(WRITERS)),
            ADMIN_ADDRESS,
            WRITERS);

    private ListenerSyntax() {}

    private static ListenerConfig listener(Fields fields) {
        Fields timeouts = fields.get(TIMEOUTS);
        Fields limits = fields.get(LIMITS);
        return new ListenerConfig(
                fields.get(ADDRESS),
                timeouts.get(REQUEST_HEAD),
                timeouts.get(BODY_IDLE),
                timeouts.get(KEEP_ALIVE),
                Math.toIntExact(limits.get(REQUEST_LINE)),
                Math.toIntExact(limits.get(HEAD)),
                limits.get(BODY),
                limits.get(CONNECTIONS),
                fields.get(HALF_CLOSE));
    }
}
