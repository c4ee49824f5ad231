package dev.weir.balancer.strategy;

import dev.weir.balancer.config.StrategyConfig;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a strategy may use of the world.
 *
 * @param pool the name of the pool that it works for
 * @param nanoClock never goes back
 * @param random shared by all event loops: thread-safe
 * @param nested makes a strategy to put inside another one, split by tiers and zones as at the top; throws {@link
 *     IllegalArgumentException} as {@link StrategyProvider#create} does
 */
public record Environment(
        String pool, LongSupplier nanoClock, RandomGenerator random, Function<StrategyConfig, Strategy> nested) {}
