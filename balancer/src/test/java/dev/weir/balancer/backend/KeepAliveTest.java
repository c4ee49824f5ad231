package dev.weir.balancer.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is concluded from when a backend closes connections. */
class KeepAliveTest {
    private static final long UNKNOWN = Long.MAX_VALUE;

    private final KeepAlive keepAlive = new KeepAlive();
    private long nowNanos = TimeUnit.HOURS.toNanos(-1);

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** One closing a second. */
    private void closesAfter(long... idleMillis) {
        for (long idle : idleMillis) {
            nowNanos += millis(1_000);
            keepAlive.closed(millis(idle), 17 + (int) (idle % 1_000), nowNanos);
        }
    }

    private void closesAtOnceAfter(int... exchanges) {
        for (int count : exchanges) {
            nowNanos += millis(1_000);
            keepAlive.closed(millis(1), count, nowNanos);
        }
    }

    private long trusted() {
        return keepAlive.known().trustedNanos(UNKNOWN);
    }

    private long reusable() {
        return keepAlive.known().reusableNanos();
    }

    @Test
    void ofABackendThatIsNotKnownOnlyFreshConnectionsAreTrusted() {
        assertThat(trusted()).isEqualTo(millis(250));
        assertThat(reusable()).isEqualTo(UNKNOWN);
        assertThat(keepAlive.known().maxExchanges(nowNanos)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aFewAlikeClosingsTellTheTimeAndReuseStaysTwentyPercentBelow() {
        closesAfter(5_000, 5_020, 4_990);
        assertThat(reusable()).isEqualTo(millis(4_000));
        assertThat(trusted()).isEqualTo(millis(3_992));
    }

    @Test
    void peopleAreToldTheTimeItselfOnceItWasSeen() {
        assertThat(keepAlive.known().closesAfterNanos()).isZero();
        keepAlive.survived(millis(10_000));
        assertThat(keepAlive.known().closesAfterNanos()).isZero();
        closesAfter(5_000, 5_020, 4_990);
        assertThat(keepAlive.known().closesAfterNanos()).isEqualTo(millis(5_000));
    }

    @Test
    void theFirstClosingAlreadyWarnsRequestsThatMayNotBeRepeated() {
        keepAlive.survived(millis(30_000));
        assertThat(trusted()).isEqualTo(millis(24_000));
        closesAfter(1_000);
        assertThat(trusted()).isEqualTo(millis(800));
        assertThat(reusable()).as("for it may have been a restart").isEqualTo(UNKNOWN);
    }

    @Test
    void aClosingThatComesSoonerThanIsTrustedOtherwiseIsBelieved() {
        closesAfter(150);
        assertThat(trusted()).isEqualTo(millis(120));
    }

    @Test
    void aConnectionThatLivedLongProvesWhatIsTrustedWhileNoClosingWasSeen() {
        keepAlive.survived(millis(10_000));
        keepAlive.survived(millis(2_000));
        assertThat(trusted()).isEqualTo(millis(8_000));
    }

    @Test
    void oneEarlyClosingHardlyMovesWhatWasLearned() {
        closesAfter(5_000, 5_000, 5_000, 5_000, 300, 5_000);
        assertThat(reusable()).isEqualTo(millis(4_000));
        assertThat(trusted()).as("until it is refuted").isEqualTo(millis(240));
    }

    @Test
    void connectionsOfAnyAgeThatARestartClosesCountAsOneClosing() {
        closesAfter(5_000, 5_000, 5_000);
        for (int i = 1; i <= 20; i++) {
            keepAlive.closed(millis(200L * i), i, nowNanos + millis(1_000) + i);
        }
        assertThat(reusable()).isEqualTo(millis(4_000));
    }

    @Test
    void anEarlyClosingIsForgottenOnceSeveralConnectionsHaveLivedLonger() {
        closesAfter(5_000, 5_000, 5_000, 300);
        for (int i = 0; i < 7; i++) {
            keepAlive.survived(millis(3_000 + i));
            assertThat(trusted()).isEqualTo(millis(240));
        }
        keepAlive.survived(millis(4_000));
        assertThat(trusted()).isEqualTo(millis(2_400));
    }

    @Test
    void aBackendThatClosesEarlierThanBeforeIsBelievedAtOnceWhereItMattersAndSoonElsewhere() {
        closesAfter(60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000);
        closesAfter(1_000);
        assertThat(trusted()).isEqualTo(millis(800));
        closesAfter(1_000, 1_000);
        assertThat(reusable()).isEqualTo(millis(800));
    }

    @Test
    void aBackendThatLeavesConnectionsOpenForLongerIsNoticedInTime() {
        closesAfter(1_000, 1_000, 1_000, 1_000);
        for (int i = 0; i < 8; i++) {
            nowNanos += millis(60_000);
            keepAlive.outlived(millis(60_000), nowNanos);
        }
        assertThat(reusable()).isEqualTo(millis(48_000));
        assertThat(trusted()).isEqualTo(millis(48_000));
    }

    @Test
    void whatABackendAnnouncesIsTrustedUnlessItClosesEarlier() {
        assertThat(keepAlive.known().trustedNanos(millis(4_000))).isEqualTo(millis(4_000));
        closesAfter(5_000);
        assertThat(keepAlive.known().trustedNanos(millis(4_000))).isEqualTo(millis(4_000));
        closesAfter(1_000);
        assertThat(keepAlive.known().trustedNanos(millis(4_000))).isEqualTo(millis(800));
    }

    @Test
    void closingsRightAfterAResponseSayNothingOfIdleTime() {
        closesAtOnceAfter(4, 9, 100, 2, 31);
        assertThat(reusable()).isEqualTo(UNKNOWN);
        assertThat(trusted()).isEqualTo(millis(250));
        assertThat(keepAlive.known().maxExchanges(nowNanos)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void closingsAlwaysAfterTheSameNumberOfRequestsTellTheirMaximum() {
        closesAtOnceAfter(100, 100, 100);
        assertThat(keepAlive.known().maxExchanges(nowNanos)).isEqualTo(80);
        assertThat(keepAlive.known().maxExchanges(nowNanos + TimeUnit.MINUTES.toNanos(11)))
                .as("found out again after a while")
                .isEqualTo(Integer.MAX_VALUE);
        closesAtOnceAfter(1, 1, 1);
        assertThat(keepAlive.known().maxExchanges(nowNanos)).isEqualTo(1);
    }

    @Test
    void manyClosingsAtOnceDoNotTellAMaximum() {
        for (int i = 0; i < 10; i++) {
            keepAlive.closed(millis(1), 5, nowNanos + i);
        }
        assertThat(keepAlive.known().maxExchanges(nowNanos)).isEqualTo(Integer.MAX_VALUE);
    }
}
