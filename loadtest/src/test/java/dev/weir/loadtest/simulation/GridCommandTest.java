package dev.weir.loadtest.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class GridCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void itCountsInHowManyScenariosSharingIsBetter() {
        int exit = run(
                "--nodes",
                "2",
                "--backends",
                "3",
                "--service",
                "50,500",
                "--utilisation",
                "0.5",
                "--skew",
                "1",
                "--seeds",
                "2",
                "--requests",
                "1000");
        assertThat(exit).isZero();
        assertThat(out.toString())
                .containsPattern(
                        "least-requests +2 +50 ms +1 +[01]\\.\\d{3}( +[01]){3} +[01]\\.\\d{3}( +[01]){3} +[01]\\.")
                .containsPattern("least-requests +2 +500 ms +1 +[01]");
    }

    @ParameterizedTest
    @CsvSource({
        "--nodes, 1, 2 to 100",
        "--backends, 1001, 2 to 1000",
        "--strategies, fastest, least-requests",
        "--utilisation, 1, less than 1",
        "--seeds, 1, 2 to 10",
    })
    void badUsageIsToldWithWhatWasExpected(String option, String value, String expected) {
        assertThat(run(option, value)).isEqualTo(2);
        assertThat(err.toString()).contains(option + ": " + value).contains(expected);
    }

    private int run(String... arguments) {
        return new CommandLine(new GridCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
