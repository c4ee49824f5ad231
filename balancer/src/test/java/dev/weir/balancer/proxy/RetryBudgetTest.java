package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Virtual time throughout. */
class RetryBudgetTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private static int spendAll(RetryBudget budget, long nowNanos) {
        int spent = 0;
        while (spent < 100_000 && budget.trySpend(nowNanos)) {
            spent++;
        }
        return spent;
    }

    private static void requests(RetryBudget budget, int count, long nowNanos) {
        for (int i = 0; i < count; i++) {
            budget.request(nowNanos);
        }
    }

    @Test
    void aQuietPoolMayRetryAllTheSame() {
        assertThat(spendAll(new RetryBudget(0.2, () -> 1), 0)).isEqualTo(RetryBudget.RESERVE);
    }

    @Test
    void retriesAreAShareOfTheRequestsAndTheReserve() {
        RetryBudget budget = new RetryBudget(0.2, () -> 1);
        requests(budget, 1_000, 5 * SECOND);
        assertThat(spendAll(budget, 5 * SECOND)).isEqualTo(RetryBudget.RESERVE + 200);
    }

    @Test
    void aShareOfZeroForbidsRetriesAltogether() {
        RetryBudget budget = new RetryBudget(0, () -> 1);
        requests(budget, 1_000, 0);
        assertThat(spendAll(budget, 0)).isZero();
    }

    @Test
    void whatWasSpentComesBackAfterTenSeconds() {
        RetryBudget budget = new RetryBudget(0.2, () -> 1);
        assertThat(spendAll(budget, 3 * SECOND)).isEqualTo(RetryBudget.RESERVE);
        assertThat(spendAll(budget, 13 * SECOND - 1)).isZero();
        assertThat(spendAll(budget, 13 * SECOND)).isEqualTo(RetryBudget.RESERVE);
    }

    @Test
    void requestsCountForTenSeconds() {
        RetryBudget budget = new RetryBudget(0.5, () -> 1);
        requests(budget, 100, 0);
        requests(budget, 100, 9 * SECOND);
        assertThat(spendAll(budget, 10 * SECOND)).isEqualTo(RetryBudget.RESERVE + 50);
    }

    @Test
    void aBurstOfFailuresAfterSteadyTrafficIsCovered() {
        RetryBudget budget = new RetryBudget(0.2, () -> 1);
        for (int second = 0; second < 10; second++) {
            requests(budget, 500, second * SECOND);
        }
        assertThat(spendAll(budget, 9 * SECOND)).isEqualTo(RetryBudget.RESERVE + 1_000);
    }

    @Test
    void longQuietAndAClockBelowZeroDoNoHarm() {
        RetryBudget budget = new RetryBudget(0.2, () -> 1);
        requests(budget, 1_000, -50 * SECOND);
        assertThat(spendAll(budget, -50 * SECOND)).isEqualTo(RetryBudget.RESERVE + 200);
        assertThat(spendAll(budget, -1)).isEqualTo(RetryBudget.RESERVE);
        assertThat(spendAll(budget, 1_000_000 * SECOND)).isEqualTo(RetryBudget.RESERVE);
    }

    @ParameterizedTest
    @CsvSource({"1, 30", "2, 15", "3, 10", "4, 7", "30, 1", "100, 1"})
    void nodesHaveTheReserveTogetherAndEachAtLeastOne(int nodes, int part) {
        RetryBudget budget = new RetryBudget(0.2, () -> nodes);
        assertThat(spendAll(budget, 0)).isEqualTo(part);
        requests(budget, 100, 20 * SECOND);
        assertThat(spendAll(budget, 20 * SECOND)).isEqualTo(part + 20);
    }

    @Test
    void whoIsLeftAloneHasTheWholeReserveAtOnce() {
        AtomicInteger nodes = new AtomicInteger(3);
        RetryBudget budget = new RetryBudget(0.2, nodes::get);
        assertThat(spendAll(budget, 0)).isEqualTo(10);
        nodes.set(1);
        assertThat(spendAll(budget, 0)).isEqualTo(20);
        nodes.set(3);
        assertThat(spendAll(budget, 5 * SECOND)).isZero();
        assertThat(spendAll(budget, 10 * SECOND)).isEqualTo(10);
    }

    @Test
    void eightThreadsCannotOverspendByMoreThanTheyAre() throws InterruptedException {
        RetryBudget budget = new RetryBudget(0.2, () -> 1);
        requests(budget, 10_000, 0);
        AtomicInteger spent = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(8);
        for (int t = 0; t < 8; t++) {
            Thread.ofPlatform().start(() -> {
                spent.addAndGet(spendAll(budget, 0));
                done.countDown();
            });
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        int allowed = RetryBudget.RESERVE + 2_000;
        assertThat(spent.get()).isBetween(allowed, allowed + 7);
    }
}
