package dev.weir.balancer.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.failure.Maintenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What operators ask for: weights, and closed pools. */
final class OperatorsWillTest {
    private static final long SLOW_START = TimeUnit.SECONDS.toNanos(10);
    private static final Maintenance CLOSED = new Maintenance("Back at noon.", Maintenance.OPEN_END);

    private long now = 1_000;
    private final Backend a = backend(1, 2);
    private final Backend b = backend(2, 1);
    private final Backend asleep = backend(3, 0);
    private final List<@Nullable Maintenance> heard = new ArrayList<>();
    private final BackendPool pool = pool(0);

    private BackendPool pool(long slowStart) {
        return new BackendPool(
                "shop",
                List.of(a, b, asleep),
                new Eligibility.Rules(null, 0.5, slowStart),
                eligible -> context -> a,
                () -> now);
    }

    private static Backend backend(int port, int weight) {
        return new Backend(new Endpoint("127.0.0.1", port), weight, 0, null, Map.of(), 0);
    }

    private static List<String> weights(BackendPool pool) {
        return pool.snapshot().eligible().tiers().stream()
                .flatMap(tier -> tier.candidates().stream())
                .map(candidate -> candidate.backend().endpoint().port() + "*" + candidate.weight())
                .toList();
    }

    @Test
    void aWeightHoldsInPlaceOfTheConfiguredOneUntilItIsTakenBack() {
        pool.weight(a, 5);
        assertThat(weights(pool)).containsExactly("1*500", "2*100");
        assertThat(a.weight()).isEqualTo(5);
        assertThat(a.configuredWeight()).isEqualTo(2);
        pool.weight(a, BackendState.AS_CONFIGURED);
        assertThat(weights(pool)).containsExactly("1*200", "2*100");
    }

    @Test
    void aWeightIsOnePublicationAndTheSameOneAgainIsNone() {
        pool.weight(a, 5);
        pool.weight(a, 5);
        assertThat(pool.snapshot().version()).isEqualTo(2);
    }

    @Test
    void aWeightLeavesTheOtherAxesAlone() {
        pool.weight(a, 5);
        pool.health(a, Health.DOWN);
        pool.admin(a, Admin.DRAINING);
        pool.eject(a, now + 1);
        now += 1;
        pool.tick();
        pool.admin(a, Admin.ENABLED);
        pool.recovered(a);
        assertThat(weights(pool)).containsExactly("1*500", "2*100");
    }

    @Test
    void oneOfWeightZeroRestsAndCountsNeitherForNorAgainstItsTier() {
        pool.weight(a, 0);
        assertThat(weights(pool)).containsExactly("2*100");
        assertThat(pool.snapshot().eligible().resting()).containsExactly(a, asleep);
        assertThat(pool.snapshot().eligible().tiers().getFirst().share()).isEqualTo(1);
        pool.health(a, Health.DOWN);
        assertThat(pool.snapshot().eligible().resting()).containsExactly(asleep);
    }

    @Test
    void oneThatIsAsleepByConfigurationCanBeWoken() {
        pool.weight(asleep, 7);
        assertThat(weights(pool)).containsExactly("1*200", "2*100", "3*700");
    }

    @Test
    void oneThatRestedStartsSlowly() {
        BackendPool slow = pool(SLOW_START);
        slow.weight(a, 0);
        now += SLOW_START;
        slow.weight(a, 10);
        assertThat(weights(slow)).containsExactly("1*100", "2*100");
        slow.weight(b, 10);
        assertThat(weights(slow)).as("it never rested").containsExactly("1*100", "2*1000");
    }

    @Test
    void noWeightBeyondItsBoundsGetsIn() {
        assertThatThrownBy(() -> pool.weight(a, 1_001))
                .hasMessageContaining("1001")
                .hasMessageContaining("0 to 1000");
        assertThatThrownBy(() -> pool.weight(a, -2)).isInstanceOf(IllegalArgumentException.class);
        assertThat(pool.snapshot().version()).isEqualTo(1);
    }

    @Test
    void aClosedPoolPicksNobodyUntilItIsOpenedAgain() {
        pool.listenToMaintenance(heard::add);
        pool.maintenance(CLOSED);
        assertThat(pool.snapshot().picker()).isSameAs(Picker.EMPTY);
        assertThat(pool.snapshot().eligible()).isEqualTo(Eligibility.NONE);
        assertThat(pool.snapshot().maintenance()).isEqualTo(CLOSED);
        pool.health(a, Health.DOWN);
        pool.maintenance(CLOSED);
        pool.maintenance(null);
        assertThat(weights(pool)).containsExactly("2*100");
        assertThat(pool.snapshot().maintenance()).isNull();
        assertThat(pool.snapshot().version()).as("one for each change").isEqualTo(4);
        assertThat(heard).containsExactly(CLOSED, null);
    }

    @Test
    void otherWordsArePublishedToo() {
        pool.maintenance(CLOSED);
        Maintenance later = new Maintenance("Back at one.", Maintenance.OPEN_END);
        pool.maintenance(later);
        assertThat(pool.snapshot().maintenance()).isEqualTo(later);
    }

    @Test
    void aPoolThatOperatorsEmptiedIsInMaintenanceAndOneThatBrokeIsNot() {
        pool.listenToMaintenance(heard::add);
        pool.admin(a, Admin.DRAINING);
        assertThat(pool.snapshot().maintenance()).isNull();
        pool.health(b, Health.DOWN);
        assertThat(pool.snapshot().maintenance())
                .as("b is wanted, and down: b is in panic")
                .isNull();
        pool.weight(b, 0);
        assertThat(pool.snapshot().maintenance()).isEqualTo(Maintenance.UNANNOUNCED);
        pool.admin(a, Admin.ENABLED);
        assertThat(pool.snapshot().maintenance()).isNull();
        assertThat(heard).containsExactly(Maintenance.UNANNOUNCED, null);
    }

    @Test
    void whoeverIsWantedAndOutMakesItAnOutage() {
        pool.admin(a, Admin.DISABLED);
        pool.addresses(b, new Addresses(List.of(), 0, null, false));
        assertThat(pool.snapshot().eligible().tiers()).isEmpty();
        assertThat(pool.snapshot().maintenance()).isNull();
    }

    @Test
    void wordsGoBeforeSilence() {
        pool.admin(a, Admin.DRAINING);
        pool.admin(b, Admin.DRAINING);
        pool.maintenance(CLOSED);
        assertThat(pool.snapshot().maintenance()).isEqualTo(CLOSED);
        pool.maintenance(null);
        assertThat(pool.snapshot().maintenance()).isEqualTo(Maintenance.UNANNOUNCED);
    }
}
