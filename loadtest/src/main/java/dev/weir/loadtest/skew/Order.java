package dev.weir.loadtest.skew;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A request to come.
 *
 * @param atNanos from the beginning of its round
 * @param node that gets it
 * @param workMicros that it needs of a worker of usual speed
 */
record Order(long atNanos, int node, long workMicros) {
    /** Of the logarithm: half of the requests need less than 0.6 of the mean, and one in a hundred more than six times of it. */
    private static final double SIGMA = 1;

    /** So that no single request lasts as long as a round. */
    private static final double MOST = 20;

    /** All those of a round and its warm-up, by time. */
    static List<Order> of(Plan plan, int round) {
        SplittableRandom random = new SplittableRandom(plan.seed() + round);
        long end = TimeUnit.SECONDS.toNanos(Plan.WARM_UP_SECONDS + plan.seconds());
        int traffic = plan.traffic().stream().mapToInt(Integer::intValue).sum();
        List<Order> orders = new ArrayList<>();
        for (double at = gap(plan, random); at < end; at += gap(plan, random)) {
            double work = Math.min(MOST, Math.exp(SIGMA * random.nextGaussian() - SIGMA * SIGMA / 2));
            long micros = Math.round(work * plan.serviceMillis() * TimeUnit.MILLISECONDS.toMicros(1));
            orders.add(new Order((long) at, node(plan, random.nextInt(traffic)), micros));
        }
        return orders;
    }

    private static double gap(Plan plan, SplittableRandom random) {
        return -Math.log(1 - random.nextDouble()) / plan.rate();
    }

    private static int node(Plan plan, int point) {
        int node = 0;
        for (int left = point - plan.traffic().getFirst();
                left >= 0;
                left -= plan.traffic().get(node)) {
            node++;
        }
        return node;
    }
}
