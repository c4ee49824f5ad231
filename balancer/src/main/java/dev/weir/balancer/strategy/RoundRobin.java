package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.PickContext;
import dev.weir.balancer.backend.Picker;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * {@code round-robin}: by turns, smoothly weighted as in nginx: weights 5, 1, 1 make a a b a c a a, and never five a in a
 * row.
 *
 * <p>It knows nothing of load: it directs as much to a slow backend as to a fast one.
 */
public final class RoundRobin implements StrategyProvider {
    @Override
    public String name() {
        return "round-robin";
    }

    @Override
    public Strategy create(JsonObject options, Environment environment) {
        new Options(options);
        RandomGenerator random = environment.random();
        return environment.perZone(candidates -> {
            int[] schedule =
                    schedule(candidates.stream().mapToInt(Candidate::weight).toArray());
            // Nodes, and the pickers of one node, must not all begin with the same backend.
            return new Turns(candidates, schedule, random.nextInt(schedule.length), random);
        });
    }

    /** A schedule is no longer, unless there are more backends. A share is wrong by at most half a turn in so many. */
    static final int MAX_TURNS = 8192;

    /**
     * The turns of nginx's smooth weighted round robin: each turn everybody gains its weight, and who has most has the
     * turn and pays the sum of all weights.
     *
     * @param weights positive
     * @return indices into weights
     */
    static int[] schedule(int[] weights) {
        int[] shares = reduce(weights);
        int sum = 0;
        for (int share : shares) {
            sum += share;
        }
        int[] turns = new int[sum];
        int[] gains = new int[shares.length];
        for (int turn = 0; turn < sum; turn++) {
            int best = 0;
            for (int i = 0; i < shares.length; i++) {
                gains[i] += shares[i];
                best = gains[i] > gains[best] ? i : best;
            }
            gains[best] -= sum;
            turns[turn] = best;
        }
        return turns;
    }

    /** The smallest whole numbers in the same proportion; if they are too many turns, about in the same proportion. */
    private static int[] reduce(int[] weights) {
        int divisor = 0;
        long sum = 0;
        for (int weight : weights) {
            divisor = greatestCommonDivisor(weight, divisor);
            sum += weight;
        }
        double factor = sum / divisor <= MAX_TURNS ? 1.0 / divisor : (double) MAX_TURNS / sum;
        int[] shares = new int[weights.length];
        for (int i = 0; i < weights.length; i++) {
            shares[i] = (int) Math.max(1, Math.round(weights[i] * factor));
        }
        return shares;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    /** Takes turns by a schedule. */
    static final class Turns implements Picker {
        private final Weighted weighted;
        private final int[] schedule;
        private final AtomicInteger turn;
        private final RandomGenerator random;

        Turns(List<Candidate> candidates, int[] schedule, int firstTurn, RandomGenerator random) {
            this.weighted = new Weighted(candidates);
            this.schedule = schedule;
            this.turn = new AtomicInteger(firstTurn);
            this.random = random;
        }

        @Override
        public Backend pick(PickContext context) {
            // Unsigned: the counter overflows after 2^31 picks and must not turn negative.
            int index = schedule[Integer.remainderUnsigned(turn.getAndIncrement(), schedule.length)];
            // Not the next turn: who follows a failing backend would get all that fails there.
            return weighted.untried(index, context, random);
        }
    }
}
