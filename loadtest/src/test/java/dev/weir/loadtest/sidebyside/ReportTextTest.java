package dev.weir.loadtest.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loadtest.process.Machine;
import dev.weir.loadtest.sidebyside.PeerResult.WarmUpResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTextTest {
    private static final Plan PLAN =
            new Plan(List.of(), 3, Duration.ofSeconds(20), Duration.ofSeconds(60), 64, 128, 0, 1, false);

    @Test
    void givesTheSpreadOfEachProxyAndTheRatiosOfTheFirstToTheOthers() {
        String text = text(Figures.peer("weir", 24, 25, 26), Figures.peer("nginx", 20, 20, 20));

        assertThat(text)
                .containsPattern("weir +24\\.00 +25\\.00 +26\\.00")
                .containsPattern("nginx +20\\.00 +20\\.00 +20\\.00")
                .containsPattern("weir / nginx +1\\.200 +1\\.250 +1\\.300")
                .doesNotContain("Doubt");
    }

    @Test
    void hasNoRatioOfOneProxyAlone() {
        assertThat(text(Figures.peer("nginx", 20))).doesNotContain("ratio");
    }

    @Test
    void saysWhenAFigureDeservesDoubt() {
        PeerResult disturbed = new PeerResult(
                "weir",
                "1.0",
                Map.of("transport", "epoll"),
                new WarmUpResult(60, 90, 40, false),
                List.of(Figures.round(40, 0.2), Figures.round(40, 0.01)));

        assertThat(text(disturbed))
                .contains("transport epoll")
                .contains("NOT SETTLED")
                .contains("Doubt: weir had not settled")
                .contains("Doubt: others used more than 5 % of the core in 1 of the 2 rounds of weir");
    }

    private static String text(PeerResult... peers) {
        Machine machine = new Machine("a CPU", "Linux 6", List.of(0, 1));
        return ReportText.of(Report.of(Instant.EPOCH, machine, PLAN, "wrk 4", List.of(peers)));
    }
}
