package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Eligibility.Tier;
import dev.weir.balancer.backend.Eligibility.Zones;
import dev.weir.balancer.backend.PickContext;
import dev.weir.balancer.backend.Picker;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SplitTest {
    private final SplittableRandom random = new SplittableRandom(17);
    private final Environment environment = Fixture.environment(random);
    private final List<Candidate> both = Fixture.equal(6);
    private final List<Candidate> near = both.subList(0, 2);
    private final List<Candidate> far = both.subList(2, 6);

    @Test
    void theOwnZoneKeepsItsShareAndTheRestSpillsOver() {
        Picker picker = perZone().picker(zoned(0.75));
        assertThat(share(picker, near)).isCloseTo(0.75, within(0.02));
    }

    @Test
    void aZoneThatCanCarryEverythingKeepsEverything() {
        Picker picker = perZone().picker(zoned(1));
        assertThat(share(picker, near)).isEqualTo(1);
    }

    @Test
    void otherZonesTakeOverWhatWasTriedEverywhereNear() {
        Picker picker = perZone().picker(zoned(1));
        FakeRequest request = new FakeRequest();
        near.forEach(candidate -> request.failedOn(candidate.backend()));
        assertThat(backends(far)).contains(picker.pick(request));
    }

    @Test
    void strategiesThatSeeAWholeTierKnowNoZones() {
        Strategy perTier = environment.perTier(this::any, context -> Environment.ANYWHERE);
        assertThat(share(perTier.picker(zoned(1)), near)).isCloseTo(1.0 / 3, within(0.02));
    }

    @Test
    void tiersAreChosenByThePlaceOfTheRequestIfItHasOne() {
        Eligibility tiers = tiers(0.25, 0.5, 0.25);
        double[] place = new double[1];
        Picker picker = environment.perTier(this::any, context -> place[0]).picker(tiers);
        double[] places = {0, 0.2499, 0.25, 0.7499, 0.75, 0.9999};
        int[] expected = {0, 0, 1, 1, 2, 2};
        for (int i = 0; i < places.length; i++) {
            place[0] = places[i];
            assertThat(picker.pick(new FakeRequest()).priority()).isEqualTo(expected[i]);
        }
    }

    @Test
    void sharesThatAddUpToALittleLessThanOneLoseNothing() {
        Picker picker = environment.perTier(this::any, context -> 0.9999999999).picker(tiers(0.4, 0.599999, 0));
        assertThat(picker.pick(new FakeRequest()).priority()).isEqualTo(1);
    }

    @Test
    void tiersWithoutAShareFollowInTheirOrderOnceAllElseWasTried() {
        Picker picker = perZone().picker(tiers(1, 0, 0));
        FakeRequest request = new FakeRequest();
        int[] order = new int[6];
        for (int i = 0; i < 6; i++) {
            Backend picked = picker.pick(request);
            order[i] = picked.priority();
            request.failedOn(picked);
        }
        assertThat(order).containsExactly(0, 0, 1, 1, 2, 2);
    }

    @Test
    void aStrategyThatPicksNobodyInItsGroupIsHelpedOutByTheOthers() {
        Strategy shy = environment.perZone(
                candidates -> backends(candidates).stream().anyMatch(backend -> backend.priority() == 0)
                        ? Picker.EMPTY
                        : any(candidates));
        Picker picker = shy.picker(tiers(0.5, 0.5, 0));
        for (int i = 0; i < 50; i++) {
            assertThat(picker.pick(new FakeRequest()).priority()).isEqualTo(1);
        }
    }

    @Test
    void withOneGroupNothingIsPutInBetween() {
        Picker own = context -> near.getFirst().backend();
        Strategy strategy = environment.perZone(candidates -> own);
        assertThat(strategy.picker(Fixture.eligible(near))).isSameAs(own);
    }

    private Strategy perZone() {
        return environment.perZone(this::any);
    }

    private Picker any(List<Candidate> candidates) {
        return WeightedRandom.picker(candidates, random);
    }

    private Eligibility zoned(double nearShare) {
        return new Eligibility(List.of(new Tier(0, 1, both, both, false, new Zones(near, far, nearShare))));
    }

    private static Eligibility tiers(double... shares) {
        return new Eligibility(Stream.iterate(0, priority -> priority + 1)
                .limit(shares.length)
                .map(priority -> {
                    List<Candidate> two = Stream.of(2 * priority, 2 * priority + 1)
                            .map(number -> new Candidate(Fixture.backend(number, 1, priority, null), Candidate.SCALE))
                            .toList();
                    return new Tier(priority, shares[priority], two, two, false, null);
                })
                .toList());
    }

    private static double share(Picker picker, List<Candidate> candidates) {
        int picks = 10_000;
        PickContext request = new FakeRequest();
        int hits = 0;
        for (int i = 0; i < picks; i++) {
            hits += backends(candidates).contains(picker.pick(request)) ? 1 : 0;
        }
        return (double) hits / picks;
    }

    private static List<Backend> backends(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::backend).toList();
    }
}
