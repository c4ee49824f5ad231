package dev.weir.balancer.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Virtual time throughout. */
final class LoopClockTest {
    private static final long START = -1_000_000_000L; // a clock may well be negative
    private static final long TICK = millis(50);

    private final List<String> pauses = new ArrayList<>();
    private long now = START;
    private final LoopClock clock = new LoopClock(
            () -> now,
            TICK,
            LoopClock.NOTICED_NANOS,
            (from, to) -> pauses.add((from - START) / 1_000_000 + "-" + (to - START) / 1_000_000));

    @BeforeEach
    void start() {
        clock.start();
    }

    @Test
    void aStartMayTakeItsTime() {
        LoopClock starting = new LoopClock(() -> now, TICK, LoopClock.NOTICED_NANOS, (from, to) -> pauses.add("pause"));
        now += millis(60_000);
        assertThat(starting.now()).isEqualTo(now);
        starting.start();
        assertThat(starting.tick()).isTrue();
        assertThat(pauses).isEmpty();
    }

    @Test
    void aLoopThatTicksOnTimeLosesNothing() {
        for (int i = 0; i < 100; i++) {
            now += TICK;
            assertThat(clock.tick()).isTrue();
        }
        assertThat(clock.lostNanos()).isZero();
        assertThat(pauses).isEmpty();
    }

    @Test
    void aTickThatIsALittleLateIsNoPause() {
        now += TICK + LoopClock.NOTICED_NANOS;
        assertThat(clock.tick()).isTrue();
        assertThat(clock.lostNanos()).isZero();
    }

    @Test
    void aPauseBeginsWhenTheTickWasDueAndEndsWhenTheTimeIsAskedFor() {
        now += TICK + millis(3_000);
        assertThat(clock.now()).isEqualTo(now);
        assertThat(pauses).containsExactly("50-3050");
        assertThat(clock.lostNanos()).isEqualTo(millis(3_000));
        assertThat(clock.isWaking()).isTrue();
    }

    @Test
    void aPauseIsNoticedOnceHoweverManyAskForTheTime() {
        now += millis(1_000);
        clock.now();
        now += millis(20);
        clock.now();
        clock.tick();
        assertThat(pauses).containsExactly("50-1000");
    }

    @Test
    void noDeadlineIsJudgedInTheFirstTickAfterAPause() {
        now += millis(1_000);
        assertThat(clock.tick()).isFalse();
        assertThat(clock.isWaking()).isTrue();
        now += TICK;
        assertThat(clock.tick()).isTrue();
        assertThat(clock.isWaking()).isFalse();
    }

    @Test
    void ticksThatCatchUpAtOnceDoNotEndTheWakingUp() {
        now += millis(1_000);
        for (int i = 0; i < 20; i++) {
            assertThat(clock.tick()).isFalse();
        }
        now += TICK;
        assertThat(clock.tick()).isTrue();
    }

    @Test
    void oneThatAsksForTheTimeLongAfterThePauseDoesNotKeepTheLoopFromJudgingInItsSecondTick() {
        now += millis(1_000);
        clock.now();
        now += TICK;
        assertThat(clock.tick()).as("perhaps nothing was read since").isFalse();
        now += TICK;
        assertThat(clock.tick()).isTrue();
    }

    @Test
    void aSecondPauseWhileWakingUpIsAPauseOfItsOwn() {
        now += millis(1_000);
        clock.tick();
        now += millis(500);
        assertThat(clock.tick()).isFalse();
        assertThat(pauses).containsExactly("50-1000", "1050-1500");
        assertThat(clock.lostNanos()).isEqualTo(millis(950 + 450));
    }

    @Test
    void aLoopThatIsLateAgainAndAgainJudgesAllTheSame() {
        for (int i = 0; i < LoopClock.MOST_IN_A_ROW; i++) {
            assertThat(lateTicks()).isFalse();
        }
        assertThat(lateTicks()).isTrue();
        assertThat(lateTicks()).isTrue();
        assertThat(clock.isWaking()).isFalse();
        assertThat(clock.lostNanos()).isEqualTo((LoopClock.MOST_IN_A_ROW + 2) * millis(150));
        now += TICK;
        assertThat(clock.tick()).isTrue();
        assertThat(lateTicks()).as("on time once, and late again").isFalse();
    }

    /** One tick that is late, and those that catch up with it. */
    private boolean lateTicks() {
        now += TICK + millis(150);
        boolean judging = clock.tick();
        assertThat(clock.tick()).isEqualTo(judging);
        return judging;
    }

    private static long millis(long count) {
        return TimeUnit.MILLISECONDS.toNanos(count);
    }
}
