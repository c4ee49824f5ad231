package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.PickContext;
import dev.weir.balancer.backend.Picker;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Splits a pool into the groups that a strategy balances: by priority tier, and by zone if wanted. A picker of a group that
 * has nothing untried left is followed by those of the other groups. All pickers are made with the snapshot, so that a pick
 * only chooses among them.
 */
final class Split implements Strategy {
    /**
     * One of so many picks of a backend that is not healthy and fails is carried out, to find out when it is back. The retries
     * that this costs are at most 1 / 16 of all requests, well within the usual budget of 20 %.
     */
    static final int PROBES = 16;

    private final Function<List<Candidate>, Picker> pickers;
    private final boolean byZone;
    private final ToDoubleFunction<PickContext> place;
    private final RandomGenerator random;

    Split(
            Function<List<Candidate>, Picker> pickers,
            boolean byZone,
            ToDoubleFunction<PickContext> place,
            RandomGenerator random) {
        this.pickers = pickers;
        this.byZone = byZone;
        this.place = place;
        this.random = random;
    }

    @Override
    public Picker picker(Eligibility eligible) {
        List<Eligibility.Tier> tiers = eligible.tiers();
        return switch (tiers.size()) {
            case 0 -> Picker.EMPTY;
            case 1 -> tier(tiers.getFirst());
            default -> new Tiers(tiers, tiers.stream().map(this::tier).toArray(Picker[]::new));
        };
    }

    private Picker tier(Eligibility.Tier tier) {
        Eligibility.Zones zones = tier.zones();
        Picker all = byZone && zones != null ? zones(zones) : pickers.apply(tier.candidates());
        return tier.healthy().size() < tier.candidates().size() ? wary(all, pickers.apply(tier.healthy())) : all;
    }

    /**
     * First attempts go to all, for the verdict on the others may be wrong, and further ones to the healthy. But where the last
     * request failed too, nothing speaks for a backend: it gets few first attempts, lest every request of an outage needs a
     * retry.
     */
    private Picker wary(Picker all, Picker healthy) {
        Picker healthyFirst = either(healthy, all);
        return context -> {
            if (context.attempt() > 0) {
                return healthyFirst.pick(context);
            }
            Backend choice = all.pick(context);
            boolean fails = choice != null && choice.stats().consecutiveFailures() > 0;
            return fails && random.nextInt(PROBES) != 0 ? healthyFirst.pick(context) : choice;
        };
    }

    private Picker zones(Eligibility.Zones zones) {
        Picker near = pickers.apply(zones.near());
        Picker far = pickers.apply(zones.far());
        Picker nearFirst = either(near, far);
        double nearShare = zones.nearShare();
        if (nearShare >= 1) {
            return nearFirst;
        }
        Picker farFirst = either(far, near);
        return context -> (random.nextDouble() < nearShare ? nearFirst : farFirst).pick(context);
    }

    /** The first picker's choice, unless it was tried and the second one's was not. */
    private static Picker either(Picker first, Picker second) {
        return context -> {
            Backend choice = first.pick(context);
            if (isFresh(choice, context)) {
                return choice;
            }
            Backend other = second.pick(context);
            return choice == null || isFresh(other, context) ? other : choice;
        };
    }

    private static boolean isFresh(@Nullable Backend backend, PickContext context) {
        return backend != null && !context.tried(backend);
    }

    private final class Tiers implements Picker {
        private final Picker[] tiers;
        /** The sum of the shares up to each tier. */
        private final double[] upTo;

        Tiers(List<Eligibility.Tier> tiers, Picker[] pickers) {
            this.tiers = pickers;
            this.upTo = new double[pickers.length];
            double sum = 0;
            for (int i = 0; i < upTo.length; i++) {
                sum += tiers.get(i).share();
                upTo[i] = sum;
            }
        }

        @Override
        public @Nullable Backend pick(PickContext context) {
            int chosen = choose(context);
            Backend choice = tiers[chosen].pick(context);
            if (isFresh(choice, context)) {
                return choice;
            }
            for (int i = 0; i < tiers.length; i++) {
                Backend other = i == chosen ? null : tiers[i].pick(context);
                if (isFresh(other, context) || choice == null) {
                    choice = other;
                }
                if (isFresh(choice, context)) {
                    return choice;
                }
            }
            return choice;
        }

        private int choose(PickContext context) {
            if (upTo[0] >= 1) {
                return 0;
            }
            double point = place.applyAsDouble(context);
            if (Double.isNaN(point)) {
                point = random.nextDouble();
            }
            int last = 0;
            for (int i = 0; i < upTo.length; i++) {
                if (point < upTo[i]) {
                    return i;
                }
                last = i > 0 && upTo[i] > upTo[i - 1] ? i : last;
            }
            return last; // the shares add up to a little less than 1, by rounding
        }
    }
}
