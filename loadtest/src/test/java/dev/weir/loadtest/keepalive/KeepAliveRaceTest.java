package dev.weir.loadtest.keepalive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loadtest.process.Template;
import dev.weir.loadtest.sidebyside.Nginx;
import dev.weir.loadtest.sidebyside.Weir;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The short form of the race, with the real balancer. */
class KeepAliveRaceTest {
    private static final Duration IDLE = Duration.ofMillis(400);
    private static final int REQUESTS = 300;

    @Test
    void noClientSeesABackendCloseAnIdleConnection() {
        Load load = new Load(REQUESTS, 30, IDLE, 1);
        Weir weir =
                new Weir(Path.of("../balancer/target/weir.jar"), List.of(), Template.resource(Weir.class, "weir.yaml"));

        List<Result> results = new KeepAliveRace(load, progress -> {}).run(List.of(weir));

        assertThat(results).singleElement().satisfies(result -> {
            assertThat(result.tally().total()).isEqualTo(REQUESTS);
            assertThat(result.tally().failed()).isZero();
            assertThat(result.closings()).as("the backends do close").isPositive();
        });
    }

    @Test
    void theLoadFindsTheRaceWhereAProxyLetsClientsSeeIt() {
        try (IdleClosingBackend backend = IdleClosingBackend.start(Duration.ofMillis(100), Duration.ZERO)) {
            Load load = new Load(100, 10, Duration.ofMillis(100), 1);
            Tally tally = load.run(backend.port(), round -> {}); // no proxy: each client's own connection is closed
            assertThat(tally.total()).isEqualTo(100);
            assertThat(tally.failed())
                    .isEqualTo(tally.count(Method.GET, Outcome.NO_ANSWER) + tally.count(Method.POST, Outcome.NO_ANSWER))
                    .isPositive();
            assertThat(backend.idleClosings()).isPositive();
        }
    }

    @Test
    void theTableTellsMethodsAndOutcomesApart() {
        Tally tally = new Tally();
        tally.add(Method.GET, Outcome.OK);
        tally.add(Method.POST, Outcome.of(200));
        tally.add(Method.POST, Outcome.of(502));
        tally.add(Method.POST, Outcome.of(503));
        Load load = new Load(4, 2, Duration.ofSeconds(1), 7);

        String text = ResultText.of(load, List.of(new Result(Nginx.NAME, "1.22.1", tally, 3, -1)));

        assertThat(text)
                .contains("2 clients together, 2 rounds, backends close after 1000 ms idle, seed 7")
                .containsPattern("nginx +1\\.22\\.1 +GET +1 +0 +0 +0")
                .containsPattern("nginx +1\\.22\\.1 +POST +1 +1 +1 +0")
                .contains("nginx    4 requests, 2 that clients saw fail; 3 idle connections closed by backends");
    }
}
