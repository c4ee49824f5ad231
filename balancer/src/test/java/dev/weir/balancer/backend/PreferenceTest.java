package dev.weir.balancer.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PreferenceTest {
    @Test
    void placesLieAboutEvenlyBetweenZeroAndOneHoweverManyThereAre() {
        Preference preference = Preference.of(2, 5, 1_234_567);
        for (int backends : new int[] {1, 2, 10, 1_000}) {
            double[] places = IntStream.range(0, backends)
                    .mapToDouble(preference::place)
                    .sorted()
                    .toArray();
            assertThat(places[0]).isNotNegative();
            assertThat(places[backends - 1]).isLessThan(1);
            for (int i = 1; i < backends; i++) {
                assertThat(places[i] - places[i - 1]).isBetween(0.3 / backends, 2.0 / backends);
            }
        }
    }

    @Test
    void nodesBeginEvenlyApart() {
        assertThat(Preference.of(0, 4, 0).begin()).isZero();
        assertThat(Preference.of(1, 4, 0).begin()).isEqualTo(0.25);
        assertThat(Preference.of(3, 4, 0).begin()).isEqualTo(0.75);
    }

    @Test
    void allMoveRoundTogether() {
        long later = Preference.TURN_MILLIS / 2;
        assertThat(Preference.of(0, 4, later).begin()).isEqualTo(0.5);
        assertThat(Preference.of(3, 4, later).begin()).isCloseTo(0.25, within(1e-9));
        assertThat(Preference.of(0, 4, Preference.TURN_MILLIS).begin()).isZero();
    }

    @Test
    void aClockBeforeTheEpochDoesNoHarm() {
        assertThat(Preference.of(0, 1, -1).begin()).isBetween(0.0, 1.0);
    }
}
