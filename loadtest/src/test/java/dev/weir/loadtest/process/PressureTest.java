package dev.weir.loadtest.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PressureTest {
    private static final String BEFORE = """
            some avg10=98.92 avg60=99.03 avg300=98.74 total=1000000
            full avg10=0.00 avg60=0.00 avg300=0.00 total=7
            """;

    @Test
    void theShareIsThatOfTheTimeInWhichSomebodyWaited() {
        Pressure before = Pressure.of(BEFORE, 0).orElseThrow();
        Pressure after =
                Pressure.of(BEFORE.replace("1000000", "1250000"), 1_000_000_000).orElseThrow();

        assertThat(after.shareSince(before)).isEqualTo(0.25);
    }

    @Test
    void whatIsNotToldIsNotGuessed() {
        assertThat(Pressure.of("", 0)).isEmpty();
    }
}
