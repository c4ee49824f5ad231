package dev.weir.loadtest.simulation;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * What is simulated. All times are virtual.
 *
 * @param strategy of the balancer, by name
 * @param nodes balancer nodes, 1 or more
 * @param backends 1 or more
 * @param skew of traffic over nodes: the exponent of Zipf's law; 0: all have the same
 * @param workers of each backend
 * @param serviceMillis that a request needs of a worker of usual speed, on average
 * @param work how this is distributed
 * @param slowShare of backends that are slow, 0 to 1
 * @param slowdown how many times slower these are
 * @param utilisation of all workers together, 0 to less than 1; arrivals are a Poisson process
 * @param tickMillis between two digests of a node, and between two times that a node uses those that it has got
 * @param slowStartMillis of a backend that becomes usable again
 */
record Scenario(
        String strategy,
        Knowledge knowledge,
        int nodes,
        int backends,
        double skew,
        Server.Discipline discipline,
        int workers,
        double serviceMillis,
        Work work,
        double slowShare,
        double slowdown,
        double utilisation,
        int tickMillis,
        int slowStartMillis,
        long seed) {
    /** A fifth of the backends is slow, and one node has most of the traffic. */
    static Scenario usual(String strategy, Knowledge knowledge, int nodes, int backends) {
        return new Scenario(
                strategy,
                knowledge,
                nodes,
                backends,
                1,
                Server.Discipline.PS,
                4,
                20,
                Work.EXPONENTIAL,
                0.2,
                3,
                0.8,
                100,
                0,
                1);
    }

    Scenario with(String otherStrategy, Knowledge otherKnowledge) {
        return new Scenario(
                otherStrategy,
                otherKnowledge,
                nodes,
                backends,
                skew,
                discipline,
                workers,
                serviceMillis,
                work,
                slowShare,
                slowdown,
                utilisation,
                tickMillis,
                slowStartMillis,
                seed);
    }

    Scenario with(int otherNodes, int otherBackends) {
        return new Scenario(
                strategy,
                knowledge,
                otherNodes,
                otherBackends,
                skew,
                discipline,
                workers,
                serviceMillis,
                work,
                slowShare,
                slowdown,
                utilisation,
                tickMillis,
                slowStartMillis,
                seed);
    }

    Scenario withSlowStart(int millis) {
        return new Scenario(
                strategy,
                knowledge,
                nodes,
                backends,
                skew,
                discipline,
                workers,
                serviceMillis,
                work,
                slowShare,
                slowdown,
                utilisation,
                tickMillis,
                millis,
                seed);
    }

    /** Slow ones are the first of all. */
    double speed(int server) {
        return server < Math.round(slowShare * backends) ? 1 / slowdown : 1;
    }

    /** Requests in a nanosecond, of all nodes together. */
    double rate() {
        double speeds = IntStream.range(0, backends).mapToDouble(this::speed).sum();
        return utilisation * speeds * workers / (serviceMillis * TimeUnit.MILLISECONDS.toNanos(1));
    }

    /** A node's part of the traffic, relative to that of the first one. */
    double traffic(int node) {
        return Math.pow(node + 1, -skew);
    }
}
