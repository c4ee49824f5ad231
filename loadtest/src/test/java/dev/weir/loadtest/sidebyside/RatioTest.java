package dev.weir.loadtest.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RatioTest {
    @Test
    void isFormedRoundByRoundSoThatASlowMinuteOfTheMachineCancelsOut() {
        PeerResult weir = Figures.peer("weir", 12, 24, 36);
        PeerResult nginx = Figures.peer("nginx", 10, 20, 30);

        Spread spread = Ratio.of(weir, nginx).spread();

        assertThat(spread.min()).isCloseTo(1.2, within(1e-9));
        assertThat(spread.median()).isCloseTo(1.2, within(1e-9));
        assertThat(spread.max()).isCloseTo(1.2, within(1e-9));
    }

    @Test
    void isNotTheRatioOfTheMedians() {
        PeerResult weir = Figures.peer("weir", 10, 20, 30);
        PeerResult nginx = Figures.peer("nginx", 20, 10, 20);

        Ratio ratio = Ratio.of(weir, nginx);

        assertThat(ratio.spread().median()).isCloseTo(1.5, within(1e-9));
        assertThat(ratio.numerator()).isEqualTo("weir");
        assertThat(ratio.denominator()).isEqualTo("nginx");
    }

    @Test
    void needsAsManyRoundsOfBoth() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ratio.of(Figures.peer("weir", 10, 20), Figures.peer("nginx", 10)));
    }
}
