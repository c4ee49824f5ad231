package dev.weir.loadtest.skew;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Plan PLAN = new Plan("least-requests", List.of(80, 15, 5), 10, 4, 200, 0.2, 3, 0.7, 30, 3, 1);
    private static final List<Round> ROUNDS = List.of(
            round(Arm.LOCAL, 0, 0.4),
            round(Arm.CLUSTER, 0, 0.3),
            round(Arm.CLUSTER, 1, 0.2),
            round(Arm.LOCAL, 1, 0.2),
            round(Arm.LOCAL, 2, 0.6),
            round(Arm.CLUSTER, 2, 0.3));

    @Test
    void ratiosAreFormedWithinRounds() {
        assertThat(Figure.VARIATION.ratio(ROUNDS).min()).isEqualTo(0.5);
        assertThat(Figure.VARIATION.ratio(ROUNDS).median()).isEqualTo(0.3 / 0.4);
        assertThat(Figure.VARIATION.ratio(ROUNDS).max()).isEqualTo(1);
        assertThat(Figure.VARIATION.of(Arm.LOCAL, ROUNDS).median()).isEqualTo(0.4);
    }

    @Test
    void peopleGetMedianAndRange() {
        assertThat(ReportText.of(PLAN, Instant.EPOCH, ROUNDS))
                .contains("3 nodes with traffic of 80:15:5, least-requests")
                .containsPattern(
                        "standard deviation / mean +0\\.400 \\(0\\.200 to 0\\.600\\) +0\\.300 \\(0\\.200 to 0\\.300\\) +0\\.750");
    }

    @Test
    void programsGetEachRound() throws JsonProcessingException {
        JsonNode json = new JsonMapper().readTree(ReportJson.of(PLAN, Instant.EPOCH, ROUNDS));
        assertThat(json.at("/plan/service-millis").asDouble()).isEqualTo(200);
        assertThat(json.at("/cluster-to-local-ratios/variation/median").asDouble())
                .isCloseTo(0.75, within(1e-9));
        assertThat(json.path("rounds")).hasSize(6);
        assertThat(json.at("/rounds/1/arm").asText()).isEqualTo("cluster");
        assertThat(json.at("/rounds/1/variation").asDouble()).isEqualTo(0.3);
    }

    private static Round round(Arm arm, int number, double variation) {
        Skew skew = new Skew(variation, 2, 4, 9, List.of(0.0, 1.0), List.of(new int[10]));
        return new Round(arm, number, 1_000, skew, 100, 900);
    }
}
