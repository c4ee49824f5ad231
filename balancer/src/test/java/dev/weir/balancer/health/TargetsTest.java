package dev.weir.balancer.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TargetsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void aFewAddressesShareTheTimeOfACheck() {
        assertThat(Targets.connectMillis(SECOND, 1)).isEqualTo(1_000);
        assertThat(Targets.connectMillis(SECOND, 2)).isEqualTo(500);
    }

    @Test
    void howeverManyAddressesThereAreEachHasTimeToAccept() {
        assertThat(Targets.connectMillis(SECOND, 64)).isEqualTo(250);
    }

    @Test
    void noAddressHasMoreTimeThanTheCheck() {
        assertThat(Targets.connectMillis(Duration.ofMillis(100), 64)).isEqualTo(100);
        assertThat(Targets.connectMillis(Duration.ofNanos(1), 64)).isEqualTo(1);
    }
}
