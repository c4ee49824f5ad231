package dev.weir.balancer.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SharedLoadTest {
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Backend first = backend(1);
    private final Backend second = backend(2);
    private final SharedLoad shared = new SharedLoad(List.of(first, second));
    private long now = 5 * SECOND;

    @Test
    void untilSomebodySpeaksNothingIsKnown() {
        assertThat(first.others().hearsay()).isNull();
    }

    @Test
    void whatTheOthersSayIsThereFromTheSecondTickOnWhenRatesAreKnown() {
        hear(8, 2);
        assertThat(first.others().hearsay()).isNull();
        hear(8, 2);
        assertThat(first.others().inFlight()).isEqualTo(8);
        assertThat(second.others().inFlight()).isEqualTo(2);
        assertThat(first.others().latencyMicros()).isEqualTo(8_000);
        assertThat(first.others().hearsay()).isSameAs(second.others().hearsay());
    }

    @Test
    void countsAreAveragedOverSomeTicks() {
        hear(8, 2);
        hear(8, 2);
        hear(0, 10);
        double weight = Math.exp(-(double) TICK / SharedLoad.SMOOTHING_NANOS);
        assertThat(first.others().inFlight()).isCloseTo(8 * weight, within(1e-9));
        for (int i = 0; i < 30; i++) {
            hear(0, 10);
        }
        assertThat(first.others().inFlight()).isCloseTo(0, within(0.01));
        assertThat(second.others().inFlight()).isCloseTo(10, within(0.01));
    }

    @Test
    void afterALongSilenceTheOldCountsDoNotCountAnyMore() {
        hear(8, 2);
        hear(8, 2);
        now += 2 * SECOND;
        hear(4, 4);
        assertThat(first.others().inFlight()).isEqualTo(4);
    }

    @Test
    void theShareIsThatOfTheRequestsInFlight() {
        begin(first, 3);
        begin(second, 1);
        hear(6, 6);
        hear(6, 6);
        assertThat(hearsay().share()).isCloseTo(0.25, within(1e-9));
        assertThat(hearsay().one(1)).isCloseTo(0.25, within(1e-9));
        assertThat(hearsay().one(0)).isEqualTo(1);
    }

    @Test
    void aNodeWithoutTrafficHasASmallShareAndNotNone() {
        hear(500, 500);
        hear(500, 500);
        assertThat(hearsay().share()).isEqualTo(0.001);
    }

    @Test
    void ownRequestsAreCountedByTheirAnswers() {
        hear(1, 1);
        for (int i = 0; i < 20; i++) {
            first.stats().response(200);
        }
        hear(1, 1);
        long heard = now - TICK;
        assertThat(hearsay().begunSince(heard)).isZero();
        assertThat(hearsay().begunSince(heard + TICK)).isCloseTo(10, within(1e-6)); // of 2 backends
    }

    @Test
    void aNodeThatIsPausedHearsOfTheFutureAndBelievesInNothingNegative() {
        hear(1, 1);
        hear(1, 1);
        assertThat(hearsay().begunSince(0)).isZero();
        assertThat(hearsay().trust(0)).isEqualTo(1);
    }

    @Test
    void whatIsOldFadesAndAfterASecondCountsNothing() {
        Hearsay hearsay = new Hearsay(2, 0, 0.5, 0);
        assertThat(hearsay.trust(SECOND / 2)).isEqualTo(1);
        assertThat(hearsay.trust(SECOND * 3 / 4)).isCloseTo(0.5, within(1e-9));
        assertThat(hearsay.trust(SECOND)).isZero();
        assertThat(hearsay.trust(100 * SECOND)).isZero();
    }

    @Test
    void whoIsAloneHearsNothing() {
        hear(8, 2);
        hear(8, 2);
        shared.alone();
        assertThat(first.others().hearsay()).isNull();
        hear(6, 6);
        assertThat(first.others().inFlight()).isEqualTo(6);
    }

    @Test
    void twoTicksAtTheSameMomentDoNoHarm() {
        hear(8, 2);
        now -= TICK;
        hear(8, 2);
        assertThat(first.others().hearsay()).isNull();
        hear(8, 2);
        assertThat(hearsay().share()).isBetween(0.001, 1.0);
    }

    private Hearsay hearsay() {
        Hearsay hearsay = first.others().hearsay();
        assertThat(hearsay).isNotNull();
        return hearsay;
    }

    private void hear(int ofFirst, int ofSecond) {
        shared.hear(
                new SharedLoad.Others() {
                    @Override
                    public int inFlight(int backend) {
                        return backend == 0 ? ofFirst : ofSecond;
                    }

                    @Override
                    public double latencyMicros(int backend) {
                        return 1_000.0 * inFlight(backend);
                    }
                },
                SharedLoad.Own.of(List.of(first, second)),
                Preference.of(0, 2, 0),
                now,
                now);
        now += TICK;
    }

    private static void begin(Backend backend, int requests) {
        for (int i = 0; i < requests; i++) {
            backend.stats().tryBegin(0);
        }
    }

    private static Backend backend(int number) {
        return new Backend(new Endpoint("10.0.0." + number, 8080), 1, 0, null, Map.of(), 0);
    }
}
