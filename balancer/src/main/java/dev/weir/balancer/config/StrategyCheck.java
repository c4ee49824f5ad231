package dev.weir.balancer.config;

import org.jspecify.annotations.Nullable;

/**
 * Asks those who know the strategies whether one can be made, so that what they say carries file, line and path. This
 * package knows no strategy.
 */
@FunctionalInterface
public interface StrategyCheck {
    /** Takes any strategy. */
    StrategyCheck ANY = strategy -> null;

    /** @return what is wrong with the name or an option, for users; null if the strategy can be made */
    @Nullable
    String problem(StrategyConfig strategy);
}
