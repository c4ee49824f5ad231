package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.config.Nearest;
import dev.weir.balancer.config.StrategyConfig;
import java.util.Collections;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** All strategies that there are, built-in and foreign ones alike, by name. Immutable. */
public final class Strategies {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    private final TreeMap<String, StrategyProvider> providers = new TreeMap<>();

    /**
     * @param loader sees the built-in strategies and the plug-ins
     * @throws IllegalStateException if a plug-in cannot be loaded or its name is taken; the message is for users
     */
    public Strategies(ClassLoader loader) {
        try {
            for (StrategyProvider provider : ServiceLoader.load(StrategyProvider.class, loader)) {
                add(provider);
            }
        } catch (ServiceConfigurationError | LinkageError e) {
            throw new IllegalStateException("a strategy plug-in cannot be loaded: " + e.getMessage(), e);
        }
    }

    private void add(StrategyProvider provider) {
        String name = provider.name();
        if (name == null || !NAME.matcher(name).matches()) {
            throw new IllegalStateException(
                    "the strategy " + provider.getClass().getName() + " is called '" + name
                            + "'; expected lower case letters, digits and dashes");
        }
        StrategyProvider other = providers.put(name, provider);
        if (other != null) {
            throw new IllegalStateException("two strategies are called '" + name + "': "
                    + other.getClass().getName() + " and " + provider.getClass().getName()
                    + "; take one of them off the class path");
        }
    }

    /** In alphabetical order. */
    public Set<String> names() {
        return Collections.unmodifiableNavigableSet(providers.navigableKeySet());
    }

    /**
     * Makes the strategy of one pool.
     *
     * @param nanoClock never goes back
     * @param random thread-safe
     * @return its pickers come with an {@link IllegalStateException} for users if the plug-in cannot make one
     * @throws IllegalArgumentException if there is no such strategy, or an option is wrong; the message is for users
     */
    public Strategy make(StrategyConfig config, String pool, LongSupplier nanoClock, RandomGenerator random) {
        StrategyProvider provider = providers.get(config.name());
        if (provider == null) {
            throw new IllegalArgumentException("no strategy is called '" + config.name() + "'; there are "
                    + String.join(", ", names()) + Nearest.hint(config.name(), names()));
        }
        Environment environment =
                new Environment(pool, nanoClock, random, nested -> make(nested, pool, nanoClock, random));
        try {
            Strategy strategy =
                    Objects.requireNonNull(provider.create(config.options(), environment), "create gave null");
            return eligible -> picker(config.name(), strategy, eligible);
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) { // such as a plug-in's cast of an option that has another type
            throw new IllegalArgumentException("the strategy '" + config.name() + "' cannot be made: " + e, e);
        }
    }

    /** A plug-in's mistake is told with its name. */
    private static Picker picker(String name, Strategy strategy, Eligibility eligible) {
        try {
            return Objects.requireNonNull(strategy.picker(eligible), "picker gave null");
        } catch (RuntimeException | LinkageError e) {
            throw new IllegalStateException("the strategy '" + name + "' cannot make a picker: " + e, e);
        }
    }

    /** What is wrong with the choice of a strategy, for users; null if it can be made. */
    public @Nullable String problem(StrategyConfig config) {
        try {
            make(config, "check", () -> 0, () -> 0);
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }
}
