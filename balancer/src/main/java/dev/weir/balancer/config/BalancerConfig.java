package dev.weir.balancer.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole configuration file.
 *
 * @param listeners where clients connect; at least one
 * @param admin the operators' port
 * @param accessLog where the access log goes
 * @param statusCodes which status a balancer-made failure gets
 * @param transport the socket implementation
 * @param eventLoops number of proxying event loops; 0: one for each available processor
 * @param zone the zone that this node stands in; backends of the same zone are preferred; null: no preference
 * @param trustedProxies peers whose {@code Forwarded} and {@code X-Forwarded-*} fields are believed
 * @param dns how names of backends are resolved
 * @param cluster how this node talks with the others; null: it is alone
 * @param drain how a stop proceeds
 * @param routes at least one
 * @param pools by name, in file order; at least one
 */
public record BalancerConfig(
        List<ListenerConfig> listeners,
        AdminConfig admin,
        AccessLogConfig accessLog,
        StatusCodes statusCodes,
        TransportChoice transport,
        int eventLoops,
        @Nullable String zone,
        List<Cidr> trustedProxies,
        DnsConfig dns,
        @Nullable ClusterConfig cluster,
        DrainConfig drain,
        List<RouteConfig> routes,
        Map<String, PoolConfig> pools) {
    public BalancerConfig {
        listeners = List.copyOf(listeners);
        trustedProxies = List.copyOf(trustedProxies);
        routes = List.copyOf(routes);
        pools = Collections.unmodifiableMap(new LinkedHashMap<>(pools)); // keeps the order, unlike Map.copyOf
    }

    /** The same with another {@link #cluster}. */
    public BalancerConfig with(ClusterConfig other) {
        return new BalancerConfig(
                listeners,
                admin,
                accessLog,
                statusCodes,
                transport,
                eventLoops,
                zone,
                trustedProxies,
                dns,
                other,
                drain,
                routes,
                pools);
    }
}
