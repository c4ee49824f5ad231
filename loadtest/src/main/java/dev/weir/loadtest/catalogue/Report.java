package dev.weir.loadtest.catalogue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

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

    /** Rows in which, with a healthy partner or without, no client sees a failure of a GET. */
    long masked() {
        return rows.stream()
                .filter(row -> !of(row).isEmpty())
                .filter(row -> of(row).stream().allMatch(Report::isMasked))
                .count();
    }

    private static boolean isMasked(SceneResult result) {
        String alone = result.gateway().getOrDefault(Finding.ALONE, "");
        String seen = result.gateway().getOrDefault(Finding.MASKED_GET, alone);
        return Arrays.stream(seen.split("; ", -1))
                .allMatch(reply -> reply.replaceAll("^(1\\d\\d,)+", "").matches("200|204|304"));
    }

    /** Rows in which something failed for somebody, and each time type, blame and words were right. */
    long diagnosed() {
        return rows.stream()
                .filter(row -> of(row).stream().anyMatch(Report::hasFailed))
                .filter(row -> of(row).stream().allMatch(SceneResult::isRight))
                .count();
    }

    /** Rows in which something failed for somebody, or would have without a partner. */
    long failed() {
        return rows.stream()
                .filter(row -> of(row).stream().anyMatch(Report::hasFailed))
                .count();
    }

    private static boolean hasFailed(SceneResult result) {
        return result.gateway().getOrDefault(Finding.TYPE, "-").matches("[a-z_]+.*");
    }
}
