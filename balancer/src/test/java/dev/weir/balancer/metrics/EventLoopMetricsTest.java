package dev.weir.balancer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class EventLoopMetricsTest {
    private static final long START = -1_000; // a clock may well be negative

    private final EventLoopMetrics loop = new EventLoopMetrics("0", START);
    private long now = START;

    @Test
    void aTimerThatFiresOnTimeHasNoLag() {
        tickAfter(100);
        tickAfter(100);

        assertThat(loop.lagNanos()).isZero();
        assertThat(loop.maxLagNanos()).isZero();
        assertThat(loop.lastTickNanos()).isEqualTo(now);
    }

    @Test
    void aTimerThatCatchesUpHasNoNegativeLag() {
        tickAfter(350);
        tickAfter(1);

        assertThat(loop.lagNanos()).isZero();
        assertThat(loop.maxLagNanos()).isEqualTo(millis(250));
    }

    @Test
    void theMaximumIsRememberedForOneToTwoMinutes() {
        tickAfter(5_100);
        for (int i = 0; i < 590; i++) {
            tickAfter(100);
        }
        assertThat(loop.maxLagNanos()).isEqualTo(millis(5_000));
        for (int i = 0; i < 700; i++) {
            tickAfter(100);
        }
        assertThat(loop.maxLagNanos()).isZero();
    }

    @Test
    void aSmallerLagDoesNotHideALargerOne() {
        tickAfter(1_100);
        tickAfter(200);

        assertThat(loop.lagNanos()).isEqualTo(millis(100));
        assertThat(loop.maxLagNanos()).isEqualTo(millis(1_000));
    }

    private void tickAfter(long millis) {
        now += millis(millis);
        loop.tick(now);
    }

    private static long millis(long count) {
        return TimeUnit.MILLISECONDS.toNanos(count);
    }
}
