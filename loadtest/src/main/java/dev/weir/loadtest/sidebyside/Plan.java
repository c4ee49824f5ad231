package dev.weir.loadtest.sidebyside;

import java.time.Duration;
import java.util.List;

/**
 * What to measure and how.
 *
 * @param peers in the order of each round; ratios are those of the first to each other one
 * @param rounds for each peer
 * @param round how long each is, whole seconds
 * @param warmUpLimit for each peer, should it not settle earlier; zero: no warm-up
 * @param connections that the load generator keeps open and busy
 * @param bodySize of every response, bytes
 * @param proxyCore the one core of all the proxies, of which only one works at a time
 * @param loadCore the one core of load generator and backends
 * @param accessLog whether every proxy writes one
 */
record Plan(
        List<Peer> peers,
        int rounds,
        Duration round,
        Duration warmUpLimit,
        int connections,
        int bodySize,
        int proxyCore,
        int loadCore,
        boolean accessLog) {}
