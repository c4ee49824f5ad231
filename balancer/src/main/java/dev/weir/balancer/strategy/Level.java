package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Hearsay;
import dev.weir.balancer.backend.PickContext;
import java.util.random.RandomGenerator;

/**
 * Draws from all backends whose load, by weight, lies under a level, each by how far it does: as water fills up the deepest places
 * first. The level is such that they take the request to come and a little more, and so it is nearly the least that gets
 * the request; but where many nodes have heard the same, one place cannot draw all of them ("Basic LI" in Dahlin, "Interpreting
 * Stale Load Information", 2000; for balancers with many nodes: Goren, Vargaftik, Moses, "Stochastic Coordination in Heterogeneous
 * Load Balancing Systems", 2021).
 *
 * <p>Each pick looks at every backend once, with the level that the last pick left behind, and improves it by a step of Newton's
 * method: the loads hardly differ between two picks, so that it follows them.
 */
final class Level {
    /**
     * The most that is added for each backend, in requests, however many have begun since the others' last word: own requests are
     * counted at once, and only what the nodes all do together has to be blurred. Found by simulation.
     */
    private static final double MOST_BLUR = 0.03;

    private static final double UNIT = 0x1p-53;

    /** Below all loads. */
    private static final double UNKNOWN = Double.NEGATIVE_INFINITY;

    private final Weighted weighted;
    private final RandomGenerator random;
    /** Of the last pick, in requests by weight. Pickers of other threads may overwrite it, with one that is as good. */
    private volatile double last = UNKNOWN;

    Level(Weighted weighted, RandomGenerator random) {
        this.weighted = weighted;
        this.random = random;
    }

    /**
     * @param trust in what others said, 0 to 1
     */
    Backend pick(PickContext context, double trust, Hearsay hearsay, long nowNanos) {
        double believed = trust * hearsay.one(trust);
        double level = last;
        double room = 0;
        long weights = 0; // of those under the level
        double least = Double.POSITIVE_INFINITY;
        int lowest = -1;
        int drawn = -1;
        long chance = random.nextLong();
        for (int i = 0; i < weighted.size(); i++) {
            Backend backend = weighted.backend(i);
            if (context.tried(backend)) {
                continue;
            }
            int weight = weighted.weight(i);
            double load =
                    (backend.stats().inFlight() + believed * backend.others().inFlight()) / weight;
            if (load < least) {
                least = load;
                lowest = i;
            }
            double depth = (level - load) * weight;
            if (depth > 0) {
                room += depth;
                weights += weight;
                chance = chance * LeastRequests.MULTIPLIER + LeastRequests.INCREMENT;
                if ((chance >>> 11) * UNIT * room < depth) { // a reservoir of one
                    drawn = i;
                }
            }
        }
        if (lowest < 0) {
            return weighted.untried(weighted.draw(random), context, random);
        }
        double blur = trust * Math.min(hearsay.begunSince(nowNanos), MOST_BLUR);
        double wanted = 1 + weighted.size() * blur;
        last = weights == 0 ? least + wanted / weighted.weight(lowest) : level + (wanted - room) / weights;
        if (level == UNKNOWN) { // now that it is known, all that are as low as the first of them have a chance
            return pick(context, trust, hearsay, nowNanos);
        }
        return weighted.backend(drawn < 0 ? lowest : drawn);
    }
}
