package dev.weir.loadtest.clusterlab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loadtest.process.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ThreadWatchTest {
    private static final Duration WINDOW = Duration.ofMillis(300);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static boolean finds(ThreadWatch watch, String thread) {
        ThreadWatch.Busiest busiest = watch.busiest();
        return busiest != null && busiest.name().startsWith(thread) && busiest.share() > 0.2;
    }

    private static ThreadWatch watch(long sinceNanos) {
        long pid = ProcessHandle.current().pid();
        return new ThreadWatch(() -> List.of(new ThreadWatch.Watched("me", pid, sinceNanos)), WINDOW);
    }

    @Test
    void aThreadThatSpinsIsFoundByItsName() {
        AtomicBoolean going = new AtomicBoolean(true);
        Thread spinning = Thread.ofPlatform().name("spins").daemon().start(() -> {
            while (going.get()) {
                Thread.onSpinWait();
            }
        });
        try (ThreadWatch watch = watch(System.nanoTime() - Duration.ofMinutes(1).toNanos())) {
            watch.start();

            assertThat(Deadline.await(LIMIT, () -> finds(watch, "spins (me)"))).isTrue();
        } finally {
            going.set(false);
        }
        assertThat(spinning.isDaemon()).isTrue();
    }

    @Test
    void theFirstSecondsOfAProcessDoNotCount() {
        try (ThreadWatch watch = watch(System.nanoTime())) {
            watch.start();

            assertThat(Deadline.await(WINDOW.multipliedBy(3), () -> watch.busiest() != null))
                    .isFalse();
        }
    }
}
