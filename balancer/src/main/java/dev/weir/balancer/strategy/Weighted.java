package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.PickContext;
import java.util.List;
import java.util.random.RandomGenerator;

/** Backends to be drawn at random, by weight. Immutable; nothing here allocates after construction. */
final class Weighted {
    private final Backend[] backends;
    private final int[] weights;
    /** The sum of the weights before each backend, and at the end that of all. */
    private final long[] before;

    Weighted(List<Candidate> candidates) {
        int size = candidates.size();
        backends = new Backend[size];
        weights = new int[size];
        before = new long[size + 1];
        for (int i = 0; i < size; i++) {
            backends[i] = candidates.get(i).backend();
            weights[i] = candidates.get(i).weight();
            before[i + 1] = before[i] + weights[i];
        }
    }

    int size() {
        return backends.length;
    }

    Backend backend(int index) {
        return backends[index];
    }

    int weight(int index) {
        return weights[index];
    }

    long totalWeight() {
        return before[backends.length];
    }

    /** @return an index, each with a probability in proportion to its weight */
    int draw(RandomGenerator random) {
        return at(below(totalWeight(), random));
    }

    /** As {@link #draw}, but never a certain one; there are at least two. */
    int drawBeside(int excluded, RandomGenerator random) {
        long point = below(totalWeight() - weights[excluded], random);
        return at(point < before[excluded] ? point : point + weights[excluded]);
    }

    /** The backend at an index if it is untried; else one that is, drawn by weight; if there is none, yet the first. */
    Backend untried(int index, PickContext context, RandomGenerator random) {
        Backend choice = backends[index];
        if (!context.tried(choice)) {
            return choice;
        }
        long sum = 0;
        for (int i = 0; i < backends.length; i++) {
            if (!context.tried(backends[i])) {
                sum += weights[i];
                if (below(sum, random) < weights[i]) { // a reservoir of one
                    choice = backends[i];
                }
            }
        }
        return choice;
    }

    private int at(long point) {
        int low = 0;
        int high = backends.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (point < before[middle + 1]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Uniform from 0 to less than the bound, without a division: Lemire, "Fast Random Integer Generation", 2019. */
    static long below(long bound, RandomGenerator random) {
        return Math.unsignedMultiplyHigh(random.nextLong(), bound); // its bias of bound/2^64 is beyond measure
    }
}
