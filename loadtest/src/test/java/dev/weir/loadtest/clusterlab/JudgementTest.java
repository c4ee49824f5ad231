package dev.weir.loadtest.clusterlab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loadtest.process.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is counted as wrong. */
class JudgementTest {
    private static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n";

    @Test
    void aBackendsAnswerIsRight() {
        assertThat(Traffic.wrong(GOOD)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: weir; error=connection_refused\r\n\r\n",
                "HTTP/1.1 200 OK\r\nproxy-status: weir; error=connection_refused\r\n\r\n",
                "HTTP/1.1 404 Not Found\r\n\r\n",
                ""
            })
    void whatTheBalancerSaysByItselfIsWrongAndSoIsAnotherStatus(String head) {
        assertThat(Traffic.wrong(head)).isNotNull();
    }

    @Test
    void pausesAreTakenFromTheBalancersOwnMeter() {
        Metrics metrics = Metrics.of("""
                # TYPE weir_event_loop_pauses_seconds histogram
                weir_event_loop_pauses_seconds_bucket{loop="0",le="0.25"} 2
                weir_event_loop_pauses_seconds_bucket{loop="0",le="0.5"} 3
                weir_event_loop_pauses_seconds_bucket{loop="0",le="10.0"} 4
                weir_event_loop_pauses_seconds_bucket{loop="0",le="+Inf"} 5
                weir_event_loop_pauses_seconds_count{loop="0"} 5
                weir_event_loop_pauses_seconds_sum{loop="0"} 25.1
                weir_event_loop_pauses_seconds_bucket{loop="control",le="0.5"} 1
                weir_event_loop_pauses_seconds_bucket{loop="control",le="10.0"} 1
                weir_event_loop_pauses_seconds_bucket{loop="control",le="+Inf"} 2
                weir_event_loop_pauses_seconds_count{loop="control"} 2
                """);

        assertThat(LoopWatch.Counts.of(metrics)).isEqualTo(new LoopWatch.Counts(2, 7, 3, 2));
    }

    @Test
    void theLongestTimeOutOfSightLastsUntilTheNextLookThatIsWell() {
        List<Sample> looks = LongStream.range(0, 10)
                .mapToObj(second -> new Sample(second, second, Map.of()))
                .toList();

        assertThat(Lab.longestSpan(looks, sample -> true)).isZero();
        assertThat(Lab.longestSpan(
                        looks, sample -> sample.toNanos() != 1 && (sample.toNanos() < 4 || sample.toNanos() > 6)))
                .isEqualTo(Duration.ofNanos(3));
        assertThat(Lab.longestSpan(looks, sample -> sample.toNanos() < 7)).isEqualTo(Duration.ofNanos(2));
    }

    @Test
    void oneCheckThatFailsFailsItsScenarioAndIsMarked() {
        Scenario scenario = Scenario.ALL.getFirst();
        Check right = new Check("answers", "every one", "0 of 10 are not", true);
        Check wrong = new Check("threads", "none | spins", "99 %", false);

        assertThat(new Result(scenario, List.of(right)).passed()).isTrue();
        assertThat(new Result(scenario, List.of(right, wrong)).passed()).isFalse();
        assertThat(Text.of(List.of(new Result(scenario, List.of(right, wrong)))))
                .contains("| threads | none \\| spins | 99 % | **wrong** |", "1 checks failed");
    }
}
