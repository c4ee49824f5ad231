package dev.weir.balancer.backend;

import java.util.List;

/**
 * Who gets traffic, and how much of it each priority tier carries.
 *
 * @param tiers those with a share, in order of priority; empty if nobody is eligible; shares add up to 1
 */
public record Eligibility(List<Tier> tiers) {
    /**
     * @param share of the pool's requests, 0 to 1
     * @param candidates who gets first attempts; not empty
     * @param healthy who gets further attempts: the same as candidates, but in a panic only the healthy ones, if any
     * @param panic whether so few are healthy that health is disregarded
     */
    public record Tier(
            int priority, double share, List<Candidate> candidates, List<Candidate> healthy, boolean panic) {}
}
