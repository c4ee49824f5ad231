package dev.weir.balancer.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.incident.Agreement;
import dev.weir.balancer.peers.Report.Check;
import dev.weir.balancer.peers.Report.Traffic;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VotesTest {
    private static final Map<Opinion, Report> SAYING = Map.of(
            Opinion.NONE, Report.NONE,
            Opinion.WELL, new Report(Check.NONE, Traffic.ANSWERS, 0, 0, 0),
            Opinion.FAILING, new Report(Check.NONE, Traffic.FAILS, 0, 0, 0),
            Opinion.OUT, new Report(Check.NONE, Traffic.EJECTED, 0, 0, 0));

    private static Votes votes(String others) {
        Votes votes = new Votes();
        for (String each : others.split(" ", -1)) {
            if (!each.isEmpty()) {
                votes.add(SAYING.get(Opinion.valueOf(each)));
            }
        }
        return votes;
    }

    @ParameterizedTest
    @CsvSource({
        "'', OUT, false",
        "OUT, NONE, false",
        "OUT, WELL, false",
        "OUT, FAILING, true",
        "OUT OUT, NONE, true",
        "OUT OUT, WELL, true",
        "OUT OUT WELL, WELL, false",
        "OUT OUT WELL, NONE, true",
        "OUT FAILING, NONE, true",
        "FAILING FAILING, FAILING, false",
        "OUT WELL, FAILING, true",
        "OUT WELL WELL, FAILING, false",
        "OUT NONE NONE NONE, NONE, false"
    })
    void othersConvinceOnlyIfTheyAreTwoAndMoreThanThoseWhoFindItWell(String others, Opinion own, boolean convinced) {
        assertThat(votes(others).convince(own, false)).isEqualTo(convinced);
    }

    @Test
    void nobodyConvincesANodeThatHadAnAnswerJustNow() {
        assertThat(votes("OUT OUT OUT OUT").convince(Opinion.WELL, true)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'', NONE, UNKNOWN",
        "'', WELL, WELL",
        "'', OUT, DOWN_HERE",
        "NONE NONE, FAILING, DOWN_HERE",
        "OUT, NONE, DOWN_EVERYWHERE",
        "OUT FAILING, OUT, DOWN_EVERYWHERE",
        "WELL, OUT, DOWN_ONLY_FROM_HERE",
        "WELL NONE, FAILING, DOWN_ONLY_FROM_HERE",
        "WELL OUT, OUT, SPLIT",
        "OUT, WELL, SPLIT",
        "WELL NONE, NONE, WELL"
    })
    void everyoneOrOnlyMe(String others, Opinion own, Agreement agreement) {
        assertThat(votes(others).agreement(own)).isEqualTo(agreement);
    }

    @ParameterizedTest
    @CsvSource({
        "WELL, true, true",
        "WELL NONE, true, true",
        "WELL FAILING, true, false",
        "WELL OUT, true, false",
        "NONE, true, false",
        "WELL, false, false"
    })
    void aNodeContradictsWhereItAloneFindsDownWhatOthersFindWell(String others, boolean downHere, boolean contradicts) {
        assertThat(votes(others).contradict(downHere)).isEqualTo(contradicts);
    }
}
