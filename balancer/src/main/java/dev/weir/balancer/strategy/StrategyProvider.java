package dev.weir.balancer.strategy;

import io.vertx.core.json.JsonObject;

/**
 * The door by which a strategy comes in, built-in or foreign: found by {@link java.util.ServiceLoader}, chosen in the
 * configuration by its name. A public class with a public constructor without parameters.
 */
public interface StrategyProvider {
    /** Lower case letters, digits and dashes; unique. */
    String name();

    /**
     * Called for every pool that names the strategy, and for every check of a configuration.
     *
     * @param options what stands beside the name in the configuration, perhaps nothing; {@link Options} reads them
     * @throws IllegalArgumentException if an option is unknown or wrong; its message names the option, the value and what
     *     was expected
     */
    Strategy create(JsonObject options, Environment environment);
}
