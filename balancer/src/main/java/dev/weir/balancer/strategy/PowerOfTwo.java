package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import io.vertx.core.json.JsonObject;

/**
 * {@code power-of-two}: of two drawn by weight, the one with fewer requests in flight by its weight. For large pools, where
 * to ask everybody costs more than it brings.
 */
public final class PowerOfTwo implements StrategyProvider {
    @Override
    public String name() {
        return "power-of-two";
    }

    @Override
    public Strategy create(JsonObject options, Environment environment) {
        new Options(options);
        return environment.perZone(candidates -> new TwoChoices(
                new Weighted(candidates), PowerOfTwo::lessInFlight, environment.random(), environment.nanoClock()));
    }

    private static boolean lessInFlight(
            Backend second, double a, int secondWeight, Backend first, double b, int firstWeight, double one) {
        // While both are idle the draw decides: its shares are those of the weights.
        return a + b >= one / 2 && (a + one) * firstWeight < (b + one) * secondWeight;
    }
}
