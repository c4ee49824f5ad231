package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Picker;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundRobinTest {
    @Test
    void turnsAreThoseOfNginx() {
        assertThat(RoundRobin.schedule(new int[] {5, 1, 1})).containsExactly(0, 0, 1, 0, 2, 0, 0);
        assertThat(RoundRobin.schedule(new int[] {300, 200, 100})).containsExactly(0, 1, 0, 2, 1, 0);
        assertThat(RoundRobin.schedule(new int[] {100, 100, 100})).containsExactly(0, 1, 2);
    }

    @Test
    void weightsOneTwoThreeAreFiveHundredOneThousandFifteenHundred() {
        List<Candidate> candidates = Fixture.candidates(1, 2, 3);
        Map<Backend, Integer> counts = Fixture.counts(Fixture.picker("round-robin", candidates), 3_000);
        assertThat(candidates)
                .extracting(candidate -> counts.get(candidate.backend()))
                .containsExactly(500, 1000, 1500);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE - 10, -10, -1, Integer.MIN_VALUE})
    void theCounterMayOverflow(int firstTurn) {
        List<Candidate> candidates = Fixture.equal(3);
        int[] schedule = RoundRobin.schedule(new int[] {1, 1, 1});
        Picker picker = new RoundRobin.Turns(candidates, schedule, firstTurn, new SplittableRandom(1));
        assertThat(Fixture.counts(picker, 300).values())
                .hasSize(3)
                .allSatisfy(count -> assertThat(count).isCloseTo(100, within(1)));
    }

    @Test
    void pickersDoNotAllBeginWithTheSameBackend() {
        List<Candidate> candidates = Fixture.equal(5);
        SplittableRandom random = new SplittableRandom(4);
        Set<Backend> first = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            Strategy strategy = Fixture.make("round-robin", new JsonObject(), random);
            first.add(strategy.picker(Fixture.eligible(candidates)).pick(new FakeRequest()));
        }
        assertThat(first).hasSize(5);
    }

    @Test
    void whatFailsOnOneBackendIsSpreadOverAllOthers() {
        List<Candidate> candidates = Fixture.equal(4);
        Backend failing = candidates.getFirst().backend();
        Picker picker = Fixture.picker("round-robin", candidates);
        int[] answered = new int[4];
        for (int i = 0; i < 12_000; i++) {
            FakeRequest request = new FakeRequest();
            Backend picked = picker.pick(request);
            if (picked == failing) {
                picked = picker.pick(request.failedOn(failing));
            }
            answered[candidates.indexOf(new Candidate(picked, Candidate.SCALE))]++;
        }
        assertThat(answered[0]).isZero();
        assertThat(Arrays.copyOfRange(answered, 1, 4)).satisfies(counts -> {
            for (int count : counts) {
                assertThat(count).isCloseTo(4_000, within(200));
            }
        });
    }

    @Test
    void awkwardWeightsAreRoundedToABoundedSchedule() {
        int[] weights = {99_991, 99_989, 7, 49_999};
        int[] schedule = RoundRobin.schedule(weights);
        assertThat(schedule.length).isBetween(8_000, RoundRobin.MAX_TURNS + weights.length);
        long sum = Arrays.stream(weights).asLongStream().sum();
        for (int i = 0; i < weights.length; i++) {
            int index = i;
            double share = (double) Arrays.stream(schedule)
                            .filter(turn -> turn == index)
                            .count()
                    / schedule.length;
            assertThat(share).isPositive().isCloseTo((double) weights[i] / sum, within(1e-3));
        }
    }

    @Property(tries = 300)
    void everyRoundGivesEveryoneItsShareAndNobodyWaitsForLong(
            @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 20) Integer> weights) {
        int[] given = weights.stream().mapToInt(Integer::intValue).toArray();
        int[] schedule = RoundRobin.schedule(given);
        int sum = Arrays.stream(given).sum();
        assertThat(sum % schedule.length).isZero();
        for (int i = 0; i < given.length; i++) {
            double share = (double) given[i] / sum;
            int got = 0;
            for (int turn = 0; turn < schedule.length; turn++) {
                got += schedule[turn] == i ? 1 : 0;
                assertThat(got)
                        .as("turns so far")
                        .isCloseTo((int) Math.round(share * (turn + 1)), within(given.length));
            }
            assertThat((double) got / schedule.length).isCloseTo(share, within(1e-9));
        }
    }
}
