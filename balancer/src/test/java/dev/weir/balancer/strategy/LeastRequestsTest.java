package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.backend.Preference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeastRequestsTest {
    @Test
    void whoHasFewestGetsTheNext() {
        List<Candidate> candidates = Fixture.equal(3);
        Picker picker = Fixture.picker("least-requests", candidates);
        load(candidates, 3, 1, 2);
        assertThat(picker.pick(new FakeRequest())).isSameAs(candidates.get(1).backend());
    }

    @Test
    void whatIsInFlightCountsByWeight() {
        List<Candidate> candidates = Fixture.candidates(1, 4);
        Picker picker = Fixture.picker("least-requests", candidates);
        load(candidates, 1, 6); // 2/1 against 7/4
        assertThat(picker.pick(new FakeRequest())).isSameAs(candidates.get(1).backend());
        load(candidates, 1, 8); // 2/1 against 9/4
        assertThat(picker.pick(new FakeRequest())).isSameAs(candidates.get(0).backend());
    }

    @Test
    void whatOtherNodesHaveInFlightCountsToo() {
        List<Candidate> candidates = Fixture.equal(3);
        Picker picker = Fixture.picker("least-requests", candidates);
        Fixture.hear(candidates, 40, 0, 40);
        load(candidates, 2, 3, 2);
        assertThat(Fixture.counts(picker, 100))
                .containsOnlyKeys(candidates.get(1).backend());
        load(candidates, 2, 23, 2); // the others' 40 are 20 of a node that has half of the traffic
        assertThat(Fixture.counts(picker, 100))
                .doesNotContainKey(candidates.get(1).backend());
    }

    @Test
    void inAClusterRequestsInFlightAreInProportionToTheWeightsToo() {
        List<Candidate> candidates = Fixture.candidates(1, 2, 3);
        Picker picker = Fixture.picker("least-requests", candidates);
        Fixture.hear(candidates, 100, 200, 300);
        for (int i = 0; i < 600; i++) {
            picker.pick(new FakeRequest()).stats().tryBegin(0);
        }
        assertThat(candidates)
                .allSatisfy(candidate -> assertThat(candidate.backend().stats().inFlight())
                        .isCloseTo(100 * candidate.backend().weight(), within(6)));
    }

    @Test
    void betweenVeryManyNodesTheFirstPickAfterAChangeOfThePoolIsNoOnesInParticular() {
        List<Candidate> candidates = Fixture.equal(4);
        Fixture.hear(candidates, Preference.of(0, 100, 0), 1, 1, 1, 1);
        Strategy strategy = Fixture.make("least-requests");
        Map<Backend, Integer> counts = new HashMap<>();
        for (int i = 0; i < 400; i++) {
            counts.merge(strategy.picker(Fixture.eligible(candidates)).pick(new FakeRequest()), 1, Integer::sum);
        }
        assertThat(counts.values())
                .hasSize(4)
                .allSatisfy(count -> assertThat(count).isBetween(60, 140)); // 100 +- 5 sigma
    }

    @Test
    void inAClusterEqualsAreTakenInAnOrderThatEachNodeBeginsSomewhereElse() {
        assertThat(ofEqualOnes(Preference.of(0, 2, 0)))
                .hasSize(3)
                .doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(ofEqualOnes(Preference.of(1, 2, 0)));
    }

    @Test
    void betweenVeryManyNodesChanceDecidesAmongThoseThatHaveNextToNothing() {
        List<Candidate> candidates = Fixture.equal(8);
        Picker picker = Fixture.picker("least-requests", candidates);
        Fixture.hear(candidates, Preference.of(0, 100, 0), 5, 5, 5, 5, 5, 5, 5, 40);
        Map<Backend, Integer> counts = Fixture.counts(picker, 7_000);
        assertThat(counts).hasSize(7).doesNotContainKey(candidates.getLast().backend());
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isCloseTo(1_000, within(150)));
    }

    /** Of eight backends with equally much to do, those that get the next three requests. */
    private static List<Integer> ofEqualOnes(Preference preference) {
        List<Candidate> candidates = Fixture.equal(8);
        Picker picker = Fixture.picker("least-requests", candidates);
        load(candidates, 5, 5, 5, 5, 5, 5, 5, 5);
        Fixture.hear(candidates, preference, 9, 9, 9, 9, 9, 9, 9, 9);
        List<Backend> backends = candidates.stream().map(Candidate::backend).toList();
        List<Integer> picked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Backend backend = picker.pick(new FakeRequest());
            backend.stats().tryBegin(0);
            picked.add(backends.indexOf(backend));
        }
        return picked;
    }

    @Test
    void inAClusterNobodyIsPreferredForLong() {
        List<Candidate> candidates = Fixture.equal(5);
        Picker picker = Fixture.picker("least-requests", candidates);
        Map<Backend, Integer> counts = new HashMap<>();
        for (int millis = 0; millis < 10_000; millis += 10) {
            Fixture.hear(candidates, Preference.of(1, 3, millis), 2, 2, 2, 2, 2);
            counts.merge(picker.pick(new FakeRequest()), 1, Integer::sum);
        }
        assertThat(counts).hasSize(5);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(140, 240));
    }

    @Test
    void tiesAreBrokenAtRandom() {
        List<Candidate> candidates = Fixture.equal(4);
        Picker picker = Fixture.picker("least-requests", candidates);
        load(candidates, 2, 1, 1, 1);
        Map<Backend, Integer> counts = Fixture.counts(picker, 9_000);
        assertThat(counts).hasSize(3).doesNotContainKey(candidates.getFirst().backend());
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isCloseTo(3_000, within(200)));
    }

    @Test
    void whileNobodyIsBusyTheWeightsDecide() {
        List<Candidate> candidates = Fixture.candidates(1, 3);
        Picker picker = Fixture.picker("least-requests", candidates);
        Map<Backend, Integer> counts = Fixture.counts(picker, 8_000);
        assertThat(counts.get(candidates.get(0).backend())).isCloseTo(2_000, within(150));
    }

    @Test
    void underLoadRequestsInFlightAreInProportionToTheWeights() {
        List<Candidate> candidates = Fixture.candidates(1, 2, 3);
        Picker picker = Fixture.picker("least-requests", candidates);
        for (int i = 0; i < 600; i++) {
            picker.pick(new FakeRequest()).stats().tryBegin(0);
        }
        assertThat(candidates)
                .extracting(candidate -> candidate.backend().stats().inFlight())
                .containsExactly(100, 200, 300);
    }

    @Test
    void aSlowBackendDoesNotSlowDownTheOthers() {
        Simulation.Result even = run("round-robin");
        Simulation.Result least = run("least-requests");
        assertThat(even.share(0)).isCloseTo(0.25, within(0.001));
        assertThat(least.share(0)).as("share of the slow one").isLessThan(0.1);
        assertThat(least.meanMillis()).as("mean latency").isLessThan(even.meanMillis() / 2);
    }

    /** Four backends with four workers each; one needs 100 ms for what takes the others 10. */
    private static Simulation.Result run(String strategy) {
        return new Simulation(strategy, 4, 100, 10, 10, 10).run(20_000, 300);
    }

    private static void load(List<Candidate> candidates, int... inFlight) {
        for (int i = 0; i < inFlight.length; i++) {
            Fixture.load(candidates.get(i).backend(), inFlight[i]);
        }
    }
}
