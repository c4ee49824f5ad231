package dev.weir.balancer.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.config.PassiveHealthConfig;
import dev.weir.balancer.failure.ProxyError;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class OutlierDetectorTest {
    private static final Duration BASE = Duration.ofSeconds(10);
    private static final Duration MAX = Duration.ofSeconds(35);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final ProxyError REFUSED = ProxyError.CONNECTION_REFUSED;

    private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(5); // clocks wrap around
    private final Queue<Runnable> control = new ArrayDeque<>();
    private final List<String> heard = new ArrayList<>();

    @Test
    void fiveFailuresInARowEject() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 5, 0.5);
        Backend first = pool.backends().get(0);
        fail(detector, first, 4);
        assertThat(first.state().ejected()).isFalse();
        fail(detector, first, 1);
        assertThat(first.state().ejected()).isTrue();
        assertThat(heard).containsExactly("ejected connection_refused PT10S");
    }

    @Test
    void aSuccessInBetweenStartsTheRowAnew() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 5, 0.5);
        Backend first = pool.backends().get(0);
        fail(detector, first, 4);
        first.stats().succeeded();
        fail(detector, first, 4);
        assertThat(heard).isEmpty();
    }

    @Test
    void aSuccessThatComesBeforeTheDecisionPreventsIt() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 2, 0.5);
        Backend first = pool.backends().get(0);
        detector.failed(first, REFUSED);
        detector.failed(first, REFUSED);
        first.stats().succeeded();
        runControl();
        assertThat(heard).isEmpty();
    }

    @Test
    void whatIsNotTheBackendsFaultDoesNotCount() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 1, 0.5);
        for (ProxyError error : ProxyError.values()) {
            if (!error.blamesBackend()) {
                detector.failed(pool.backends().get(0), error);
            }
        }
        assertThat(control).isEmpty();
    }

    @Test
    void whereThisNodeHasARouteToNobodyNobodyIsEjected() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 2, 1);
        for (int i = 0; i < 5; i++) {
            for (Backend backend : pool.backends()) {
                backend.stats().foundNoRoute(now);
                detector.failed(backend, ProxyError.DESTINATION_IP_UNROUTABLE);
            }
        }
        runControl();
        assertThat(heard).isEmpty();
    }

    @Test
    void whereThisNodeHasNoRouteToOneThatOneIsOfNoUseHere() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 2, 1);
        Backend first = pool.backends().get(0);
        first.stats().foundNoRoute(now);
        for (Backend other : pool.backends().subList(1, 3)) {
            other.stats().foundNoRoute(now);
            other.stats().latency().add(1_000, now + MILLI); // by now there is one
        }
        detector.failed(first, ProxyError.DESTINATION_IP_UNROUTABLE);
        detector.failed(first, ProxyError.DESTINATION_IP_UNROUTABLE);
        runControl();
        assertThat(heard).containsExactly("ejected destination_ip_unroutable PT10S");
    }

    @Test
    void whereNobodyAnswersAConnectItIsTheWayThereAndNobodyIsEjected() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 3, 1);
        for (int i = 0; i < 8; i++) {
            for (Backend backend : pool.backends()) {
                detector.failed(backend, ProxyError.CONNECTION_TIMEOUT);
                runControl();
                now += 100 * MILLI;
            }
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void whoeverDoesNotAnswerAConnectWhileAnotherAnswersRequestsIsEjected() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 3, 1);
        List<Backend> backends = pool.backends();
        for (int i = 0; i < 3; i++) {
            detector.failed(backends.get(0), ProxyError.CONNECTION_TIMEOUT);
            detector.failed(backends.get(1), ProxyError.CONNECTION_TIMEOUT);
            now += 100 * MILLI;
            backends.get(2).stats().latency().add(MILLI, now);
        }
        runControl();
        assertThat(heard).hasSize(2).allMatch(said -> said.startsWith("ejected connection_timeout"));
    }

    @Test
    void theOnlyOneThatDoesNotAnswerAConnectIsEjected() {
        BackendPool pool = Pools.pool(3, () -> now);
        fail(detector(pool, 3, 1), pool.backends().getFirst(), ProxyError.CONNECTION_TIMEOUT, 3);
        assertThat(heard).hasSize(1);
    }

    @Test
    void aRouteThatIsLackingForAllIsThisNodesEvenIfSomeFailuresDidNotCount() {
        BackendPool pool = Pools.pool(2, () -> now);
        pool.backends().getLast().stats().foundNoRoute(now); // when this node had just stood still
        pool.backends().getFirst().stats().foundNoRoute(now);
        fail(detector(pool, 3, 1), pool.backends().getFirst(), ProxyError.DESTINATION_IP_UNROUTABLE, 3);
        assertThat(heard).isEmpty();
    }

    @Test
    void zeroFailuresInARowMeansNever() {
        BackendPool pool = Pools.pool(3, () -> now);
        fail(detector(pool, 0, 0.5), pool.backends().get(0), 1_000);
        assertThat(heard).isEmpty();
    }

    @Test
    void manyFailuresAtOnceAreOneEjection() throws Exception {
        BackendPool pool = Pools.pool(3, () -> now);
        Queue<Runnable> posted = new ConcurrentLinkedQueue<>();
        OutlierDetector detector = new OutlierDetector(
                pool, new PassiveHealthConfig(5, BASE, MAX, 0.5), posted::add, () -> now, new Recorder());
        Backend first = pool.backends().get(0);
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> loops = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            loops.add(Thread.ofPlatform().start(() -> {
                awaitUninterruptibly(start);
                for (int j = 0; j < 1_000; j++) {
                    detector.failed(first, REFUSED);
                }
            }));
        }
        start.countDown();
        for (Thread loop : loops) {
            loop.join();
        }
        assertThat(posted).hasSize(8_000 / 5);
        posted.forEach(Runnable::run);
        assertThat(heard).hasSize(1);
    }

    @Test
    void theOnlyBackendOfAPoolIsNeverEjected() {
        BackendPool pool = Pools.pool(1, () -> now);
        OutlierDetector detector = detector(pool, 1, 1);
        fail(detector, pool.backends().get(0), 3);
        assertThat(heard)
                .containsExactly(
                        "not enforced connection_refused",
                        "not enforced connection_refused",
                        "not enforced connection_refused");
    }

    @Test
    void theLastUsableBackendIsNeverEjected() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 1, 1);
        pool.health(pool.backends().get(0), Health.DOWN);
        pool.admin(pool.backends().get(1), Admin.DRAINING);
        fail(detector, pool.backends().get(2), 1);
        assertThat(heard).containsExactly("not enforced connection_refused");
    }

    @Test
    void aBackendWithoutWeightTakesNobodysPlace() {
        BackendPool pool = Pools.pool(List.of(1, 0), () -> now);
        fail(detector(pool, 1, 1), pool.backends().get(0), 1);
        assertThat(heard).containsExactly("not enforced connection_refused");
    }

    @Test
    void theShareIsOneOfTheBackendsThatHaveAWeight() {
        BackendPool pool = Pools.pool(List.of(1, 1, 1, 0, 0, 0), () -> now);
        OutlierDetector detector = detector(pool, 1, 0.5);
        fail(detector, pool.backends().get(0), 1);
        fail(detector, pool.backends().get(1), 1);
        assertThat(heard).containsExactly("ejected connection_refused PT10S", "not enforced connection_refused");
    }

    @Test
    void oneMayAlwaysBeOutHoweverSmallTheShare() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 1, 0);
        fail(detector, pool.backends().get(0), 1);
        fail(detector, pool.backends().get(1), 1);
        assertThat(heard).containsExactly("ejected connection_refused PT10S", "not enforced connection_refused");
    }

    @Test
    void theShareIsReckonedExactly() {
        BackendPool pool = Pools.pool(100, () -> now);
        OutlierDetector detector = detector(pool, 1, 0.29);
        for (Backend backend : pool.backends()) {
            fail(detector, backend, 1);
        }
        assertThat(ejected(pool)).isEqualTo(29);
    }

    @Test
    void ofThoseThatOthersTookOutOnlySoManyAreOutAsMayBeEjected() {
        BackendPool pool = Pools.pool(10, () -> now);
        OutlierDetector detector = detector(pool, 1, 0.3);
        List<Backend> all = pool.backends();
        fail(detector, all.get(9), 1);
        assertThat(detector.dispensable(all.subList(0, 5))).containsExactlyInAnyOrder(all.get(0), all.get(1));
        pool.shun(all.get(0), true);
        pool.shun(all.get(1), true);
        fail(detector, all.get(8), 1);
        assertThat(all.get(8).state().spared()).as("three are out").isTrue();
    }

    @Test
    void theLastIsLeftEvenIfAllOthersTookItOut() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 1, 1);
        List<Backend> all = pool.backends();
        assertThat(detector.dispensable(all)).containsExactlyInAnyOrder(all.get(0), all.get(1));
        pool.shun(all.get(0), true);
        pool.shun(all.get(1), true);
        pool.health(all.get(2), Health.DOWN);
        assertThat(detector.dispensable(all.subList(0, 2)))
                .as("who was not the last one may be now")
                .containsExactly(all.get(0));
    }

    @Test
    void whoeverIsOutAnywayTakesNobodysPlace() {
        BackendPool pool = Pools.pool(List.of(1, 1, 1, 1, 0), () -> now);
        OutlierDetector detector = detector(pool, 1, 0.25);
        List<Backend> all = pool.backends();
        pool.health(all.get(0), Health.DOWN);
        assertThat(detector.dispensable(all)).containsExactlyInAnyOrder(all.get(0), all.get(1), all.get(4));
        pool.shun(all.get(0), true);
        fail(detector, all.get(3), 1);
        assertThat(all.get(3).state().ejected()).isTrue();
    }

    @Test
    void whoeverWasSparedIsEjectedOnceThereIsRoom() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 2, 0.5);
        fail(detector, pool.backends().get(0), 2);
        fail(detector, pool.backends().get(1), 3);
        assertThat(pool.backends().get(1).state().spared()).isTrue();
        pool.recovered(pool.backends().get(0));
        fail(detector, pool.backends().get(1), 1);
        assertThat(pool.backends().get(1).state().ejected()).isTrue();
    }

    @Test
    void whateverBackendComesBackStartsAfresh() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 5, 0.5);
        Backend first = pool.backends().get(0);
        pool.admin(first, Admin.DRAINING);
        fail(detector, first, 4);
        pool.admin(first, Admin.ENABLED);
        fail(detector, first, 4);
        assertThat(heard).isEmpty();
        fail(detector, first, 1);
        assertThat(heard).hasSize(1);
    }

    @Test
    void theLastFailuresOfABackendThatIsOutDoNotCount() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 2, 0.5);
        Backend first = pool.backends().get(0);
        fail(detector, first, 7);
        assertThat(heard).hasSize(1);
        passUntilReadmitted(pool, first);
        fail(detector, first, 1);
        assertThat(first.state().ejected()).isFalse();
        fail(detector, first, 1);
        assertThat(first.state().ejected()).isTrue();
    }

    @Test
    void eachEjectionIsLongerUpToTheMaximum() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 1, 0.5);
        Backend first = pool.backends().get(0);
        for (int i = 0; i < 5; i++) {
            fail(detector, first, 1);
            passUntilReadmitted(pool, first);
        }
        assertThat(heard)
                .containsExactly(
                        "ejected connection_refused PT10S",
                        "ejected connection_refused PT20S",
                        "ejected connection_refused PT30S",
                        "ejected connection_refused PT35S",
                        "ejected connection_refused PT35S");
    }

    @Test
    void whoeverBehavesForAWhileIsEjectedShorterAgain() {
        BackendPool pool = Pools.pool(3, () -> now);
        OutlierDetector detector = detector(pool, 1, 0.5);
        Backend first = pool.backends().get(0);
        for (int i = 0; i < 2; i++) {
            fail(detector, first, 1);
            passUntilReadmitted(pool, first);
        }
        pass(pool, Duration.ofMinutes(10));
        fail(detector, first, 1);
        assertThat(heard).last().isEqualTo("ejected connection_refused PT10S");
    }

    @Property(tries = 300)
    void neverIsTheLastOneOrTooManyOut(
            @ForAll @IntRange(min = 1, max = 12) int size,
            @ForAll @DoubleRange(min = 0, max = 1) double share,
            @ForAll @Size(max = 150) List<@IntRange(min = 0, max = 99) Integer> events) {
        heard.clear();
        BackendPool pool = Pools.pool(size, () -> now);
        OutlierDetector detector = detector(pool, 2, share);
        int allowed = Math.max(1, (int) Math.floor(share * size + 1e-9));
        for (int event : events) {
            Backend backend = pool.backends().get(event % size);
            int usableBefore = usable(pool);
            int ejectedBefore = ejected(pool);
            switch (event / 10) {
                case 0 -> backend.stats().succeeded();
                case 1 -> pool.health(backend, event % 2 == 0 ? Health.DOWN : Health.UP);
                case 2 -> pass(pool, Duration.ofSeconds(3));
                default -> fail(detector, backend, 2);
            }
            if (ejected(pool) > ejectedBefore) {
                assertThat(usableBefore).isGreaterThan(1);
                assertThat(usable(pool)).isPositive();
            }
            assertThat(ejected(pool)).isLessThanOrEqualTo(size == 1 ? 0 : allowed);
        }
    }

    @Property(tries = 100)
    void ejectionsOfOneThatNeverBehavesOnlyGetLonger(
            @ForAll @IntRange(min = 1, max = 100) int baseSeconds, @ForAll @IntRange(min = 0, max = 1_000) int more) {
        heard.clear();
        Duration base = Duration.ofSeconds(baseSeconds);
        Duration max = base.plusSeconds(more);
        BackendPool pool = Pools.pool(2, () -> now);
        OutlierDetector detector = new OutlierDetector(
                pool, new PassiveHealthConfig(1, base, max, 0.5), control::add, () -> now, new Recorder());
        Backend first = pool.backends().get(0);
        Duration before = Duration.ZERO;
        for (int i = 0; i < 12; i++) {
            fail(detector, first, 1);
            Duration time = Duration.ofNanos(first.state().ejectedUntilNanos() - now);
            assertThat(time).isBetween(before, max);
            before = time;
            passUntilReadmitted(pool, first);
        }
        assertThat(before).isEqualTo(base.multipliedBy(12).compareTo(max) < 0 ? base.multipliedBy(12) : max);
    }

    private OutlierDetector detector(BackendPool pool, int consecutiveFailures, double maxEjected) {
        PassiveHealthConfig config = new PassiveHealthConfig(consecutiveFailures, BASE, MAX, maxEjected);
        return new OutlierDetector(pool, config, control::add, () -> now, new Recorder());
    }

    private void fail(OutlierDetector detector, Backend backend, int times) {
        fail(detector, backend, REFUSED, times);
    }

    private void fail(OutlierDetector detector, Backend backend, ProxyError error, int times) {
        for (int i = 0; i < times; i++) {
            detector.failed(backend, error);
            runControl();
        }
    }

    private void runControl() {
        for (Runnable task = control.poll(); task != null; task = control.poll()) {
            task.run();
        }
    }

    private void passUntilReadmitted(BackendPool pool, Backend backend) {
        now = backend.state().ejectedUntilNanos();
        pool.tick();
        assertThat(backend.state().ejected()).isFalse();
    }

    private void pass(BackendPool pool, Duration time) {
        for (long i = 0; i < time.toMillis(); i += 100) {
            now += TimeUnit.MILLISECONDS.toNanos(100);
            pool.tick();
        }
    }

    private static int ejected(BackendPool pool) {
        return (int) pool.backends().stream().filter(b -> b.state().ejected()).count();
    }

    private static int usable(BackendPool pool) {
        return (int) pool.backends().stream().filter(b -> b.state().usable()).count();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private final class Recorder implements OutlierDetector.Listener {
        @Override
        public void ejected(Backend backend, ProxyError error, Duration time) {
            heard.add("ejected " + error.token() + " " + time);
        }

        @Override
        public void notEnforced(Backend backend, ProxyError error) {
            heard.add("not enforced " + error.token());
        }
    }
}
