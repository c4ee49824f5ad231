package dev.weir.balancer.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The backends of one priority tier, counted by what may be asked of them. Those of weight 0 do not count at all. */
final class TierCensus {
    private final int priority;
    private final List<Backend> all = new ArrayList<>();
    private final List<Backend> triable = new ArrayList<>();
    private final List<Backend> usable = new ArrayList<>();

    private TierCensus(int priority) {
        this.priority = priority;
    }

    /** @return one for each priority in use, in order */
    static List<TierCensus> of(List<Backend> backends) {
        TreeMap<Integer, TierCensus> tiers = new TreeMap<>();
        for (Backend backend : backends) {
            if (backend.weight() > 0) {
                tiers.computeIfAbsent(backend.priority(), TierCensus::new).add(backend);
            }
        }
        return List.copyOf(tiers.values());
    }

    private void add(Backend backend) {
        BackendState state = backend.state();
        all.add(backend);
        if (state.triable()) {
            triable.add(backend);
        }
        if (state.usable()) {
            usable.add(backend);
        }
    }

    /** Those that operators want to be used, and that have an address. */
    int triable() {
        return triable.size();
    }

    /** What the tier can carry of what it is made for, 0 to 1; in whole numbers, so that 5 of 7 is exactly 1. */
    double health() {
        return 14 * usable.size() >= 10 * all.size() ? 1 : 1.4 * usable.size() / all.size();
    }

    /** Of those that could be tried: what operators took out is no sign of an outage, and no panic finds an address. */
    double usableShare() {
        return triable.isEmpty() ? 0 : (double) usable.size() / triable.size();
    }

    /** @return null if the tier has no candidates */
    Eligibility.@Nullable Tier tier(double share, boolean panic, Eligibility.Rules rules, long nowNanos) {
        if (panic) {
            return panicking(share);
        }
        if (usable.isEmpty()) {
            return null;
        }
        List<Candidate> candidates = usable.stream()
                .map(backend -> Candidate.of(backend, rules.slowStartNanos(), nowNanos))
                .toList();
        return new Eligibility.Tier(
                priority, share, candidates, healthy(candidates), false, zones(candidates, rules.zone()));
    }

    /** With full weights and over all zones: who is left is needed at once, and nobody knows which zone works. */
    private Eligibility.@Nullable Tier panicking(double share) {
        if (triable.isEmpty()) {
            return null;
        }
        List<Candidate> candidates = triable.stream().map(Candidate::full).toList();
        return new Eligibility.Tier(priority, share, candidates, healthy(candidates), true, null);
    }

    /** The best that there are among the candidates. */
    private static List<Candidate> healthy(List<Candidate> candidates) {
        List<Candidate> trusted = those(candidates, state -> state.usable() && !state.spared());
        List<Candidate> best = trusted.isEmpty() ? those(candidates, BackendState::usable) : trusted;
        return best.isEmpty() || best.size() == candidates.size() ? candidates : best;
    }

    private static List<Candidate> those(List<Candidate> candidates, Predicate<BackendState> wanted) {
        return candidates.stream()
                .filter(candidate -> wanted.test(candidate.backend().state()))
                .toList();
    }

    /**
     * Envoy's rule for zones, with one presumption in place of a knowledge of the other nodes: each zone has as much of
     * the traffic as of the tier's configured weight. A zone keeps all of its own as long as its part of the usable weight
     * is no less than that, and so when all zones suffer alike; otherwise it gives away just so much that, with zones of
     * equal rank, every usable backend has the same to do.
     */
    private Eligibility.@Nullable Zones zones(List<Candidate> candidates, @Nullable String zone) {
        if (zone == null) {
            return null;
        }
        List<Candidate> near = candidates.stream()
                .filter(candidate -> zone.equals(candidate.backend().zone()))
                .toList();
        if (near.isEmpty() || near.size() == candidates.size()) {
            return null;
        }
        List<Candidate> far = candidates.stream()
                .filter(candidate -> !zone.equals(candidate.backend().zone()))
                .toList();
        double usablePart = (double) weight(near) / weight(candidates);
        List<Candidate> made = all.stream().map(Candidate::full).toList();
        double madePart = (double) weight(made.stream()
                        .filter(candidate -> zone.equals(candidate.backend().zone()))
                        .toList())
                / weight(made);
        return new Eligibility.Zones(near, far, Math.min(1, usablePart / madePart));
    }

    private static long weight(List<Candidate> candidates) {
        return candidates.stream().mapToLong(Candidate::weight).sum();
    }
}
