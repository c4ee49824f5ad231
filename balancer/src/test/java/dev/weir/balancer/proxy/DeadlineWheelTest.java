package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Virtual time throughout. */
class DeadlineWheelTest {
    private static final long TICK = DeadlineWheel.TICK_NANOS;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int DEADLINES = 5;

    /** Remembers when it expired. */
    private static class Recorded extends Deadline {
        final List<Long> expiries = new ArrayList<>();

        @Override
        void expired(long nowNanos) {
            expiries.add(nowNanos);
        }
    }

    @Test
    void aDeadlineExpiresOnceInTheTickAfterItsTime() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Recorded deadline = new Recorded();
        wheel.set(deadline, 3 * TICK + 1);
        wheel.advance(3 * TICK);
        assertThat(deadline.expiries).isEmpty();
        wheel.advance(4 * TICK);
        wheel.advance(5 * TICK);
        assertThat(deadline.expiries).containsExactly(4 * TICK);
        assertThat(deadline.linked()).isFalse();
    }

    @Test
    void aDeadlineBeyondOneRoundExpiresInItsOwnRound() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Recorded deadline = new Recorded();
        wheel.set(deadline, 100 * SECOND);
        for (long now = 0; now < 100 * SECOND; now += TICK) {
            wheel.advance(now);
        }
        assertThat(deadline.expiries).isEmpty();
        wheel.advance(100 * SECOND);
        assertThat(deadline.expiries).containsExactly(100 * SECOND);
    }

    @Test
    void aDeadlineThatIsPushedBackDoesNotExpireAtItsOldTime() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Recorded deadline = new Recorded();
        wheel.set(deadline, 2 * TICK);
        wheel.set(deadline, 10 * TICK);
        wheel.advance(9 * TICK);
        assertThat(deadline.expiries).isEmpty();
        wheel.advance(10 * TICK);
        assertThat(deadline.expiries).containsExactly(10 * TICK);
    }

    @Test
    void aPauseExtendsEveryDeadlineThatWasSetBeforeIt() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Recorded soon = new Recorded();
        Recorded late = new Recorded();
        wheel.set(soon, 2 * TICK);
        wheel.set(late, 1_000 * TICK);
        assertThat(wheel.due(101 * TICK)).isEqualTo(1);
        wheel.lose(100 * TICK);
        wheel.advance(101 * TICK);
        assertThat(soon.expiries).isEmpty();
        wheel.advance(102 * TICK);
        assertThat(soon.expiries).containsExactly(102 * TICK);
        wheel.advance(1_099 * TICK);
        assertThat(late.expiries).isEmpty();
        wheel.advance(1_100 * TICK);
        assertThat(late.expiries).containsExactly(1_100 * TICK);
    }

    @Test
    void aDeadlineThatIsSetAfterAPauseIsNotExtendedByIt() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Recorded deadline = new Recorded();
        wheel.lose(100 * TICK);
        wheel.set(deadline, 110 * TICK);
        wheel.advance(109 * TICK);
        assertThat(deadline.expiries).isEmpty();
        wheel.advance(110 * TICK);
        assertThat(deadline.expiries).containsExactly(110 * TICK);
    }

    @Test
    void whatIsNotDueIsNotCounted() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        wheel.set(new Recorded(), 5 * TICK);
        wheel.set(new Recorded(), 6 * TICK);
        wheel.set(new Recorded(), Deadline.NONE);
        Recorded cleared = new Recorded();
        wheel.set(cleared, TICK);
        cleared.clear();
        assertThat(wheel.due(5 * TICK)).isEqualTo(1);
    }

    @Test
    void aDeadlineThatIsPulledForwardExpiresAtItsNewTime() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Recorded deadline = new Recorded();
        wheel.set(deadline, 1_000 * TICK);
        wheel.set(deadline, 2 * TICK);
        wheel.advance(2 * TICK);
        assertThat(deadline.expiries).containsExactly(2 * TICK);
    }

    @Test
    void aTimeoutOfZeroMeansNever() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Recorded deadline = new Recorded();
        wheel.setAfter(deadline, 0, TICK);
        wheel.setAfter(deadline, 0, 0);
        wheel.advance(1_000 * TICK);
        assertThat(deadline.expiries).isEmpty();
        assertThat(deadline.linked()).isFalse();
    }

    @Test
    void aDeadlineThatWasRemovedIsNotHeldByTheWheel() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Recorded deadline = new Recorded();
        wheel.set(deadline, 5 * TICK);
        wheel.remove(deadline);
        assertThat(deadline.linked()).isFalse();
        wheel.remove(deadline);
        wheel.advance(10 * TICK);
        assertThat(deadline.expiries).isEmpty();
    }

    @Test
    void aLongStallOfTheLoopExpiresEverythingThatIsDueAtOnce() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Recorded near = new Recorded();
        Recorded far = new Recorded();
        wheel.set(near, SECOND);
        wheel.set(far, 59 * SECOND);
        wheel.advance(60 * SECOND);
        assertThat(near.expiries).containsExactly(60 * SECOND);
        assertThat(far.expiries).containsExactly(60 * SECOND);
    }

    @Test
    void aBugInOneExpiryIsLoggedAndDoesNotKeepTheOthersWaiting() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Recorded after = new Recorded();
        wheel.set(
                new Deadline() {
                    @Override
                    void expired(long nowNanos) {
                        throw new IllegalStateException("on purpose");
                    }
                },
                TICK);
        wheel.set(after, TICK);
        try (LogCapture log = new LogCapture()) {
            wheel.advance(TICK);
            assertThat(log.errors()).hasSize(1);
        }
        assertThat(after.expiries).containsExactly(TICK);
    }

    // ---- any interleaving

    enum Action {
        SET,
        CLEAR,
        REMOVE,
        /** Time passes, and the wheel is told. */
        ADVANCE,
        /** Time passes, and the wheel is not told. */
        PASS
    }

    /** @param nanos of a SET: from now, may lie in the past; of ADVANCE and PASS: how much time passes */
    record Step(Action action, int deadline, long nanos) {}

    /** The wheel, and what should be true of it. */
    private static final class World {
        private final DeadlineWheel wheel;
        private final List<Checked> deadlines = new ArrayList<>();
        private long now;

        /** @param reactions what each deadline does when it expires */
        World(long start, List<Step> reactions) {
            now = start;
            wheel = new DeadlineWheel(start);
            for (int i = 0; i < DEADLINES; i++) {
                deadlines.add(new Checked(reactions.get(i)));
            }
        }

        final class Checked extends Deadline {
            private final Step reaction;
            private long expectedNanos = NONE;
            private long setNanos;

            Checked(Step reaction) {
                this.reaction = reaction;
            }

            @Override
            void expired(long nowNanos) {
                assertThat(nowNanos).isEqualTo(now);
                assertThat(expectedNanos).as("never early, never twice").isLessThanOrEqualTo(now);
                expectedNanos = NONE;
                apply(reaction);
            }
        }

        void apply(Step step) {
            Checked deadline = deadlines.get(step.deadline());
            switch (step.action()) {
                case SET -> {
                    deadline.expectedNanos = now + step.nanos();
                    deadline.setNanos = now;
                    wheel.set(deadline, now + step.nanos());
                }
                case CLEAR -> {
                    deadline.expectedNanos = Deadline.NONE;
                    deadline.clear();
                }
                case REMOVE -> {
                    deadline.expectedNanos = Deadline.NONE;
                    wheel.remove(deadline);
                    assertThat(deadline.linked()).isFalse();
                }
                case ADVANCE -> {
                    now += Math.abs(step.nanos());
                    wheel.advance(now);
                    assertNothingIsLate();
                }
                case PASS -> now += Math.abs(step.nanos());
            }
        }

        private void assertNothingIsLate() {
            for (Checked deadline : deadlines) {
                if (deadline.expectedNanos != Deadline.NONE) {
                    long possible = Math.max(deadline.expectedNanos, deadline.setNanos);
                    assertThat(now - possible).as("lateness").isLessThan(TICK);
                }
            }
        }
    }

    @Property(tries = 2_000, seed = "42", edgeCases = EdgeCasesMode.NONE)
    void noDeadlineIsEverEarlyOrMoreThanATickLate(
            @ForAll("starts") long start,
            @ForAll("reactions") List<Step> reactions,
            @ForAll("steps") List<Step> steps) {
        World world = new World(start, reactions);
        steps.forEach(world::apply);
        world.apply(new Step(Action.ADVANCE, 0, 40 * SECOND));
    }

    @Provide
    Arbitrary<Long> starts() {
        return Arbitraries.longs().between(-100 * SECOND, 100 * SECOND);
    }

    @Provide
    Arbitrary<List<Step>> reactions() {
        return step(Arbitraries.of(Action.SET, Action.CLEAR, Action.REMOVE))
                .list()
                .ofSize(DEADLINES);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return step(Arbitraries.of(Action.class)).list().ofMaxSize(60);
    }

    private static Arbitrary<Step> step(Arbitrary<Action> actions) {
        Arbitrary<Long> nanos = Arbitraries.oneOf(
                Arbitraries.longs().between(-2 * TICK, 5 * TICK),
                Arbitraries.longs().between(0, 40 * SECOND),
                Arbitraries.longs().between(-2, 5).map(ticks -> ticks * TICK));
        return Combinators.combine(actions, Arbitraries.integers().between(0, DEADLINES - 1), nanos)
                .as(Step::new);
    }
}
