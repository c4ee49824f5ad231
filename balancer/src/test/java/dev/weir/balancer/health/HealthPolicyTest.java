package dev.weir.balancer.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.backend.BackendState.Health;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class HealthPolicyTest {
    private final HealthPolicy policy = new HealthPolicy(2, 3);

    @Test
    void nothingIsKnownBeforeTheFirstCheck() {
        assertThat(policy.health()).isEqualTo(Health.UNKNOWN);
    }

    @Test
    void atTheStartOneSuccessIsEnough() {
        assertThat(policy.record(true)).isEqualTo(Health.UP);
    }

    @Test
    void atTheStartOneFailureIsEnough() {
        assertThat(policy.record(false)).isEqualTo(Health.DOWN);
    }

    @Test
    void whoeverStartsLaterThanTheBalancerNeedsOneSuccessToo() {
        policy.record(false);
        policy.record(false);
        assertThat(policy.record(true)).isEqualTo(Health.UP);
    }

    @Test
    void itFallsWithTheThirdFailureInARow() {
        policy.record(true);
        assertThat(policy.record(false)).isEqualTo(Health.UP);
        assertThat(policy.record(false)).isEqualTo(Health.UP);
        assertThat(policy.record(false)).isEqualTo(Health.DOWN);
    }

    @Test
    void aSuccessInBetweenStartsTheRowAnew() {
        for (boolean passed : new boolean[] {true, false, false, true, false, false}) {
            policy.record(passed);
        }
        assertThat(policy.health()).isEqualTo(Health.UP);
        assertThat(policy.record(false)).isEqualTo(Health.DOWN);
    }

    @Test
    void itRisesAgainWithTheSecondSuccessInARow() {
        for (boolean passed : new boolean[] {true, false, false, false, true, false}) {
            policy.record(passed);
        }
        assertThat(policy.record(true)).isEqualTo(Health.DOWN);
        assertThat(policy.record(true)).isEqualTo(Health.UP);
    }

    @Property
    void aVerdictChangesOnlyAtTheEndOfALongEnoughRow(
            @ForAll @IntRange(min = 1, max = 5) int rise,
            @ForAll @IntRange(min = 1, max = 5) int fall,
            @ForAll List<Boolean> results) {
        HealthPolicy tested = new HealthPolicy(rise, fall);
        boolean wasUp = false;
        int row = 0;
        boolean last = false;
        for (boolean passed : results) {
            row = passed == last ? row + 1 : 1;
            last = passed;
            Health before = tested.health();
            Health after = tested.record(passed);
            if (after != before && before != Health.UNKNOWN) {
                assertThat(after).isEqualTo(passed ? Health.UP : Health.DOWN);
                assertThat(row).isGreaterThanOrEqualTo(passed ? (wasUp ? rise : 1) : fall);
            }
            if (row >= Math.max(rise, fall)) {
                assertThat(after).isEqualTo(passed ? Health.UP : Health.DOWN);
            }
            wasUp |= after == Health.UP;
        }
    }
}
