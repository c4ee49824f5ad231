package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.PickContext;
import dev.weir.balancer.backend.Picker;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Sends each key to its backend, as a table says; from a backend that has too much to do, or was tried, on to the next one
 * in the table ("Consistent Hashing with Bounded Loads", Mirrokni, Thorup, Zadimoghaddam, 2016).
 */
final class KeyPicker implements Picker {
    /** A search takes at most so many steps for each backend; it misses a certain one with a probability of e^-16. */
    private static final int STEPS_PER_BACKEND = 16;

    private final Weighted weighted;
    private final KeyTable table;
    private final HashKey key;
    private final RandomGenerator random;
    /** For each backend the most it may have of all requests in flight, infinite if unbounded. */
    private final double[] bounds;

    private KeyPicker(List<Candidate> candidates, KeyTable table, HashKey key, double factor, RandomGenerator random) {
        this.weighted = new Weighted(candidates);
        this.table = table;
        this.key = key;
        this.random = random;
        this.bounds = candidates.stream()
                .mapToDouble(candidate ->
                        factor == 0 ? Double.POSITIVE_INFINITY : factor * candidate.weight() / weighted.totalWeight())
                .toArray();
    }

    /**
     * A strategy that asks a table.
     *
     * @param options {@code hash-on} and {@code balance-factor}
     * @param tables makes a table for candidates that come in the same order on every node
     */
    static Strategy strategy(Options options, Environment environment, Function<List<Candidate>, KeyTable> tables) {
        HashKey key = HashKey.of(options);
        double factor = options.number("balance-factor", 1.25, 0, 100);
        if (factor > 0 && factor < 1) {
            throw Options.wrong("balance-factor", Double.toString(factor), "is out of range", "0 (off), or 1 to 100");
        }
        return environment.perTier(
                candidates -> {
                    List<Candidate> sorted = candidates.stream()
                            .sorted(Comparator.comparing(
                                    candidate -> candidate.backend().id()))
                            .toList();
                    return new KeyPicker(sorted, tables.apply(sorted), key, factor, environment.random());
                },
                key::place);
    }

    @Override
    public Backend pick(PickContext context) {
        long hash = key.hash(context);
        if (hash == HashKey.MISSING) {
            return weighted.untried(weighted.draw(random), context, random);
        }
        int position = table.position(hash);
        int owner = table.backend(position);
        Backend backend = weighted.backend(owner);
        // An idle one is never full, and then nobody needs to be counted.
        if (!context.tried(backend) && (backend.stats().inFlight() == 0 || !isFull(owner, inFlight()))) {
            return backend;
        }
        return next(position, context);
    }

    private Backend next(int position, PickContext context) {
        long inFlight = inFlight();
        int steps = Math.min(table.size(), STEPS_PER_BACKEND * weighted.size());
        Backend full = null; // but untried
        for (int at = position, step = 0; step < steps; step++) {
            int index = table.backend(at);
            Backend backend = weighted.backend(index);
            if (!context.tried(backend)) {
                if (!isFull(index, inFlight)) {
                    return backend;
                }
                full = full == null ? backend : full;
            }
            at = at + 1 == table.size() ? 0 : at + 1;
        }
        return full != null ? full : weighted.untried(table.backend(position), context, random);
    }

    /** Full is who has more than its bound of all requests in flight, the one to come included, rounded up. */
    private boolean isFull(int index, long inFlight) {
        return weighted.backend(index).stats().inFlight() >= bounds[index] * (inFlight + 1);
    }

    private long inFlight() {
        long sum = 0;
        for (int i = 0; i < weighted.size(); i++) {
            sum += weighted.backend(i).stats().inFlight();
        }
        return sum;
    }
}
