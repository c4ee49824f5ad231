package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Picker;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeakEwmaTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    @Test
    void ofTwoItTakesTheFasterOne() {
        List<Candidate> candidates = Fixture.equal(2);
        Picker picker = Fixture.picker("peak-ewma", candidates);
        latency(candidates.get(0), 20);
        latency(candidates.get(1), 10);
        assertThat(Fixture.counts(picker, 100))
                .containsOnlyKeys(candidates.get(1).backend());
    }

    @Test
    void whatIsInFlightCountsAsWaiting() {
        List<Candidate> candidates = Fixture.equal(2);
        Picker picker = Fixture.picker("peak-ewma", candidates);
        latency(candidates.get(0), 20);
        latency(candidates.get(1), 10);
        Fixture.load(candidates.get(1).backend(), 2); // 3 times 10 against 20
        assertThat(Fixture.counts(picker, 100))
                .containsOnlyKeys(candidates.get(0).backend());
    }

    @Test
    void aHeavierBackendBearsMoreForTheSameCost() {
        List<Candidate> candidates = Fixture.candidates(1, 3);
        Picker picker = Fixture.picker("peak-ewma", candidates);
        latency(candidates.get(0), 10);
        latency(candidates.get(1), 10);
        Fixture.load(candidates.get(0).backend(), 2);
        Fixture.load(candidates.get(1).backend(), 5);
        assertThat(Fixture.counts(picker, 100))
                .containsOnlyKeys(candidates.get(1).backend());
        Fixture.load(candidates.get(1).backend(), 7);
        assertThat(Fixture.counts(picker, 100))
                .containsOnlyKeys(candidates.get(0).backend());
    }

    @Test
    void aBackendThatHasNotAnsweredYetIsProbedOnceAtATime() {
        List<Candidate> candidates = Fixture.equal(5);
        candidates.subList(1, 5).forEach(candidate -> latency(candidate, 10));
        assertThat(probes(candidates, candidates.getFirst().backend())).isEqualTo(1);
    }

    /** Of 1,000 requests, those that a backend gets that answers none of them. */
    private static int probes(List<Candidate> candidates, Backend silent) {
        Picker picker = Fixture.picker("peak-ewma", candidates);
        int probes = 0;
        for (int i = 0; i < 1_000; i++) {
            if (picker.pick(new FakeRequest()) == silent) {
                probes++;
                silent.stats().tryBegin(0);
            }
        }
        return probes;
    }

    @Test
    void whatWasKnownLongAgoIsNotKnownAnyMore() {
        List<Candidate> candidates = Fixture.equal(5);
        candidates.subList(1, 5).forEach(candidate -> latency(candidate, 10));
        Backend silent = candidates.getFirst().backend();
        silent.stats().latency().add(10 * MILLI, TimeUnit.SECONDS.toNanos(-40));
        assertThat(probes(candidates, silent)).isEqualTo(1);
    }

    @Test
    void whatAnotherNodeHasFoundOutIsKnownHereToo() {
        List<Candidate> candidates = Fixture.equal(5);
        Fixture.hear(candidates, 200, 1, 1, 1, 1);
        Picker picker = Fixture.picker("peak-ewma", candidates);
        assertThat(Fixture.counts(picker, 1_000))
                .doesNotContainKey(candidates.getFirst().backend());
    }

    @Test
    void aWayThatIsSlowFromHereAloneStillCounts() {
        List<Candidate> candidates = Fixture.equal(2);
        Fixture.hear(candidates, 1, 1);
        latency(candidates.get(0), 40);
        latency(candidates.get(1), 1);
        assertThat(Fixture.counts(Fixture.picker("peak-ewma", candidates), 100))
                .containsOnlyKeys(candidates.get(1).backend());
    }

    @Test
    void aSlowBackendGetsLittle() {
        Simulation.Result result = new Simulation("peak-ewma", 16, 200, 10, 10, 10, 10).run(20_000, 1_000);
        assertThat(result.share(0)).isLessThan(0.02);
        for (int i = 1; i < 5; i++) {
            assertThat(result.share(i)).isCloseTo(0.25, within(0.03));
        }
    }

    @Test
    void aBackendThatHasRecoveredIsFoundOut() {
        Simulation simulation = new Simulation("peak-ewma", 16, 10, 10, 10, 10);
        simulation.run(10_000, 1_000);
        simulation.serviceMillis(0, 2_000);
        assertThat(simulation.run(10_000, 1_000).share(0)).isLessThan(0.02);
        simulation.serviceMillis(0, 10);
        simulation.run(200_000, 1_000);
        assertThat(simulation.run(10_000, 1_000).share(0)).isCloseTo(0.25, within(0.05));
    }

    @Test
    void latencyIsBetterThanWithLeastRequestsWhenBackendsDifferInSpeedOnly() {
        // A backend with room for everybody, far away: nothing queues there, so that only its latency tells.
        double[] millis = {60, 10, 10, 10};
        Simulation.Result least = new Simulation("least-requests", 64, millis).run(20_000, 2_000);
        Simulation.Result ewma = new Simulation("peak-ewma", 64, millis).run(20_000, 2_000);
        assertThat(ewma.meanMillis()).isLessThan(least.meanMillis());
    }

    @Test
    void withNothingKnownItIsRandom() {
        List<Candidate> candidates = Fixture.equal(4);
        Map<Backend, Integer> counts = Fixture.counts(Fixture.picker("peak-ewma", candidates), 8_000);
        assertThat(counts.values())
                .hasSize(4)
                .allSatisfy(count -> assertThat(count).isCloseTo(2_000, within(150)));
    }

    private static void latency(Candidate candidate, long millis) {
        candidate.backend().stats().latency().add(millis * MILLI, 0);
    }
}
