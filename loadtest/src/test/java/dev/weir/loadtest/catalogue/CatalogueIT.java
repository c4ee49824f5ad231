package dev.weir.loadtest.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.weir.loadtest.catalogue.Report.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The balancer as it is delivered does what the catalogue says, row by row. Writes the report, without the peers. */
class CatalogueIT {
    private static Report report;

    @BeforeAll
    static void playAll() throws IOException {
        String jar = Objects.requireNonNull(System.getProperty("weir.jar"), "the build says where weir.jar lies");
        report = new CatalogueRun(Path.of(jar), List.of(), false, line -> {}).run();
        Path file = Path.of(Objects.requireNonNull(System.getProperty("catalogue.report")));
        Files.writeString(file, ReportText.of(report));
    }

    @TestFactory
    Stream<DynamicTest> everyRow() {
        return report.rows().stream()
                .map(row -> dynamicTest(row.id() + " " + row.cause(), () -> {
                    assumeTrue(row.absent() == null, () -> "not reproduced: " + row.absent());
                    assumeTrue(report.verdict(row) != Verdict.SKIPPED, () -> "not possible here: " + report.skipped());
                    List<String> wrong = new ArrayList<>();
                    report.of(row)
                            .forEach(result -> result.wrong()
                                    .forEach(what -> wrong.add(result.scene().name() + ": " + what)));
                    assertThat(wrong).isEmpty();
                }));
    }

    @Test
    void nothingIsLeftOfAllThatInTheProcesses() {
        assertThat(report.complaints()).isEmpty();
    }
}
