package dev.weir.loadtest.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loadtest.propagation.Delays.Delay;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LimitsTest {
    private static final Scenario SCENARIO =
            new Scenario(3, 1_000, 0.25, 5, Duration.ofSeconds(10), Duration.ofSeconds(30), 42);

    private static Delay took(long millis) {
        Delay delay = new Delay();
        delay.took(millis * 1_000_000);
        return delay;
    }

    private static Result result(long loadMillis, long verdictMillis) {
        return new Result(
                SCENARIO, took(2), took(loadMillis), took(verdictMillis), 0.02, 0.025, Map.of("x", 0.01), 10, 5_000, 0);
    }

    @Test
    void whatIsWithinTheLimitsIsNotWorthALine() {
        assertThat(Limits.exceeded(result(149, 20), 5.0, 150.0, 3.0)).isEmpty();
        assertThat(Limits.exceeded(result(1_000, 1_000), null, null, null)).isEmpty();
    }

    @Test
    void eachLimitThatIsExceededIsNamedWithWhatWasMeasured() {
        List<String> lines = Limits.exceeded(result(151, 160), 1.0, 150.0, 1.5);

        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).contains("1000 backends, of which 25 % change", "tick", "2.0", "at most 1.0");
        assertThat(lines.get(1)).contains("load", "151", "150");
        assertThat(lines.get(2)).contains("verdict", "160", "150");
        assertThat(lines.get(3)).contains("CPU", "2.0", "1.5");
    }

    @Test
    void aScenarioGetsWholeToItsProcesses() {
        assertThat(Scenario.of(SCENARIO.arguments())).isEqualTo(SCENARIO);
    }

    @Test
    void aRowTellsOfDoubt() {
        assertThat(ResultText.row(result(80, 20)))
                .contains("1000", "25 %", "80.", "2.50")
                .doesNotContain("Doubt");
        Delay lossy = took(20);
        lossy.lost();
        Result doubtful = new Result(SCENARIO, took(2), took(80), lossy, 0.02, 0.025, Map.of(), 10, 5_000, 0.5);
        assertThat(ResultText.row(doubtful))
                .contains("Doubt: 1 changes never arrived", "Doubt: other processes used 50 % of a core");
    }
}
