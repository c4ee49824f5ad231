package dev.weir.loadtest.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SimulateCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void itComparesWhatNodesKnow() {
        assertThat(run("--sizes", "2x3", "--strategies", "power-of-two", "--seconds", "1"))
                .isZero();
        assertThat(out.toString())
                .contains("utilisation 0.80")
                .containsPattern("2 x 3 +- +naive least +[\\d. ]+")
                .containsPattern("2 x 3 +power-of-two +local only +[\\d. ]+")
                .containsPattern("2 x 3 +power-of-two +Weir +[\\d. ]+")
                .containsPattern("2 x 3 +power-of-two +one node +[\\d. ]+");
    }

    @ParameterizedTest
    @CsvSource({
        "--sizes, 3by10, nodes x backends",
        "--sizes, 101x10, 1x1 to 100x1000",
        "--sizes, 3x0, 1x1 to 100x1000",
        "--strategies, fastest, least-requests",
        "--utilisation, 1, less than 1",
        "--seconds, 0, 1 to 3600",
        "--slowdown, 0.5, 1 to 1000",
        "--plot, /nowhere/to/be/plot.svg, a folder that exists",
    })
    void badUsageIsToldWithWhatWasExpected(String option, String value, String expected) {
        assertThat(run(option, value)).isEqualTo(2);
        assertThat(err.toString()).contains(option + ": " + value).contains(expected);
    }

    @Test
    void itDrawsAPlot(@TempDir Path folder) throws IOException {
        assumeTrue(hasFonts(), "Java finds no font on this machine");
        Path file = folder.resolve("plot.svg");
        int exit = run(
                "--sizes",
                "2x3",
                "--seconds",
                "1",
                "--utilisation",
                "0.1",
                "--strategies",
                "random",
                "--plot",
                file.toString());
        assertThat(err.toString()).isEmpty();
        assertThat(exit).isZero();
        String svg = Files.readString(file);
        assertThat(svg).contains("<svg");
        // Text is drawn. Points: two charts of four curves over eight numbers of nodes.
        assertThat(svg.split("<circle", -1)).hasSizeGreaterThan(2 * 4 * 8);
    }

    private static boolean hasFonts() {
        try {
            return GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames().length > 0;
        } catch (InternalError | LinkageError none) {
            return false;
        }
    }

    private int run(String... arguments) {
        return new CommandLine(new SimulateCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
