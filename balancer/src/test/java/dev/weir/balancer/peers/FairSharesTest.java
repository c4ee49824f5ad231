package dev.weir.balancer.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FairSharesTest {
    private static int[] parts(int limit, long turn, int... needs) {
        FairShares shares = new FairShares();
        shares.add(7); // from a backend before
        shares.clear();
        Arrays.stream(needs).forEach(shares::add);
        shares.divide(limit, turn);
        assertThat(shares.nodes()).isEqualTo(needs.length);
        int[] parts = new int[needs.length];
        Arrays.setAll(parts, shares::part);
        return parts;
    }

    private static int[] array(List<Integer> needs) {
        return needs.stream().mapToInt(Integer::intValue).toArray();
    }

    @ParameterizedTest
    @CsvSource({"0,0,0", "2,2,2", "1,0,2", "0,2,2"})
    void partsAreEvenAsLongAsNobodyNeedsMore(int a, int b, int c) {
        assertThat(parts(6, 0, a, b, c)).containsExactly(2, 2, 2);
    }

    @Test
    void whoAloneHasRequestsHasTheWholeLimit() {
        assertThat(parts(6, 0, 9, 0, 0)).containsExactly(6, 0, 0);
    }

    @Test
    void onlyWhatIsNeededIsTakenAndAllOthersKeepAsMuchThatTheyDoNotNeed() {
        assertThat(parts(9, 0, 5, 1, 0)).containsExactly(5, 3, 1);
        assertThat(parts(9, 2, 5, 1, 0)).containsExactly(5, 2, 2);
        assertThat(parts(9, 2, 7, 1, 0)).containsExactly(7, 1, 1);
    }

    @Test
    void whatOthersDoNotNeedIsDividedEvenly() {
        assertThat(parts(40, 0, 100, 100, 2, 10)).containsExactly(14, 14, 2, 10);
        assertThat(parts(40, 0, 11, 100, 2, 10)).containsExactly(11, 17, 2, 10);
    }

    @Test
    void nobodyGetsLessThanEvenForNeedingIt() {
        assertThat(parts(9, 0, 1_000_000, 3, 3)).containsExactly(3, 3, 3);
    }

    @Test
    void whatCannotBeDividedGoesRound() {
        assertThat(parts(7, 0, 0, 0, 0)).containsExactly(3, 2, 2);
        assertThat(parts(7, 1, 0, 0, 0)).containsExactly(2, 3, 2);
        assertThat(parts(7, -1, 0, 0, 0)).containsExactly(2, 2, 3);
        assertThat(parts(2, 4, 5, 5, 5)).containsExactly(0, 1, 1);
    }

    @Property
    void allPartsTogetherAreTheLimit(
            @ForAll @IntRange(max = 1_000_000) int limit,
            @ForAll long turn,
            @ForAll @Size(min = 1, max = 20) List<@IntRange(max = 2_000_000) Integer> needs) {
        int[] parts = parts(limit, turn, array(needs));
        assertThat(Arrays.stream(parts)).allMatch(part -> part >= 0);
        assertThat(Arrays.stream(parts).asLongStream().sum()).isEqualTo(limit);
    }

    @Property
    void whoNeedsAnythingHasAPartAsFarAsTheLimitReaches(
            @ForAll @IntRange(min = 20, max = 100) int limit,
            @ForAll long turn,
            @ForAll @Size(min = 1, max = 20) List<@IntRange(max = 200) Integer> needs) {
        int[] parts = parts(limit, turn, array(needs));
        for (int i = 0; i < parts.length; i++) {
            int even = limit / parts.length;
            assertThat(parts[i]).isGreaterThanOrEqualTo(Math.min(needs.get(i), even));
        }
    }

    @Property
    void nothingIsLeftWhileSomebodyLacksAnything(
            @ForAll @IntRange(max = 100) int limit,
            @ForAll long turn,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(max = 40) Integer> needs) {
        int[] parts = parts(limit, turn, array(needs));
        boolean lacking = false;
        boolean unneeded = false;
        for (int i = 0; i < parts.length; i++) {
            lacking |= parts[i] < needs.get(i);
            unneeded |= parts[i] > needs.get(i);
        }
        assertThat(lacking && unneeded).isFalse();
    }

    @Property
    void whoNeedsMoreNeverGetsLess(
            @ForAll @IntRange(max = 100) int limit,
            @ForAll @IntRange(max = 7) int turn,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(max = 40) Integer> needs,
            @ForAll @IntRange(max = 7) int who,
            @ForAll @IntRange(min = 1, max = 30) int more) {
        int[] before = array(needs);
        int[] after = before.clone();
        int node = who % before.length;
        after[node] += more;
        assertThat(parts(limit, turn, after)[node]).isGreaterThanOrEqualTo(parts(limit, turn, before)[node]);
    }

    @Property
    void ofALargerLimitNobodyGetsLess(
            @ForAll @IntRange(max = 100) int limit,
            @ForAll @IntRange(max = 7) int turn,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(max = 40) Integer> needs) {
        int[] less = parts(limit, turn, array(needs));
        int[] more = parts(limit + 1, turn, array(needs));
        for (int i = 0; i < less.length; i++) {
            assertThat(more[i]).isGreaterThanOrEqualTo(less[i]);
        }
    }
}
