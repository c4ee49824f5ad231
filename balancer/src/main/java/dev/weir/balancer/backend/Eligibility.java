package dev.weir.balancer.backend;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who gets traffic, and how much of it each priority tier carries. A pure function of the backends' states, the rules and
 * the time.
 *
 * <p>Tiers overflow and panic as in Envoy ("Priority levels", "Panic threshold"): a tier's health is 1.4 × usable / all,
 * at most 1, so that it carries everything until under 71.4 % of it are usable; the next tiers take the rest. Only if all
 * tiers together cannot carry everything do those panic of which less than the threshold is usable.
 *
 * @param tiers those that have candidates, in order of priority; empty if nobody is eligible; shares add up to 1
 * @param resting usable ones of weight 0: they keep the clients that are bound to them, and get no others
 */
public record Eligibility(List<Tier> tiers, List<Backend> resting) {
    /** Nobody gets traffic. */
    public static final Eligibility NONE = new Eligibility(List.of());

    /** Nobody rests. */
    public Eligibility(List<Tier> tiers) {
        this(tiers, List.of());
    }

    /** All tiers together carry everything; a little less than 1, because of rounding. */
    private static final double ENOUGH = 1 - 1e-9;

    /**
     * @param share of the pool's first attempts, 0 to 1; 0: gets further attempts only, once every backend of the other
     *     tiers was tried
     * @param candidates who gets first attempts; not empty
     * @param healthy who gets further attempts: the candidates without those that are not usable, as in a panic, or {@linkplain
     *     BackendState#spared spared}, if any are left
     * @param panic whether so few are healthy that health is disregarded
     * @param zones how candidates are split by the preferred zone; null: not at all
     */
    public record Tier(
            int priority,
            double share,
            List<Candidate> candidates,
            List<Candidate> healthy,
            boolean panic,
            @Nullable Zones zones) {}

    /**
     * The candidates of one tier, by zone.
     *
     * @param near those in this node's zone; not empty
     * @param far all others; not empty
     * @param nearShare of the tier's requests that near ones get, 0 to 1
     */
    public record Zones(List<Candidate> near, List<Candidate> far, double nearShare) {}

    /**
     * @param zone of this node; null: none, all zones are alike
     * @param panicThreshold share (0 to 1) of usable backends in a tier under which it may panic; 0: never
     * @param slowStartNanos how long a backend that became usable again takes to get its full weight; 0: no time
     */
    public record Rules(@Nullable String zone, double panicThreshold, long slowStartNanos) {
        public Rules {
            if (!(panicThreshold >= 0 && panicThreshold <= 1)) {
                throw new IllegalArgumentException("panic threshold " + panicThreshold + " (expected: 0 to 1)");
            }
            if (slowStartNanos < 0) {
                throw new IllegalArgumentException("slow start " + slowStartNanos + " ns (expected: 0 or more)");
            }
        }
    }

    /** Applies the rules to the backends' present states. */
    public static Eligibility of(List<Backend> backends, Rules rules, long nowNanos) {
        List<TierCensus> censuses = TierCensus.of(backends);
        double health = censuses.stream().mapToDouble(TierCensus::health).sum();
        int triable = censuses.stream().mapToInt(TierCensus::triable).sum();
        double left = 1;
        List<Tier> tiers = new ArrayList<>(censuses.size());
        for (TierCensus census : censuses) {
            // If nothing is known to work, each tier is tried as much as it has backends.
            double share = health == 0
                    ? (double) census.triable() / Math.max(1, triable)
                    : Math.min(left, census.health() / Math.min(1, health));
            left -= share;
            boolean panic = health < ENOUGH && census.usableShare() < rules.panicThreshold;
            Tier tier = census.tier(share, panic, rules, nowNanos);
            if (tier != null) {
                tiers.add(tier);
            }
        }
        return tiers.isEmpty() ? NONE : new Eligibility(List.copyOf(tiers), resting(backends));
    }

    private static List<Backend> resting(List<Backend> backends) {
        return backends.stream()
                .filter(backend -> backend.weight() == 0 && backend.state().usable())
                .toList();
    }

    /** Whether those of that priority get requests whether or not they are usable. */
    public boolean panics(int priority) {
        for (Tier tier : tiers) {
            if (tier.priority == priority) {
                return tier.panic;
            }
        }
        return false;
    }

    /** Whether some candidate has less than its full weight, because of its slow start. */
    boolean inSlowStart() {
        for (Tier tier : tiers) {
            for (Candidate candidate : tier.candidates) {
                if (candidate.weight() < Candidate.fullWeight(candidate.backend())) {
                    return true;
                }
            }
        }
        return false;
    }
}
