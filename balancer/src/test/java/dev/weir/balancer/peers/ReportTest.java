package dev.weir.balancer.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.peers.Report.Check;
import dev.weir.balancer.peers.Report.Traffic;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportTest {
    @Property
    void whatGoesOverTheWireComesBack(@ForAll("reports") Report report) {
        assertThat(Report.decode(report.encode())).isEqualTo(report);
        assertThat(report.encode()).hasSizeBetween(4, 16);
    }

    @Property
    void whateverBytesArriveTheyAreAReportOrNone(@ForAll @Size(max = 20) byte[] bytes) {
        Report report = Report.decode(bytes);
        if (report != null) {
            assertThat(Report.decode(report.encode())).isEqualTo(report);
        }
    }

    @Property
    void numbersAreRoundedDownByLessThanAnEighth(@ForAll("counts") int number) {
        int told = new Report(Check.NONE, Traffic.NONE, number, 0, 0).inFlight();
        assertThat(told).isLessThanOrEqualTo(number).isGreaterThan(number - number / 8 - 1);
    }

    @Test
    void smallNumbersAreExact() {
        for (int i = 0; i < 32; i++) {
            assertThat(new Report(Check.NONE, Traffic.NONE, i, i, i).inFlight()).isEqualTo(i);
        }
    }

    @Test
    void bytesTooManyOrTooFewAreNoReport() {
        byte[] whole = new Report(Check.UP, Traffic.ANSWERS, 300, 4_000, 1).encode();
        byte[] more = java.util.Arrays.copyOf(whole, whole.length + 1);
        byte[] less = java.util.Arrays.copyOf(whole, whole.length - 1);
        assertThat(Report.decode(more)).isNull();
        assertThat(Report.decode(less)).isNull();
        assertThat(Report.decode(new byte[0])).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, NONE, NONE",
        "UP, NONE, WELL",
        "NONE, ANSWERS, WELL",
        "UP, FAILS, FAILING",
        "UP, EJECTED, OUT",
        "DOWN, ANSWERS, OUT",
        "NONE, EJECTED, OUT"
    })
    void realRequestsWeighMoreThanChecks(Check check, Traffic traffic, Opinion opinion) {
        assertThat(new Report(check, traffic, 0, 0, 0).opinion()).isEqualTo(opinion);
    }

    @Provide
    Arbitrary<Integer> counts() {
        return Arbitraries.integers().between(0, Integer.MAX_VALUE);
    }

    @Provide
    Arbitrary<Report> reports() {
        return Combinators.combine(
                        Arbitraries.of(Check.class), Arbitraries.of(Traffic.class), counts(), counts(), counts())
                .as(Report::new);
    }
}
