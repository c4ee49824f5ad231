package dev.weir.loadtest.skew;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SkewCommandTest {
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource({
        "--traffic, 80, 2 to 10 numbers",
        "--traffic, 80:0, 1 to 1000",
        "--strategy, round-robin, least-requests",
        "--backends, 1, 2 to 100",
        "--utilisation, 1, less than 1",
        "--service, 1, at most 5000 requests",
        "--rounds, 0, 1 to 100",
        "--json, /nowhere/to/be/skew.json, a folder that exists",
    })
    void badUsageIsToldWithWhatWasExpected(String option, String value, String expected) {
        assertThat(run(option, value)).isEqualTo(2);
        assertThat(err.toString())
                .contains(option.equals("--service") ? "--utilisation" : option)
                .contains(expected);
    }

    @Test
    void withoutTheBalancerNothingIsMeasured(@TempDir Path folder) {
        assertThat(run("--weir-jar", folder.resolve("weir.jar").toString())).isEqualTo(1);
        assertThat(err.toString()).contains("Not measured").contains("weir.jar");
    }

    private int run(String... arguments) {
        return new CommandLine(new SkewCommand())
                .setOut(new PrintWriter(new StringWriter(), true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
