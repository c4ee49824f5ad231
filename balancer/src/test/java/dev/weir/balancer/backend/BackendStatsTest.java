package dev.weir.balancer.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BackendStatsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final BackendStats stats = new BackendStats(0);

    @Test
    void noMoreAttemptsBeginThanTheLimitAllows() {
        assertThat(stats.tryBegin(2)).isTrue();
        assertThat(stats.tryBegin(2)).isTrue();
        assertThat(stats.tryBegin(2)).isFalse();
        assertThat(stats.inFlight()).isEqualTo(2);
        stats.end();
        assertThat(stats.tryBegin(2)).isTrue();
    }

    @Test
    void zeroIsNoLimit() {
        for (int i = 0; i < 1000; i++) {
            assertThat(stats.tryBegin(0)).isTrue();
        }
        assertThat(stats.inFlight()).isEqualTo(1000);
    }

    @Test
    void theLimitHoldsAmongThreads() throws Exception {
        int threads = 8;
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 20_000; i++) {
                    if (stats.tryBegin(3)) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        inside.decrementAndGet();
                        stats.end();
                    }
                }
                done.countDown();
            });
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(most.get()).isBetween(1, 3);
        assertThat(stats.inFlight()).isZero();
    }

    @Test
    void aSuccessEndsTheRowOfFailures() {
        assertThat(stats.failed()).isEqualTo(1);
        assertThat(stats.failed()).isEqualTo(2);
        stats.succeeded();
        assertThat(stats.consecutiveFailures()).isZero();
        assertThat(stats.failed()).isEqualTo(1);
    }

    @Test
    void aWayThatWasNotFoundIsRememberedWhetherOrNotTheFailureCounts() {
        assertThat(stats.hasNoRoute(0)).isFalse();
        stats.foundNoRoute(SECOND);
        assertThat(stats.hasNoRoute(2 * SECOND)).isTrue();
        assertThat(stats.isSilent(2 * SECOND)).isFalse();
    }

    @Test
    void anAnswerProvesThatThereIsAWay() {
        stats.foundNoRoute(SECOND);
        stats.foundSilent(SECOND);
        stats.latency().add(1_000, 2 * SECOND);
        assertThat(stats.hasNoRoute(3 * SECOND)).isFalse();
        assertThat(stats.isSilent(3 * SECOND)).isFalse();
    }

    @Test
    void aWayThatWasNotFoundLongAgoMayBeThereAgain() {
        stats.foundNoRoute(SECOND);
        assertThat(stats.hasNoRoute(12 * SECOND)).isFalse();
        stats.foundSilent(20 * SECOND);
        stats.startAfresh();
        assertThat(stats.isSilent(20 * SECOND)).isFalse();
    }

    @Test
    void silenceLastsFromTheFirstOfARow() {
        stats.foundSilent(SECOND);
        stats.foundSilent(3 * SECOND);
        assertThat(stats.silentSinceNanos()).isEqualTo(SECOND);
        stats.latency().add(1_000, 4 * SECOND);
        stats.foundSilent(5 * SECOND);
        assertThat(stats.silentSinceNanos()).isEqualTo(5 * SECOND);
    }

    @Test
    void ofRequestsThatWaitAtTheSameTimeOneIsTheFirstToBeLate() {
        assertThat(stats.timedOutFirst(SECOND, 3 * SECOND)).isTrue();
        assertThat(stats.timedOutFirst(SECOND, 3 * SECOND)).isFalse();
        assertThat(stats.timedOutFirst(2 * SECOND, 4 * SECOND)).isFalse();
        assertThat(stats.timedOutFirst(3 * SECOND, 5 * SECOND)).isTrue();
    }

    @Test
    void responsesAreCountedByClass() {
        stats.response(200);
        stats.response(204);
        stats.response(599);
        assertThat(stats.responses(2)).isEqualTo(2);
        assertThat(stats.responses(5)).isEqualTo(1);
        assertThat(stats.responses(4)).isZero();
    }
}
