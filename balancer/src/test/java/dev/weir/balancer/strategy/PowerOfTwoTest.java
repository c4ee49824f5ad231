package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Picker;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PowerOfTwoTest {
    @Test
    void theMostLoadedIsNeverPicked() {
        List<Candidate> candidates = Fixture.equal(5);
        for (int i = 0; i < 5; i++) {
            Fixture.load(candidates.get(i).backend(), i);
        }
        Map<Backend, Integer> counts = Fixture.counts(Fixture.picker("power-of-two", candidates), 10_000);
        assertThat(counts).doesNotContainKey(candidates.getLast().backend());
        // The least loaded is among the two in 4 + 4 of 20 ordered pairs, and then it is taken.
        assertThat(counts.get(candidates.getFirst().backend())).isCloseTo(4_000, within(200));
    }

    @Test
    void ofTwoItTakesTheLessLoadedByWeight() {
        List<Candidate> candidates = Fixture.candidates(1, 4);
        Picker picker = Fixture.picker("power-of-two", candidates);
        Fixture.load(candidates.get(0).backend(), 1);
        Fixture.load(candidates.get(1).backend(), 6);
        assertThat(Fixture.counts(picker, 100))
                .containsOnlyKeys(candidates.get(1).backend());
        Fixture.load(candidates.get(1).backend(), 8);
        assertThat(Fixture.counts(picker, 100))
                .containsOnlyKeys(candidates.get(0).backend());
    }

    @Test
    void whatOtherNodesHaveInFlightCountsToo() {
        List<Candidate> candidates = Fixture.equal(2);
        Picker picker = Fixture.picker("power-of-two", candidates);
        Fixture.hear(candidates, 40, 0);
        Fixture.load(candidates.get(1).backend(), 3);
        assertThat(Fixture.counts(picker, 100))
                .containsOnlyKeys(candidates.get(1).backend());
        Fixture.load(candidates.get(1).backend(), 45);
        assertThat(Fixture.counts(picker, 100))
                .containsOnlyKeys(candidates.get(0).backend());
    }

    @Test
    void loadIsNearlyEvenAsTheTheorySays() {
        // A thousand balls into a thousand bins: at most about ln ln n / ln 2 + 1 in one, against ln n / ln ln n.
        assertThat(mostAfter("power-of-two")).isLessThanOrEqualTo(4);
        assertThat(mostAfter("random")).isGreaterThanOrEqualTo(5);
    }

    @Test
    void underLoadRequestsInFlightAreInProportionToTheWeights() {
        List<Candidate> candidates = Fixture.candidates(1, 2, 3);
        Picker picker = Fixture.picker("power-of-two", candidates);
        for (int i = 0; i < 600; i++) {
            picker.pick(new FakeRequest()).stats().tryBegin(0);
        }
        assertThat(candidates)
                .allSatisfy(candidate -> assertThat(candidate.backend().stats().inFlight())
                        .isCloseTo(100 * candidate.backend().weight(), within(6)));
    }

    private static int mostAfter(String strategy) {
        List<Candidate> candidates = Fixture.equal(1_000);
        Picker picker = Fixture.picker(strategy, candidates);
        for (int i = 0; i < 1_000; i++) {
            picker.pick(new FakeRequest()).stats().tryBegin(0);
        }
        return candidates.stream()
                .mapToInt(candidate -> candidate.backend().stats().inFlight())
                .max()
                .orElseThrow();
    }
}
