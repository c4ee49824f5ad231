package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.PickContext;
import dev.weir.balancer.backend.Picker;
import java.util.random.RandomGenerator;

/**
 * Draws two by weight and takes the better one: nearly as even as to ask all, at a constant cost, and without the herd that
 * runs to whoever looked best a moment ago (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001).
 */
final class TwoChoices implements Picker {
    /** How the load of two backends compares. */
    @FunctionalInterface
    interface Load {
        /** Whether the second one is better than the first. Neither blocks nor allocates. */
        boolean less(Backend second, int secondWeight, Backend first, int firstWeight);
    }

    private final Weighted weighted;
    private final Load load;
    private final RandomGenerator random;

    TwoChoices(Weighted weighted, Load load, RandomGenerator random) {
        this.weighted = weighted;
        this.load = load;
        this.random = random;
    }

    @Override
    public Backend pick(PickContext context) {
        int first = weighted.draw(random);
        if (weighted.size() == 1) {
            return weighted.backend(first);
        }
        int second = weighted.drawBeside(first, random);
        boolean less = load.less(
                weighted.backend(second), weighted.weight(second), weighted.backend(first), weighted.weight(first));
        Backend better = weighted.backend(less ? second : first);
        return context.tried(better) ? weighted.untried(less ? first : second, context, random) : better;
    }
}
