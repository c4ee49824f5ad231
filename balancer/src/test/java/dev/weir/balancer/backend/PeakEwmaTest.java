package dev.weir.balancer.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeakEwmaTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final PeakEwma average = new PeakEwma(-7 * SECOND);

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(average.micros(0)).isZero();
    }

    @Test
    void aPeakCountsAtOnceAndInFull() {
        average.add(2 * MILLI, 0);
        average.add(300 * MILLI, 1);
        assertThat(average.micros(1)).isCloseTo(300_000, within(1.0));
    }

    @Test
    void betterTimesCountSlowly() {
        average.add(300 * MILLI, 0);
        average.add(2 * MILLI, 10 * SECOND);
        assertThat(average.micros(10 * SECOND)).isCloseTo(2_000 + 298_000 / Math.E, within(20.0));
    }

    @Test
    void whoeverIsNotAskedIsForgiven() {
        average.add(100 * MILLI, 0);
        assertThat(average.micros(10 * SECOND)).isCloseTo(100_000 / Math.E, within(10.0));
        assertThat(average.micros(30 * SECOND)).isCloseTo(100_000 / Math.exp(3), within(10.0));
        assertThat(average.micros(31 * SECOND)).isZero();
    }

    @Test
    void aSampleFromBeforeTheLastOneDoesNoHarm() {
        average.add(10 * MILLI, 5 * SECOND);
        average.add(5 * MILLI, 4 * SECOND);
        assertThat(average.micros(5 * SECOND)).isBetween(5_000.0, 10_001.0);
    }

    @Test
    void aSampleIsLaterThanWhatWasBeforeIt() {
        assertThat(average.everSampled()).isFalse();
        assertThat(average.sampledAfter(0)).as("nothing was sampled").isFalse();
        assertThat(average.sampledAfter(-30 * SECOND))
                .as("nor before it was there")
                .isFalse();
        average.add(2 * MILLI, 5 * SECOND);
        assertThat(average.everSampled()).isTrue();
        assertThat(average.sampledAfter(5 * SECOND - MILLI)).isTrue();
        assertThat(average.sampledAfter(5 * SECOND)).isFalse();
        assertThat(average.sampledAfter(6 * SECOND)).isFalse();
    }

    @Test
    void aSampleThatIsToldLateDoesNotMakeTheLastOneOlder() {
        average.add(2 * MILLI, 60 * SECOND);
        average.add(3 * MILLI, 5 * SECOND);
        assertThat(average.sampledAfter(59 * SECOND)).isTrue();
        assertThat(average.micros(60 * SECOND)).isCloseTo(3_000, within(1.0));
    }

    @Test
    void whatWasSampledWeeksAgoIsNotTakenForLater() {
        long day = TimeUnit.DAYS.toNanos(1);
        assertThat(average.sampledAfter(30 * day)).as("nothing was sampled").isFalse();
        average.add(2 * MILLI, 30 * day);
        assertThat(average.sampledAfter(60 * day)).isFalse();
    }

    @Test
    void itGoesOnAfterItsClockHasWrapped() {
        long days = TimeUnit.DAYS.toNanos(1);
        average.add(10 * MILLI, 49 * days);
        average.add(20 * MILLI, 51 * days);
        average.add(10 * MILLI, 51 * days + 10 * SECOND);
        assertThat(average.micros(51 * days + 10 * SECOND)).isCloseTo(10_000 + 10_000 / Math.E, within(20.0));
    }

    @Test
    void whoeverWasSilentForWeeksIsForgiven() {
        average.add(800 * MILLI, 0);
        for (int days = 1; days < 120; days++) {
            assertThat(average.micros(TimeUnit.DAYS.toNanos(days)))
                    .as("after %s days", days)
                    .isZero();
        }
        average.add(10 * MILLI, TimeUnit.DAYS.toNanos(30));
        assertThat(average.micros(TimeUnit.DAYS.toNanos(30))).isCloseTo(10_000, within(1.0));
    }

    @Test
    void samplesFromManyThreadsStayInRange() throws Exception {
        int threads = 8;
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            int thread = t;
            Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 20_000; i++) {
                    average.add((1 + thread) * MILLI, i * MILLI);
                }
                done.countDown();
            });
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(average.micros(20 * SECOND)).isBetween(1_000.0, 8_000.1);
    }
}
