package dev.weir.loadtest.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loadtest.catalogue.Expected.Retry;
import dev.weir.loadtest.catalogue.Report.Verdict;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Expected REFUSED =
            Expected.fails("connection_refused", Retry.R0).saying("nothing listens");
    private static final Case NEAR = Case.standard("near", "here", StickyCast::stage, REFUSED);
    private static final Case FAR =
            Case.standard("far", "there", StickyCast::stage, REFUSED).inNamespace();
    private static final Row ROW = Row.of("A1", "a cause", NEAR, FAR);
    private static final Scene NEAR_SCENE = new Scene(ROW, NEAR);
    private static final Scene FAR_SCENE = new Scene(ROW, FAR);

    private static SceneResult result(Scene scene, String get, String... wrong) {
        Map<Finding, String> findings = new EnumMap<>(Finding.class);
        findings.put(Finding.ALONE, "502");
        findings.put(Finding.TYPE, "connection_refused");
        findings.put(Finding.MASKED_GET, get);
        findings.put(Finding.BLAMED, "backend");
        findings.put(Finding.OPERATOR, "nothing listens");
        return new SceneResult(scene, findings, findings, List.of(wrong), new TreeMap<>());
    }

    private static Report report(Map<Scene, String> skipped, SceneResult... results) {
        return new Report(List.of(ROW), List.of(results), skipped, List.of());
    }

    @Test
    void aRowThatWasPlayedWholeCounts() {
        Report report = report(Map.of(), result(NEAR_SCENE, "200"), result(FAR_SCENE, "200"));

        assertThat(report.verdict(ROW)).isEqualTo(Verdict.RIGHT);
        assertThat(report.masked()).isEqualTo(1);
        assertThat(report.failed()).isEqualTo(1);
        assertThat(report.diagnosed()).isEqualTo(1);
    }

    @Test
    void aRowThatWasPlayedInPartIsShownWithTheReasonAndCountsForNothing() {
        Report report = report(Map.of(FAR_SCENE, "ip is not installed"), result(NEAR_SCENE, "200"));

        assertThat(report.verdict(ROW)).isEqualTo(Verdict.PARTLY_SKIPPED);
        assertThat(report.masked()).isZero();
        assertThat(report.diagnosed()).isZero();
        assertThat(ReportText.of(report))
                .contains("| partly skipped | 1, A1: ip is not installed |", "| skipped: ip is not installed |");
    }

    @Test
    void whatIsWrongIsNeitherRightNorDiagnosedNorPartlySkipped() {
        Report report = report(Map.of(FAR_SCENE, "ip is not installed"), result(NEAR_SCENE, "200", "blame"));

        assertThat(report.verdict(ROW)).isEqualTo(Verdict.WRONG);
        assertThat(report.isRight()).isFalse();
        assertThat(report(Map.of(), result(NEAR_SCENE, "200", "blame"), result(FAR_SCENE, "200"))
                        .diagnosed())
                .isZero();
    }

    @Test
    void oneFailureThatAClientSeesMakesARowUnmasked() {
        assertThat(report(Map.of(), result(NEAR_SCENE, "200; 502"), result(FAR_SCENE, "200"))
                        .masked())
                .isZero();
    }

    @Test
    void aFailureWhoseWordsWereNotComparedIsNotDiagnosed() {
        Case silent = Case.standard("silent", "here", StickyCast::stage, Expected.fails("dns_error", Retry.R0));
        Row row = Row.of("B1", "another cause", silent);
        Report report = new Report(List.of(row), List.of(result(new Scene(row, silent), "200")), Map.of(), List.of());

        assertThat(report.failed()).isEqualTo(1);
        assertThat(report.diagnosed()).isZero();
    }

    @Test
    void whatShouldHaveBeenPlayedAndWasNotIsWrong() {
        Report report =
                report(Map.of(), result(NEAR_SCENE, "200"), SceneResult.notPlayed(FAR_SCENE, "ip: no such device"));

        assertThat(report.verdict(ROW)).isEqualTo(Verdict.WRONG);
    }
}
