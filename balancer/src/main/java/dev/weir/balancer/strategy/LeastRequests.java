package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Hearsay;
import dev.weir.balancer.backend.OthersLoad;
import dev.weir.balancer.backend.PickContext;
import dev.weir.balancer.backend.Picker;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * {@code least-requests}: who has least to do by its weight, counting the request to come: least (in flight + 1) / weight.
 * Ties are broken at random, for the first in the list would get all of them; and while nobody has anything to do the
 * weights alone decide, for else the heaviest would get everything.
 *
 * <p>In a cluster what others have in flight counts as {@link dev.weir.balancer.backend.SharedLoad} says, and where backends are
 * about equal {@link dev.weir.balancer.backend.Preference} decides instead of chance. With very many nodes each of which has next to
 * nothing in flight, orders do not keep them apart: then all those are drawn from that lie under a level, see {@link Level}.
 */
public final class LeastRequests implements StrategyProvider {
    /** Of Knuth's MMIX: one random number a pick starts a sequence of its own, which is good enough for ties and cheap. */
    static final long MULTIPLIER = 6364136223846793005L;

    static final long INCREMENT = 1442695040888963407L;

    /**
     * By how many requests the last backend of the order of preference seems to have more to do than the first. Less than one, for own
     * requests are counted exactly; and enough that what nodes have heard of each other does not bring them all to the same
     * backend. Found by simulation.
     */
    private static final double PREFERENCE = 0.25;

    /** With 30 nodes orders are better than {@link Level} by both spread and p99, with 100 by p99 only: by simulation. */
    private static final int MOST_IN_ORDER = 30;

    @Override
    public String name() {
        return "least-requests";
    }

    @Override
    public Strategy create(JsonObject options, Environment environment) {
        new Options(options);
        return environment.perZone(candidates -> new Least(candidates, environment.random(), environment.nanoClock()));
    }

    private static final class Least implements Picker {
        private final Weighted weighted;
        private final RandomGenerator random;
        private final LongSupplier nanoClock;
        private final Level level;

        Least(List<Candidate> candidates, RandomGenerator random, LongSupplier nanoClock) {
            this.weighted = new Weighted(candidates);
            this.random = random;
            this.nanoClock = nanoClock;
            this.level = new Level(weighted, random);
        }

        @Override
        public Backend pick(PickContext context) {
            Hearsay hearsay = weighted.backend(0).others().hearsay();
            if (hearsay != null) {
                long now = nanoClock.getAsLong();
                double trust = hearsay.trust(now);
                if (trust > 0) {
                    return hearsay.nodes() > MOST_IN_ORDER
                            ? level.pick(context, trust, hearsay, now)
                            : pickInOrder(context, trust * hearsay.one(trust), trust * PREFERENCE);
                }
            }
            return pickByOwn(context);
        }

        /**
         * @param believed what a request of another node counts
         * @param preferred what the whole way from the first to the last of the order counts
         */
        private Backend pickInOrder(PickContext context, double believed, double preferred) {
            int best = -1;
            double least = Double.POSITIVE_INFINITY;
            boolean idle = true;
            for (int i = 0; i < weighted.size(); i++) {
                Backend backend = weighted.backend(i);
                if (context.tried(backend)) {
                    continue;
                }
                OthersLoad others = backend.others();
                double load = backend.stats().inFlight() + believed * others.inFlight();
                idle &= load == 0;
                double cost = (load + preferred * others.place()) / weighted.weight(i);
                if (cost < least) {
                    least = cost;
                    best = i;
                }
            }
            return idle ? weighted.untried(weighted.draw(random), context, random) : weighted.backend(best);
        }

        private Backend pickByOwn(PickContext context) {
            int best = -1;
            int bestInFlight = 0;
            long tied = 0; // weight of all that are as good as the best
            boolean idle = true;
            long chance = random.nextLong();
            for (int i = 0; i < weighted.size(); i++) {
                Backend backend = weighted.backend(i);
                if (context.tried(backend)) {
                    continue;
                }
                int inFlight = backend.stats().inFlight();
                int weight = weighted.weight(i);
                idle &= inFlight == 0;
                int order = best < 0 ? -1 : compare(inFlight, weight, bestInFlight, weighted.weight(best));
                tied = order < 0 ? weight : order == 0 ? tied + weight : tied;
                chance = chance * MULTIPLIER + INCREMENT;
                if (order < 0
                        || (order == 0 && Math.unsignedMultiplyHigh(chance, tied) < weight)) { // a reservoir of one
                    best = i;
                    bestInFlight = inFlight;
                }
            }
            return idle ? weighted.untried(weighted.draw(random), context, random) : weighted.backend(best);
        }
    }

    /** Compares (in flight + 1) / weight of two, without dividing: less than 0 if the first is less loaded. */
    static int compare(int inFlightA, int weightA, int inFlightB, int weightB) {
        return Long.compare((inFlightA + 1L) * weightB, (inFlightB + 1L) * weightA);
    }
}
