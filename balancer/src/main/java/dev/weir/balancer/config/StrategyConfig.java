package dev.weir.balancer.config;

import io.vertx.core.json.JsonObject;

/**
 * The choice of a strategy.
 *
 * @param name as registered by the strategy's provider
 * @param options everything else that stands beside the name; the provider validates it
 */
public record StrategyConfig(String name, JsonObject options) {
    public StrategyConfig {
        options = options.copy();
    }
}
