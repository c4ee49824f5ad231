package dev.weir.loadtest.clusterlab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With samples a second apart, in a time that the samples tell. */
class ObserverTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration STAYS = Duration.ofSeconds(5);

    private final AtomicLong looks = new AtomicLong();
    private final Observer observer = new Observer(() -> {
        long nanos = TimeUnit.SECONDS.toNanos(looks.incrementAndGet());
        return new Sample(nanos, nanos, Map.of());
    });

    @AfterEach
    void end() {
        observer.close();
    }

    private static long second(Sample sample) {
        return TimeUnit.NANOSECONDS.toSeconds(sample.toNanos());
    }

    @Test
    void whatCountsIsWhenItWasTrueForGood() {
        observer.start();

        assertThat(observer.await(sample -> second(sample) == 1 || second(sample) >= 4, 0, LIMIT, STAYS))
                .contains(Duration.ofSeconds(4));
    }

    @Test
    void whatComesTrueTooLateOrDoesNotLastIsNot() {
        observer.start();

        assertThat(observer.await(sample -> second(sample) >= 12, 0, LIMIT, STAYS))
                .isEmpty();
        assertThat(observer.await(sample -> second(sample) % 3 > 0, 0, LIMIT, STAYS))
                .isEmpty();
    }

    @Test
    void samplesOfBeforeDoNotCount() {
        observer.start();

        assertThat(observer.await(
                        sample -> second(sample) <= 8 || second(sample) >= 10,
                        TimeUnit.SECONDS.toNanos(9),
                        LIMIT,
                        STAYS))
                .contains(Duration.ofSeconds(1));
    }
}
