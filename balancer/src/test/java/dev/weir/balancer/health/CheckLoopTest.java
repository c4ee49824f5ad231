package dev.weir.balancer.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class CheckLoopTest {
    @Property
    void anIntervalVariesByItsShareOfJitterAtMost(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 3_600_000) int millis,
            @ForAll @DoubleRange(min = 0, max = 1) double jitter) {
        Duration interval = Duration.ofMillis(millis);
        long jittered = CheckLoop.jittered(interval, jitter, new SplittableRandom(seed));
        assertThat((double) jittered / interval.toNanos()).isBetween(1 - jitter - 1e-6, 1 + jitter + 1e-6);
    }

    @Test
    void onAverageItIsTheIntervalAndItReallyVaries() {
        SplittableRandom random = new SplittableRandom(3);
        Duration interval = Duration.ofSeconds(2);
        long[] drawn = LongStream.generate(() -> CheckLoop.jittered(interval, 0.5, random))
                .limit(10_000)
                .toArray();
        assertThat(LongStream.of(drawn).average().orElseThrow()).isCloseTo(2e9, within(0.02e9));
        assertThat(LongStream.of(drawn).min().orElseThrow()).isLessThan(1_010_000_000L);
        assertThat(LongStream.of(drawn).max().orElseThrow()).isGreaterThan(2_990_000_000L);
    }
}
