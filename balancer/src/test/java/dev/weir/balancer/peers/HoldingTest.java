package dev.weir.balancer.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HoldingTest {
    private static final long ASKING = Holding.ASKING_NANOS;

    private final Holding holding = new Holding(2);

    private void assertHolds(int has, int asked) {
        assertThat(holding.has()).isEqualTo(has);
        assertThat(holding.asked()).isEqualTo(asked);
    }

    @Test
    void lessIsGivenBackAtOnce() {
        holding.settle(1, 0, 0);
        assertHolds(1, 1);
    }

    @Test
    void moreIsTakenWhenTheOthersHadTimeToHearOfIt() {
        holding.settle(6, 6, 0);
        assertHolds(2, 6);
        holding.settle(6, 6, ASKING - 1);
        assertHolds(2, 6);
        holding.settle(6, 6, ASKING);
        assertHolds(6, 6);
    }

    @Test
    void onlyWhatTheOthersLeaveIsTaken() {
        holding.settle(6, 2, 0);
        holding.settle(6, 4, ASKING);
        assertHolds(4, 6);
        holding.settle(6, -3, ASKING + 1);
        assertHolds(4, 6);
        holding.settle(6, 9, ASKING + 2);
        assertHolds(6, 6);
    }

    @Test
    void whatIsNoLongerFairIsNotAskedForAnyMore() {
        holding.settle(6, 6, 0);
        holding.settle(4, 6, ASKING / 2);
        assertHolds(2, 4);
        holding.settle(4, 6, ASKING);
        assertHolds(4, 4);
        holding.settle(6, 6, 2 * ASKING);
        holding.settle(3, 6, 2 * ASKING + 1);
        assertHolds(3, 3);
    }

    @Test
    void whoeverWantsEvenMoreMeanwhileAsksOnceMoreAfterwards() {
        holding.settle(4, 9, 0);
        holding.settle(8, 9, ASKING / 2);
        assertHolds(2, 4);
        holding.settle(8, 9, ASKING);
        assertHolds(4, 4);
        holding.settle(8, 9, ASKING + 1);
        assertHolds(4, 8);
        holding.settle(8, 9, 2 * ASKING);
        assertHolds(4, 8);
        holding.settle(8, 9, 2 * ASKING + 1);
        assertHolds(8, 8);
    }
}
