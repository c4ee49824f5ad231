package dev.weir.balancer.config;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A whole file. */
final class FileSyntax {
    /** One listener, all of it by default. */
    static final Key<List<ListenerConfig>> LISTENERS = new Key<>(
            "listeners",
            new ListOf<>("a list of listeners", 1, ListenerSyntax.LISTENER),
            false,
            List.of(new JsonObject().put(ListenerSyntax.ADDRESS.name(), ListenerSyntax.ADDRESS.schemaDefault())),
            FileSyntax::defaultListeners);

    static final Key<AdminConfig> ADMIN = Key.of("admin", ListenerSyntax.ADMIN);

    private static final Key<String> ACCESS_LOG = Key.of(
            "access-log",
            Scalars.parsed(".*\\S.*", "stdout, off, or the path of a file", FileSyntax::accessLog),
            AccessLogConfig.STDOUT);
    private static final Key<Boolean> ACCESS_LOG_QUERY = Key.of("access-log-query", Scalars.flag(), "true");
    private static final Key<StatusCodes> STATUS_CODES =
            Key.of("status-codes", Scalars.oneOf(StatusCodes.class), "gateway");
    private static final Key<TransportChoice> TRANSPORT =
            Key.of("transport", Scalars.oneOf(TransportChoice.class), "auto");
    private static final Key<Integer> EVENT_LOOPS = Key.of("event-loops", Scalars.whole(0, 1024), "0");
    private static final Key<String> ZONE = Key.optional("zone", Scalars.text("the name of a zone"));
    private static final Key<List<Cidr>> TRUSTED_PROXIES = Key.of("trusted-proxies", CidrSyntax.LIST);

    private static final Key<Duration> DELAY = Key.of("delay", Scalars.duration("0s", "1h"), "5s");
    private static final Key<Duration> TIMEOUT = Key.of("timeout", Scalars.duration("0s", "24h"), "30s");
    private static final Key<DrainConfig> DRAIN = Key.of(
            "drain",
            Section.of(
                    "a mapping such as { delay: 5s, timeout: 30s }",
                    fields -> new DrainConfig(fields.get(DELAY), fields.get(TIMEOUT)),
                    DELAY,
                    TIMEOUT));

    static final Key<List<RouteConfig>> ROUTES =
            Key.optional("routes", new ListOf<>("a list of routes", 1, RouteSyntax.ROUTE));
    static final Key<Map<String, PoolConfig>> POOLS = Key.required(
            "pools",
            new MapOf<>(
                    "at least one pool by its name",
                    1,
                    Scalars.matching(
                            RouteSyntax.POOL_NAME_PATTERN,
                            "is not a pool's name",
                            "a name of lower case letters, digits and dashes"),
                    PoolSyntax.POOL));

    static final Section<BalancerConfig> FILE = Section.of(
            "a mapping with at least the key pools, as in conf/minimal.yaml",
            FileSyntax::file,
            LISTENERS,
            ADMIN,
            ACCESS_LOG,
            ACCESS_LOG_QUERY,
            STATUS_CODES,
            TRANSPORT,
            EVENT_LOOPS,
            ZONE,
            TRUSTED_PROXIES,
            DnsSyntax.DNS,
            ClusterSyntax.CLUSTER,
            DRAIN,
            ROUTES,
            POOLS);

    private FileSyntax() {}

    private static @Nullable List<ListenerConfig> defaultListeners(Value file) {
        ListenerConfig listener = ListenerSyntax.LISTENER.read(file.getOrEmpty(LISTENERS.name()));
        return listener == null ? null : List.of(listener);
    }

    private static String accessLog(String text) {
        if (text.isBlank() || text.indexOf('\0') >= 0) {
            throw Scalars.wrong(text, "is not a path", "stdout, off, or the path of a file");
        }
        return text;
    }

    private static BalancerConfig file(Fields fields) {
        Map<String, PoolConfig> pools = fields.get(POOLS);
        @Nullable List<RouteConfig> routes = fields.find(ROUTES);
        return new BalancerConfig(
                fields.get(LISTENERS),
                fields.get(ADMIN),
                new AccessLogConfig(fields.get(ACCESS_LOG), fields.get(ACCESS_LOG_QUERY)),
                fields.get(STATUS_CODES),
                fields.get(TRANSPORT),
                fields.get(EVENT_LOOPS),
                fields.find(ZONE),
                fields.get(TRUSTED_PROXIES),
                fields.get(DnsSyntax.DNS),
                fields.find(ClusterSyntax.CLUSTER),
                fields.get(DRAIN),
                routes != null
                        ? routes
                        : List.of(RouteConfig.all(pools.keySet().iterator().next())),
                pools);
    }
}
