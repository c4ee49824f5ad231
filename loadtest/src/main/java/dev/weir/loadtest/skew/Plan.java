package dev.weir.loadtest.skew;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * What is done. In each round both arms get the very same requests; each round has others.
 *
 * @param strategy of the balancer, by name
 * @param traffic of each node, relative to the others
 * @param backends how many
 * @param workers of each backend: as many requests it works on at a time, the others wait there in the order of arrival
 * @param serviceMillis that a request needs of a worker of usual speed, on average; log-normal
 * @param slowShare of backends that are slow, 0 to 1: the first ones
 * @param slowdown how many times slower these are
 * @param utilisation of all workers together, 0 to less than 1; arrivals are a Poisson process
 * @param seconds of a round, after the warm-up
 * @param seed of arrivals and the work that they bring
 */
record Plan(
        String strategy,
        List<Integer> traffic,
        int backends,
        int workers,
        double serviceMillis,
        double slowShare,
        double slowdown,
        double utilisation,
        int seconds,
        int rounds,
        long seed) {
    /** Before each round: connections are opened, code gets warm, and queues get as long as they will be. */
    static final int WARM_UP_SECONDS = 5;

    int nodes() {
        return traffic.size();
    }

    /** How many times slower a backend is than a usual one. */
    double slowdown(int backend) {
        return backend < slow() ? slowdown : 1;
    }

    /** How many are slow. */
    int slow() {
        return (int) Math.round(slowShare * backends);
    }

    /** Requests in a nanosecond, through all nodes together. */
    double rate() {
        double speeds =
                IntStream.range(0, backends).mapToDouble(i -> 1 / slowdown(i)).sum();
        return utilisation * speeds * workers / (serviceMillis * TimeUnit.MILLISECONDS.toNanos(1));
    }
}
