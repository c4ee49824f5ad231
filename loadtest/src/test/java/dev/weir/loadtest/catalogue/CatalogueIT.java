package dev.weir.loadtest.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The balancer as it is delivered does what the catalogue says, case by case. Writes the report, without the peers. */
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
    Stream<DynamicContainer> everyRow() {
        return report.rows().stream().map(row -> dynamicContainer(row.id() + " " + row.cause(), cases(row)));
    }

    /** What is not reproduced, or could not be played here, counts as skipped, not as passed. */
    private static Stream<DynamicTest> cases(Row row) {
        if (row.absent() != null) {
            return Stream.of(dynamicTest(row.id(), () -> abort("not reproduced: " + row.absent())));
        }
        return row.cases().stream().map(play -> dynamicTest(row.id() + " " + play.name(), () -> judge(row, play)));
    }

    private static void judge(Row row, Case play) {
        Scene scene = new Scene(row, play);
        String skipped = report.skipped().get(scene);
        if (skipped != null) {
            abort("not possible here: " + skipped);
        }
        List<SceneResult> results = report.of(row).stream()
                .filter(result -> result.scene().equals(scene))
                .toList();
        assertThat(results).as("results of " + scene.name()).hasSize(1);
        assertThat(results.getFirst().wrong()).isEmpty();
    }

    @Test
    void nothingIsLeftOfAllThatInTheProcesses() {
        assertThat(report.complaints()).isEmpty();
    }
}
