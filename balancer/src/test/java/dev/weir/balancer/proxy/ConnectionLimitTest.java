package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {
    @Test
    void noMoreThanTheLimitAreOpen() {
        ConnectionLimit limit = new ConnectionLimit(2);
        assertThat(limit.tryOpen()).isTrue();
        assertThat(limit.tryOpen()).isTrue();
        assertThat(limit.tryOpen()).isFalse();
        limit.close();
        assertThat(limit.tryOpen()).isTrue();
        assertThat(limit.tryOpen()).isFalse();
    }

    @Test
    void zeroMeansNoLimit() {
        ConnectionLimit limit = new ConnectionLimit(0);
        for (int i = 0; i < 1_000; i++) {
            assertThat(limit.tryOpen()).isTrue();
        }
    }

    @Test
    void eightThreadsTogetherNeverExceedIt() throws InterruptedException {
        ConnectionLimit limit = new ConnectionLimit(3);
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(8);
        for (int t = 0; t < 8; t++) {
            Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 20_000; i++) {
                    if (limit.tryOpen()) {
                        most.accumulateAndGet(open.incrementAndGet(), Math::max);
                        open.decrementAndGet();
                        limit.close();
                    }
                }
                done.countDown();
            });
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(most.get()).isBetween(1, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(limit.tryOpen()).as("all room is free again").isTrue();
        }
    }
}
