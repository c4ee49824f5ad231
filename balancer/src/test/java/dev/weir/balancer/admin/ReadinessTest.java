package dev.weir.balancer.admin;

import static dev.weir.balancer.admin.Readiness.Phase.DRAINING;
import static dev.weir.balancer.admin.Readiness.Phase.SERVING;
import static dev.weir.balancer.admin.Readiness.Phase.STARTING;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ReadinessTest {
    private final Readiness readiness = new Readiness();

    @Test
    void itBeginsWithTheStart() {
        assertThat(readiness.phase()).isEqualTo(STARTING);
    }

    @Test
    void itMovesOnStepByStep() {
        assertThat(readiness.enter(SERVING)).isTrue();
        assertThat(readiness.phase()).isEqualTo(SERVING);
        assertThat(readiness.enter(DRAINING)).isTrue();
        assertThat(readiness.phase()).isEqualTo(DRAINING);
    }

    @Test
    void aStartThatEndsLateDoesNotUndoADrain() {
        readiness.enter(DRAINING);

        assertThat(readiness.enter(SERVING)).isFalse();
        assertThat(readiness.phase()).isEqualTo(DRAINING);
    }

    @Test
    void anObstacleChangesNoPhase() {
        readiness.enter(SERVING);
        readiness.obstacle("short of file descriptors");

        assertThat(readiness.phase()).isEqualTo(SERVING);
        assertThat(readiness.obstacle()).isEqualTo("short of file descriptors");
        readiness.obstacle(null);
        assertThat(readiness.obstacle()).isNull();
    }

    @Test
    void standingStillIsNoStep() {
        assertThat(readiness.enter(STARTING)).isFalse();
    }
}
