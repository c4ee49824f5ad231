package dev.weir.loadtest.skew;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.loadtest.skew.Journal.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

class SkewTest {
    private static final long MILLI = 1_000_000;

    @Test
    void whereAllHaveTheSameThereIsNoSkew() {
        Skew skew = Skew.of(2, List.of(new Change(0, 0, 3), new Change(0, 1, 3)), 0, 100 * MILLI);
        assertThat(skew.variation()).isZero();
        assertThat(skew.peak()).isEqualTo(1);
        assertThat(skew.mean()).isEqualTo(3);
        assertThat(skew.most()).isEqualTo(3);
    }

    @Test
    void eachMomentWeighsAsLongAsItLasts() {
        List<Change> changes = List.of(
                new Change(0, 0, 4), // 4 and 0 for 30 ms: deviation 2 of a mean of 2
                new Change(30 * MILLI, 1, 4)); // even for 10 ms
        Skew skew = Skew.of(2, changes, 0, 40 * MILLI);
        assertThat(skew.variation()).isCloseTo(0.75, within(1e-9));
        assertThat(skew.peak()).isCloseTo((30 * 2.0 + 10 * 1.0) / 40, within(1e-9));
        assertThat(skew.mean()).isCloseTo((30 * 2.0 + 10 * 4.0) / 40, within(1e-9));
    }

    @Test
    void whatWasBeforeIsKnownAndDoesNotCountByItself() {
        List<Change> changes = List.of(
                new Change(0, 0, 9),
                new Change(10 * MILLI, 0, 2),
                new Change(20 * MILLI, 1, 2),
                new Change(200 * MILLI, 1, 7));
        Skew skew = Skew.of(2, changes, 50 * MILLI, 100 * MILLI);
        assertThat(skew.variation()).isZero();
        assertThat(skew.most()).isEqualTo(2);
        assertThat(skew.within()).containsExactly(0.0, 0.0, 1.0);
    }

    @Test
    void timeInWhichNothingWasInFlightIsNeitherEvenNorUneven() {
        List<Change> changes = List.of(new Change(0, 0, 1), new Change(10 * MILLI, 0, 0));
        Skew skew = Skew.of(2, changes, 0, 1_000 * MILLI);
        assertThat(skew.variation()).isEqualTo(1);
        assertThat(skew.peak()).isEqualTo(2);
        assertThat(skew.mean()).isCloseTo(0.005, within(1e-9));
        assertThat(skew.within().get(0)).isCloseTo(0.99, within(1e-9));
    }

    @Test
    void theSeriesHasEachBackendsLoadAtEqualSteps() {
        List<Change> changes = List.of(new Change(0, 1, 1), new Change(15 * MILLI, 0, 2));
        Skew skew = Skew.of(2, changes, 0, 30 * MILLI);
        assertThat(skew.series()).containsExactly(new int[] {0, 1}, new int[] {0, 1}, new int[] {2, 1});
    }
}
