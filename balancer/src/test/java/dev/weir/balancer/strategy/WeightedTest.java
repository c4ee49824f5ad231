package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.balancer.backend.Candidate;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WeightedTest {
    private static final int DRAWS = 60_000;

    private final SplittableRandom random = new SplittableRandom(6);

    @Test
    void drawsAreInProportionToTheWeights() {
        Weighted weighted = new Weighted(Fixture.candidates(1, 2, 3, 6));
        int[] counts = new int[4];
        for (int i = 0; i < DRAWS; i++) {
            counts[weighted.draw(random)]++;
        }
        assertThat(counts[0]).isCloseTo(DRAWS / 12, within(300));
        assertThat(counts[1]).isCloseTo(DRAWS / 6, within(400));
        assertThat(counts[2]).isCloseTo(DRAWS / 4, within(400));
        assertThat(counts[3]).isCloseTo(DRAWS / 2, within(500));
    }

    @Test
    void drawsBesideOneAreInProportionToTheOthers() {
        Weighted weighted = new Weighted(Fixture.candidates(1, 2, 3, 6));
        int[] counts = new int[4];
        for (int i = 0; i < DRAWS; i++) {
            counts[weighted.drawBeside(1, random)]++;
        }
        assertThat(counts[1]).isZero();
        assertThat(counts[0]).isCloseTo(DRAWS / 10, within(300));
        assertThat(counts[2]).isCloseTo(DRAWS * 3 / 10, within(500));
        assertThat(counts[3]).isCloseTo(DRAWS * 6 / 10, within(500));
    }

    @Test
    void untriedOnesAreDrawnByWeightToo() {
        List<Candidate> candidates = Fixture.candidates(1, 2, 3, 6);
        Weighted weighted = new Weighted(candidates);
        FakeRequest request = new FakeRequest().failedOn(candidates.get(3).backend());
        int[] counts = new int[4];
        for (int i = 0; i < DRAWS; i++) {
            Candidate drawn = new Candidate(weighted.untried(3, request, random), 0);
            counts[candidates.stream().map(Candidate::backend).toList().indexOf(drawn.backend())]++;
        }
        assertThat(counts[3]).isZero();
        assertThat(counts[0]).isCloseTo(DRAWS / 6, within(400));
        assertThat(counts[1]).isCloseTo(DRAWS / 3, within(500));
        assertThat(counts[2]).isCloseTo(DRAWS / 2, within(500));
    }

    @Property(tries = 500)
    void anyWeightsAreInRange(
            @ForAll @Size(min = 2, max = 30) List<@IntRange(min = 1, max = 1000) Integer> weights, @ForAll long seed) {
        Weighted weighted = new Weighted(
                Fixture.candidates(weights.stream().mapToInt(i -> i).toArray()));
        SplittableRandom seeded = new SplittableRandom(seed);
        for (int i = 0; i < 50; i++) {
            int first = weighted.draw(seeded);
            assertThat(first).isBetween(0, weights.size() - 1);
            assertThat(weighted.drawBeside(first, seeded))
                    .isBetween(0, weights.size() - 1)
                    .isNotEqualTo(first);
        }
    }

    @Property
    void boundsAreNeverReached(@ForAll @IntRange(min = 1) int bound) {
        assertThat(Weighted.below(bound, () -> -1)).isEqualTo(bound - 1L);
        assertThat(Weighted.below(bound, () -> 0)).isZero();
    }
}
