package dev.weir.balancer.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.backend.BackendState.Health;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class BackendPoolTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Eligibility.Rules PLAIN = new Eligibility.Rules(null, 0, 0);

    private long now = -5 * SECOND; // a clock may well be negative
    private int pickersMade;
    private final Backend a = backend(9001);
    private final Backend b = backend(9002);
    private final Backend c = backend(9003);

    @Test
    void theFirstSnapshotIsOutFromTheStart() {
        BackendPool pool = pool(PLAIN, a, b, c);
        assertThat(pool.snapshot().version()).isEqualTo(1);
        assertThat(pool.snapshot().all()).containsExactly(a, b, c);
        assertThat(candidates(pool)).containsExactly(a, b, c);
    }

    @Test
    void aPoolWithoutBackendsPicksNothing() {
        BackendPool pool = pool(PLAIN);
        assertThat(pool.snapshot().picker()).isSameAs(Picker.EMPTY);
        assertThat(pool.snapshot().eligible()).isSameAs(Eligibility.NONE);
    }

    @Test
    void eachChangeIsExactlyOnePublication() {
        BackendPool pool = pool(PLAIN, a, b, c);
        pool.health(a, Health.UP);
        assertThat(pool.snapshot().version()).isEqualTo(2);
        pool.health(a, Health.DOWN);
        assertThat(pool.snapshot().version()).isEqualTo(3);
        pool.admin(b, Admin.DRAINING);
        assertThat(pool.snapshot().version()).isEqualTo(4);
        pool.eject(c, now + SECOND);
        assertThat(pool.snapshot().version()).isEqualTo(5);
        pool.health(c, Health.DOWN);
        assertThat(pool.snapshot().version()).isEqualTo(6);
        pool.recovered(c);
        assertThat(pool.snapshot().version()).isEqualTo(7);
    }

    @Test
    void changesMadeTogetherAreOnePublicationAndAreToldAfterIt() {
        BackendPool pool = pool(PLAIN, a, b, c);
        List<Long> versions = new ArrayList<>();
        pool.listen(change -> versions.add(pool.snapshot().version()));
        pool.together(() -> {
            pool.health(a, Health.DOWN);
            pool.shun(b, true);
            assertThat(candidates(pool)).as("until all is done").containsExactly(a, b, c);
            assertThat(a.state().usable()).isFalse();
        });
        assertThat(candidates(pool)).containsExactly(c);
        assertThat(versions).containsExactly(2L, 2L);
        pool.together(() -> {});
        assertThat(pool.snapshot().version()).isEqualTo(2);
    }

    @Test
    void whatChangedBeforeABugOfWhoeverMakesChangesIsPublished() {
        BackendPool pool = pool(PLAIN, a, b);
        assertThatThrownBy(() -> pool.together(() -> {
                    pool.health(a, Health.DOWN);
                    throw new IllegalStateException("bug");
                }))
                .hasMessage("bug");
        assertThat(candidates(pool)).containsExactly(b);
        pool.health(b, Health.DOWN);
        assertThat(candidates(pool)).isEmpty();
    }

    @Test
    void whatChangesNothingPublishesNothing() {
        BackendPool pool = pool(PLAIN, a, b, c);
        pool.health(a, Health.UNKNOWN);
        pool.admin(a, Admin.ENABLED);
        pool.tick();
        now += 3600 * SECOND;
        pool.tick();
        assertThat(pool.snapshot().version()).isEqualTo(1);
    }

    @Test
    void thePickerStaysAsLongAsTheSetStays() {
        BackendPool pool = pool(PLAIN, a, b);
        Picker first = pool.snapshot().picker();
        pool.health(a, Health.UP);
        assertThat(pool.snapshot().picker()).isSameAs(first);
        pool.health(a, Health.DOWN);
        assertThat(pool.snapshot().picker()).isNotSameAs(first);
        assertThat(pickersMade).isEqualTo(2);
    }

    @Test
    void healthAdminAndEjectionAreIndependent() {
        BackendPool pool = pool(PLAIN, a, b);
        pool.health(a, Health.DOWN);
        pool.admin(a, Admin.DISABLED);
        pool.eject(a, now + SECOND);
        pool.admin(a, Admin.ENABLED);
        assertThat(candidates(pool)).containsExactly(b);
        pool.health(a, Health.UP);
        assertThat(candidates(pool)).containsExactly(b);
        now += SECOND;
        pool.tick();
        assertThat(candidates(pool)).containsExactly(a, b);
    }

    @Test
    void oneThatRecoversIsUpAndNoLongerEjected() {
        BackendPool pool = pool(PLAIN, a, b);
        pool.health(a, Health.DOWN);
        pool.eject(a, now + SECOND);
        pool.recovered(a);
        assertThat(candidates(pool)).containsExactly(a, b);
        assertThat(a.state().health()).isEqualTo(Health.UP);
        assertThat(a.state().ejections()).as("they still count").isEqualTo(1);
    }

    @Test
    void anEjectionEndsWithTheFirstTickAfterItsTime() {
        BackendPool pool = pool(PLAIN, a, b);
        pool.eject(a, now + 10 * SECOND);
        now += 10 * SECOND - 1;
        pool.tick();
        assertThat(candidates(pool)).containsExactly(b);
        now += 1;
        pool.tick();
        assertThat(candidates(pool)).containsExactly(a, b);
        assertThat(a.state().ejected()).isFalse();
        assertThat(a.state().ejections()).isEqualTo(1);
    }

    @Test
    void ejectionsThatEndTogetherArePublishedTogether() {
        BackendPool pool = pool(PLAIN, a, b, c);
        pool.eject(a, now + SECOND);
        pool.eject(b, now + SECOND);
        long before = pool.snapshot().version();
        now += SECOND;
        pool.tick();
        assertThat(pool.snapshot().version()).isEqualTo(before + 1);
        assertThat(candidates(pool)).containsExactly(a, b, c);
    }

    @Test
    void oneThatIsOutAlreadyIsOnlyKeptOutLonger() {
        BackendPool pool = pool(PLAIN, a, b);
        pool.eject(a, now + 10 * SECOND);
        pool.eject(a, now + 5 * SECOND);
        pool.eject(a, now + 20 * SECOND);
        assertThat(a.state().ejections()).isEqualTo(1);
        assertThat(a.state().ejectedUntilNanos()).isEqualTo(now + 20 * SECOND);
        assertThat(pool.snapshot().version()).isEqualTo(3);
    }

    @Test
    void whoIsSparedIsTrustedAgainOnceItAnswers() {
        BackendPool pool = pool(PLAIN, a, b);
        a.stats().failed();
        pool.spare(a);
        assertThat(candidates(pool)).containsExactly(a, b);
        assertThat(healthy(pool)).containsExactly(b);
        tickFor(pool, 10);
        assertThat(a.state().spared()).isTrue();
        a.stats().succeeded();
        pool.tick();
        assertThat(a.state().spared()).isFalse();
        assertThat(healthy(pool)).containsExactly(a, b);
    }

    @Test
    void whoIsSparedMayBeEjectedAndIsNotSparedAnyMore() {
        BackendPool pool = pool(PLAIN, a, b);
        pool.spare(a);
        pool.eject(a, now + SECOND);
        assertThat(a.state().spared()).isFalse();
        pool.spare(a);
        assertThat(a.state().spared()).isFalse();
        assertThat(candidates(pool)).containsExactly(b);
    }

    @Test
    void anEjectionIsNotForgottenWhileABackendIsSpared() {
        BackendPool pool = pool(PLAIN, a, b);
        pool.eject(a, now + SECOND);
        tickFor(pool, 2);
        a.stats().failed();
        pool.spare(a);
        tickFor(pool, 100);
        assertThat(a.state().ejections()).isEqualTo(1);
        a.stats().succeeded();
        tickFor(pool, 61);
        assertThat(a.state().ejections()).isZero();
    }

    @Test
    void aMinuteWithoutTroubleMakesUpForOneEjection() {
        BackendPool pool = pool(PLAIN, a, b);
        pool.eject(a, now + SECOND);
        pool.recovered(a);
        pool.eject(a, now + SECOND);
        pool.recovered(a);
        assertThat(a.state().ejections()).isEqualTo(2);
        tickFor(pool, 59);
        assertThat(a.state().ejections()).isEqualTo(2);
        tickFor(pool, 2);
        assertThat(a.state().ejections()).isEqualTo(1);
        tickFor(pool, 61);
        assertThat(a.state().ejections()).isZero();
        tickFor(pool, 120);
        assertThat(a.state().ejections()).isZero();
    }

    @Test
    void troubleStartsTheMinuteAnew() {
        BackendPool pool = pool(PLAIN, a, b);
        pool.eject(a, now + SECOND);
        tickFor(pool, 50);
        pool.health(a, Health.DOWN);
        tickFor(pool, 30);
        pool.health(a, Health.UP);
        tickFor(pool, 59);
        assertThat(a.state().ejections()).isEqualTo(1);
        tickFor(pool, 2);
        assertThat(a.state().ejections()).isZero();
    }

    @Test
    void aProcessThatStartsGivesEverybodyItsFullWeight() {
        BackendPool pool = pool(slowStart(10), a, b);
        pool.health(a, Health.UP);
        assertThat(weight(pool, a)).isEqualTo(100);
        assertThat(weight(pool, b)).isEqualTo(100);
    }

    @Test
    void aBackendThatComesBackStartsSlowlyAndRisesInSteps() {
        BackendPool pool = pool(slowStart(10), a, b);
        pool.health(a, Health.DOWN);
        now += SECOND;
        pool.health(a, Health.UP);
        assertThat(weight(pool, a)).isEqualTo(10);
        long first = pool.snapshot().version();
        List<Integer> weights = new ArrayList<>();
        for (int tick = 0; tick < 120; tick++) {
            now += SECOND / 10;
            pool.tick();
            weights.add(weight(pool, a));
        }
        assertThat(weights).isSorted().startsWith(10, 10, 10, 10).endsWith(100).contains(15, 50, 95);
        assertThat(weights.get(49)).as("half way").isEqualTo(50);
        assertThat(weights.get(98)).as("just before the end").isEqualTo(95);
        assertThat(weights.get(99)).as("at the end").isEqualTo(100);
        assertThat(pool.snapshot().version() - first)
                .as("one publication a step")
                .isEqualTo(18);
        assertThat(weight(pool, b)).isEqualTo(100);
    }

    @Test
    void oneThatWasEjectedOrDrainedStartsSlowlyToo() {
        BackendPool pool = pool(slowStart(10), a, b, c);
        pool.eject(a, now + SECOND);
        pool.admin(b, Admin.DRAINING);
        now += SECOND;
        pool.tick();
        pool.admin(b, Admin.ENABLED);
        assertThat(weight(pool, a)).isEqualTo(10);
        assertThat(weight(pool, b)).isEqualTo(10);
        assertThat(weight(pool, c)).isEqualTo(100);
    }

    @Test
    void oneThatIsStillOutOtherwiseDoesNotStartYet() {
        BackendPool pool = pool(slowStart(10), a, b);
        pool.health(a, Health.DOWN);
        pool.eject(a, now + 100 * SECOND);
        now += SECOND;
        pool.health(a, Health.UP);
        now += 99 * SECOND;
        pool.tick();
        assertThat(weight(pool, a))
                .as("the start counts from the end of the ejection")
                .isEqualTo(10);
    }

    @Test
    void listenersHearOfEachChangeOnceItIsOut() {
        BackendPool pool = pool(PLAIN, a, b);
        List<BackendPool.Change> heard = new ArrayList<>();
        List<Long> versions = new ArrayList<>();
        pool.listen(heard::add);
        pool.listen(change -> versions.add(pool.snapshot().version()));
        BackendState initial = a.state();
        pool.health(a, Health.DOWN);
        BackendState down = a.state();
        pool.health(a, Health.DOWN);
        pool.eject(b, now + SECOND);
        assertThat(heard).hasSize(2);
        assertThat(heard.getFirst()).isEqualTo(new BackendPool.Change(a, initial, down));
        assertThat(heard.getLast().backend()).isSameAs(b);
        assertThat(versions).containsExactly(2L, 3L);
    }

    @Test
    void aStrangerIsRefused() {
        BackendPool pool = pool(PLAIN, a);
        assertThatThrownBy(() -> pool.health(b, Health.UP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("127.0.0.1:9002")
                .hasMessageContaining("shop");
    }

    @Test
    void twoBackendsOfOneAddressAreRefused() {
        assertThatThrownBy(() -> pool(PLAIN, a, backend(9001)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("127.0.0.1:9001");
    }

    @Test
    void aPickerThatCannotBeMadeLeavesTheLastSnapshotInPlace() {
        BackendPool pool = new BackendPool(
                "shop",
                List.of(a, b),
                PLAIN,
                eligible -> {
                    if (eligible.tiers().getFirst().candidates().size() < 2) {
                        throw new IllegalStateException("broken plug-in");
                    }
                    return context -> a;
                },
                () -> now);
        PoolSnapshot before = pool.snapshot();
        assertThatThrownBy(() -> pool.health(a, Health.DOWN)).hasMessage("broken plug-in");
        assertThat(pool.snapshot()).isSameAs(before);
    }

    @Test
    void readersSeePickerAndSetOfTheSameMoment() throws Exception {
        BackendPool pool =
                new BackendPool("shop", List.of(a, b, c), PLAIN, eligible -> new Bound(eligible), System::nanoTime);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            long last = 0;
            try {
                while (last < 20_001) {
                    PoolSnapshot seen = pool.snapshot();
                    assertThat(seen.version()).isGreaterThanOrEqualTo(last);
                    if (seen.picker() instanceof Bound bound) {
                        assertThat(bound.eligible).isSameAs(seen.eligible());
                    } else {
                        assertThat(seen.eligible()).isSameAs(Eligibility.NONE);
                    }
                    last = seen.version();
                }
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        List<Backend> all = List.of(a, b, c);
        for (int i = 0; i < 20_000; i++) {
            Backend backend = all.get(i % 3);
            pool.health(backend, backend.state().health() == Health.DOWN ? Health.UP : Health.DOWN);
        }
        reader.join(TimeUnit.SECONDS.toMillis(30));
        assertThat(reader.isAlive()).isFalse();
        assertThat(failure.get()).isNull();
    }

    private record Bound(Eligibility eligible) implements Picker {
        @Override
        public Backend pick(PickContext context) {
            return eligible.tiers().getFirst().candidates().getFirst().backend();
        }
    }

    private BackendPool pool(Eligibility.Rules rules, Backend... backends) {
        return new BackendPool(
                "shop",
                List.of(backends),
                rules,
                eligible -> {
                    pickersMade++;
                    return new Bound(eligible);
                },
                () -> now);
    }

    private static Eligibility.Rules slowStart(int seconds) {
        return new Eligibility.Rules(null, 0, seconds * SECOND);
    }

    private void tickFor(BackendPool pool, int seconds) {
        for (int i = 0; i < seconds * 10; i++) {
            now += SECOND / 10;
            pool.tick();
        }
    }

    private static List<Backend> candidates(BackendPool pool) {
        return pool.snapshot().eligible().tiers().stream()
                .flatMap(tier -> tier.candidates().stream())
                .map(Candidate::backend)
                .toList();
    }

    private static List<Backend> healthy(BackendPool pool) {
        return pool.snapshot().eligible().tiers().stream()
                .flatMap(tier -> tier.healthy().stream())
                .map(Candidate::backend)
                .toList();
    }

    private static int weight(BackendPool pool, Backend backend) {
        return pool.snapshot().eligible().tiers().stream()
                .flatMap(tier -> tier.candidates().stream())
                .filter(candidate -> candidate.backend() == backend)
                .mapToInt(Candidate::weight)
                .findFirst()
                .orElseThrow();
    }

    private static Backend backend(int port) {
        return new Backend(new Endpoint("127.0.0.1", port), 1, 0, null, Map.of(), 0);
    }
}
