package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.PickContext;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.config.StrategyConfig;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/**
 * What a strategy may use of the world, and how it is fitted into a pool.
 *
 * @param pool the name of the pool that it works for
 * @param nanoClock never goes back
 * @param random shared by all event loops: thread-safe
 * @param nested makes a strategy to put inside another one; throws {@link IllegalArgumentException} as {@link
 *     StrategyProvider#create} does
 */
public record Environment(
        String pool, LongSupplier nanoClock, RandomGenerator random, Function<StrategyConfig, Strategy> nested) {
    /** For {@link #perTier}: a request that may go to any tier. */
    public static final double ANYWHERE = Double.NaN;

    /**
     * A strategy of which each picker sees one zone of one priority tier. Requests are split among tiers by their shares,
     * and inside a tier by the preference for this node's zone; where all backends were tried, the other zones' and tiers'
     * take over.
     *
     * @param pickers makes a picker for candidates that are at least one
     */
    public Strategy perZone(Function<List<Candidate>, Picker> pickers) {
        return new Split(pickers, true, context -> ANYWHERE, random);
    }

    /**
     * A strategy of which each picker sees one priority tier over all zones: for those that send a key always to the same
     * backend.
     *
     * @param pickers makes a picker for candidates that are at least one
     * @param place where among the tiers' shares a request stands, from 0 to less than 1, so that the same key gets the
     *     same tier as long as the shares stay; {@link #ANYWHERE}: at random
     */
    public Strategy perTier(Function<List<Candidate>, Picker> pickers, ToDoubleFunction<PickContext> place) {
        return new Split(pickers, false, place, random);
    }
}
