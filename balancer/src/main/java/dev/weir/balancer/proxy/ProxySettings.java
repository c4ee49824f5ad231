package dev.weir.balancer.proxy;

import dev.weir.balancer.config.Cidr;
import dev.weir.balancer.incident.Dossiers;
import dev.weir.balancer.metrics.Metrics;
import dev.weir.balancer.node.ThisNode;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What all event loops share. Immutable.
 *
 * @param router leads to pools
 * @param rfc9209 whether failures get the status that the RFC recommends
 * @param trustedProxies whose forwarded fields are believed
 * @param nanoClock never goes back; thread-safe
 * @param epochMillis the wall clock; thread-safe
 * @param random thread-safe
 * @param dossiers gets one of each request that failed or was saved; thread-safe
 * @param node how this node itself is
 * @param via what it calls itself
 */
record ProxySettings(
        Router<UpstreamPool> router,
        boolean rfc9209,
        List<Cidr> trustedProxies,
        Metrics metrics,
        LongSupplier nanoClock,
        LongSupplier epochMillis,
        RandomGenerator random,
        Dossiers dossiers,
        ThisNode node,
        Via via) {}
