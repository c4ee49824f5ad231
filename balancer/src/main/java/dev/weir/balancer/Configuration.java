package dev.weir.balancer;

import dev.weir.balancer.config.BalancerConfig;
import dev.weir.balancer.config.ConfigException;
import dev.weir.balancer.config.ConfigLoader;
import dev.weir.balancer.strategy.Strategies;
import java.nio.file.Path;

/** Loads configurations together with what the strategies on the class path say of their options. */
final class Configuration {
    private Configuration() {}

    /** @throws IllegalStateException if a strategy plug-in cannot be loaded; the message is for users */
    static BalancerConfig load(Path file) throws ConfigException {
        return ConfigLoader.load(file, strategies()::problem);
    }

    /** @param name stands for the file in problems */
    static BalancerConfig parse(String name, String yaml) throws ConfigException {
        return ConfigLoader.parse(name, yaml, strategies()::problem);
    }

    private static Strategies strategies() {
        return new Strategies(Configuration.class.getClassLoader());
    }
}
