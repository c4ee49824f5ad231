package dev.weir.balancer.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.incident.BackendCondition;
import dev.weir.balancer.incident.Opinions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is recorded of a backend at some moment. */
final class BackendConditionTest {
    private final Backend backend = new Backend(new Endpoint("10.0.0.1", 80), 1, 0, null, Map.of(), 1_000);
    private final BackendPool pool = new BackendPool(
            "shop", List.of(backend), new Eligibility.Rules(null, 0, 0), set -> Picker.EMPTY, () -> 2_000);

    @Test
    void aNewOneIsUnknownAndHasNeverAnswered() {
        assertThat(backend.condition(5_000))
                .isEqualTo(new BackendCondition(
                        "unknown",
                        "enabled",
                        false,
                        false,
                        0,
                        0,
                        0,
                        false,
                        false,
                        false,
                        false,
                        4_000,
                        0,
                        Opinions.NONE));
    }

    @Test
    void stateAndLoadAreThoseOfTheMoment() {
        pool.admin(backend, BackendState.Admin.DRAINING);
        pool.eject(backend, 9_000);
        pool.shun(backend, true);
        backend.stats().tryBegin(0);
        backend.stats().openConnection();
        backend.stats().openConnection();
        backend.stats().connectionStands();
        assertThat(backend.condition(1_000))
                .isEqualTo(new BackendCondition(
                        "unknown", "draining", true, true, 1, 2, 1, false, false, false, false, 0, 0, Opinions.NONE));
    }

    @Test
    void anAnswerOfAnyStatusIsOne() {
        backend.stats().response(503);
        assertThat(backend.condition(2_000).everAnswered()).isTrue();
    }

    @Test
    void aCheckThatPassedLongAgoIsOneToo() {
        pool.health(backend, Health.UP);
        pool.health(backend, Health.DOWN);
        assertThat(backend.condition(2_000).everAnswered()).isTrue();
        assertThat(backend.condition(2_000).health()).isEqualTo("down");
    }
}
