package dev.weir.loadtest.catalogue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What came of the catalogue.
 *
 * @param rows that were asked for
 * @param skipped cases that could not be played here, with the reason
 * @param complaints about the balancer processes as a whole
 */
record Report(List<Row> rows, List<SceneResult> results, Map<Scene, String> skipped, List<String> complaints) {

    /** How a row came out, the worst first. */
    enum Verdict {
        /** Something is not as expected. */
        WRONG,
        /** It is reproduced elsewhere, but could not be here. */
        SKIPPED,
        /** Some of its cases are as expected, the others could not be played here. */
        PARTLY_SKIPPED,
        /** It is not reproduced at all, for a reason. */
        ABSENT,
        /** As expected, which is not to the letter what the catalogue says, for a reason. */
        DIFFERS,
        RIGHT
    }

    boolean isRight() {
        return complaints.isEmpty() && results.stream().allMatch(SceneResult::isRight);
    }

    Verdict verdict(Row row) {
        if (row.absent() != null) {
            return Verdict.ABSENT;
        }
        if (of(row).stream().anyMatch(result -> !result.isRight())) {
            return Verdict.WRONG;
        }
        if (of(row).isEmpty()) {
            return Verdict.SKIPPED;
        }
        if (of(row).size() < row.cases().size()) {
            return Verdict.PARTLY_SKIPPED;
        }
        return row.cases().stream().anyMatch(play -> play.differs() != null) ? Verdict.DIFFERS : Verdict.RIGHT;
    }

    List<SceneResult> of(Row row) {
        return results.stream()
                .filter(result -> result.scene().row().equals(row))
                .toList();
    }

    List<Row> with(Verdict verdict) {
        return rows.stream().filter(row -> verdict(row) == verdict).toList();
    }

    /** Of those rows that were played whole: in which no client sees a failure. */
    long masked() {
        return wholeRows()
                .filter(row -> of(row).stream().allMatch(Report::isMasked))
                .count();
    }

    /** The request that may be tried again, with a healthy partner; if there was no partner, whatever clients got. */
    private static boolean isMasked(SceneResult result) {
        return Stream.of(result.gateway(), result.rfc9209()).allMatch(findings -> {
            String alone = findings.getOrDefault(Finding.ALONE, "");
            String seen = findings.getOrDefault(Finding.MASKED_GET, alone);
            return Arrays.stream(seen.split("; ", -1))
                    .allMatch(reply -> reply.replaceAll("^(1\\d\\d,)+", "").matches("200|204|304"));
        });
    }

    /** Of {@link #failed}: those in which type, blame and words were compared, and right, whenever something failed. */
    long diagnosed() {
        return wholeRows()
                .filter(row -> of(row).stream().anyMatch(Report::hasFailed))
                .filter(row -> of(row).stream().filter(Report::hasFailed).allMatch(Report::isDiagnosed))
                .count();
    }

    private static boolean isDiagnosed(SceneResult result) {
        Expected expected = result.scene().play().expected();
        return result.isRight()
                && expected != null
                && expected.says() != null
                && result.gateway().containsKey(Finding.BLAMED)
                && result.gateway().containsKey(Finding.OPERATOR);
    }

    /** Of those rows that were played whole: in which an attempt failed, be it saved or not. */
    long failed() {
        return wholeRows()
                .filter(row -> of(row).stream().anyMatch(Report::hasFailed))
                .count();
    }

    private Stream<Row> wholeRows() {
        return rows.stream()
                .filter(row ->
                        !row.cases().isEmpty() && of(row).size() == row.cases().size());
    }

    private static boolean hasFailed(SceneResult result) {
        return result.gateway().getOrDefault(Finding.TYPE, "-").matches("[a-z_]+.*");
    }
}
