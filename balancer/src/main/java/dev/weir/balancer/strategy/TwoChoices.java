package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Hearsay;
import dev.weir.balancer.backend.PickContext;
import dev.weir.balancer.backend.Picker;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Draws two by weight and takes the better one: nearly as even as to ask all, at a constant cost, and without the herd that
 * runs to whoever looked best a moment ago (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001).
 *
 * <p>In a cluster what others have in flight counts as {@link dev.weir.balancer.backend.SharedLoad} says, blurred a little: all nodes
 * have heard the same, and where they differ by less than they do between two words, a sharp comparison would bring them
 * all to the same one of each two. With a blur that is even over so many requests, the shares are just those that would make up
 * for the difference ("Basic LI" in Dahlin, "Interpreting Stale Load Information", 2000).
 */
final class TwoChoices implements Picker {
    /** How the load of two backends compares. */
    @FunctionalInterface
    interface Load {
        /**
         * Whether the second one is better than the first. Neither blocks nor allocates.
         *
         * @param secondInFlight 0 or more; whole numbers where this node counts for itself
         * @param one what one request of any node counts: 1 where this node counts for itself, else its share of all
         */
        boolean less(
                Backend second,
                double secondInFlight,
                int secondWeight,
                Backend first,
                double firstInFlight,
                int firstWeight,
                double one);
    }

    /** A difference of which others speak is seen by that half of the picks that draw one side of it: it has to weigh double. */
    private static final double OTHERS = 2;

    /**
     * The most, in requests, by which chance changes a comparison, however many requests have begun since the others' last word: own
     * ones are counted at once, and only what the nodes all do together has to be blurred. Found by simulation.
     */
    private static final double MOST_BLUR = 0.25;

    private final Weighted weighted;
    private final Load load;
    private final RandomGenerator random;
    private final LongSupplier nanoClock;

    TwoChoices(Weighted weighted, Load load, RandomGenerator random, LongSupplier nanoClock) {
        this.weighted = weighted;
        this.load = load;
        this.random = random;
        this.nanoClock = nanoClock;
    }

    @Override
    public Backend pick(PickContext context) {
        int first = weighted.draw(random);
        if (weighted.size() == 1) {
            return weighted.backend(first);
        }
        int second = weighted.drawBeside(first, random);
        boolean less = isLess(second, first);
        Backend better = weighted.backend(less ? second : first);
        return context.tried(better) ? weighted.untried(less ? first : second, context, random) : better;
    }

    private boolean isLess(int second, int first) {
        Hearsay hearsay = weighted.backend(first).others().hearsay();
        if (hearsay != null) {
            return isLess(second, first, hearsay, nanoClock.getAsLong());
        }
        Backend a = weighted.backend(second);
        Backend b = weighted.backend(first);
        return load.less(
                a, a.stats().inFlight(), weighted.weight(second), b, b.stats().inFlight(), weighted.weight(first), 1);
    }

    private boolean isLess(int second, int first, Hearsay hearsay, long now) {
        Backend a = weighted.backend(second);
        Backend b = weighted.backend(first);
        double trust = hearsay.trust(now);
        double one = hearsay.one(trust);
        double believed = OTHERS * trust * one;
        double blur = trust * Math.min(hearsay.begunSince(now), MOST_BLUR) * (2 * random.nextDouble() - 1);
        return load.less(
                a,
                a.stats().inFlight() + believed * a.others().inFlight() + Math.max(0, blur),
                weighted.weight(second),
                b,
                b.stats().inFlight() + believed * b.others().inFlight() + Math.max(0, -blur),
                weighted.weight(first),
                one);
    }
}
