package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.catalogue.Report.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A report in markdown. */
final class ReportText {
    private static final List<String> PEERS = List.of("nginx", "HAProxy");
    private static final int LONGEST_LINE = 400;
    private static final int COLUMNS = 11 + 2 * PEERS.size();

    private final StringBuilder text = new StringBuilder();
    private final Report report;

    private ReportText(Report report) {
        this.report = report;
    }

    static String of(Report report) {
        ReportText writer = new ReportText(report);
        writer.text.append("# The catalogue of causes, case by case\n\n");
        writer.totals();
        writer.legend();
        writer.cases();
        writer.wrong();
        writer.differing();
        writer.absent();
        return writer.text.toString();
    }

    private void totals() {
        long reproduced =
                report.rows().stream().filter(row -> !report.of(row).isEmpty()).count();
        line("| Rows | |");
        line("|---|---|");
        total("in the catalogue", report.rows().size(), "");
        total("reproduced", reproduced, "in " + report.results().size() + " cases");
        total("masked", report.masked(), "of those");
        total("diagnosed", report.diagnosed(), "of the " + report.failed() + " in which something failed");
        total("as the catalogue says", report.with(Verdict.RIGHT).size(), "");
        total("differing", report.with(Verdict.DIFFERS).size(), "argued below");
        total("wrong", report.with(Verdict.WRONG).size(), ids(report.with(Verdict.WRONG)));
        total("partly skipped", report.with(Verdict.PARTLY_SKIPPED).size(), skipped(Verdict.PARTLY_SKIPPED));
        total("not possible on this machine", report.with(Verdict.SKIPPED).size(), skipped(Verdict.SKIPPED));
        total("not reproduced", report.with(Verdict.ABSENT).size(), "reasons below");
        line("");
    }

    private void total(String what, long count, String remark) {
        line("| " + what + " | " + count + (remark.isEmpty() ? "" : ", " + remark) + " |");
    }

    /** Which rows, and why. */
    private String skipped(Verdict verdict) {
        List<Row> rows = report.with(verdict);
        String reasons = report.skipped().entrySet().stream()
                .filter(entry -> rows.contains(entry.getKey().row()))
                .map(Map.Entry::getValue)
                .distinct()
                .collect(Collectors.joining("; "));
        return rows.isEmpty() ? "" : ids(rows) + ": " + reasons;
    }

    private static String ids(List<Row> rows) {
        return rows.stream().map(Row::id).collect(Collectors.joining(" "));
    }

    private void legend() {
        line(
                "*Alone*: what a client gets if the culprit is the only backend, under `status-codes: gateway` and `rfc9209`."
                        + " *POST*, *GET*: with a healthy partner that is asked second. *Next*: an innocent request afterwards, on"
                        + " the same path and connection. Numbers are statuses; 1xx that came before are in front.");
        line("");
        line(
                "*Masked*: a row that was played whole, and in which no client sees a failure. In each of its cases *GET*, or *Alone*"
                        + " if there is no partner, is 200, 204 or 304, under both settings. *Diagnosed*: a row that was played whole, in"
                        + " which attempts failed (*Type*), and in each case that this is so in, the type, who is blamed, and the words of"
                        + " the operator's line were compared and right. *Partly skipped*: some of the row's cases could not be played on"
                        + " this machine; it counts neither as right nor as masked nor as diagnosed.");
        line("");
    }

    private void cases() {
        line(
                "| Row | Cause, and how it is reproduced | Alone | Type | POST | GET | Ejected | Blamed | Next | Operator's line"
                        + PEERS.stream()
                                .map(peer -> " | " + peer + ": alone; POST; GET; next | " + peer + "'s log")
                                .collect(Collectors.joining())
                        + " | Verdict |");
        line("|---".repeat(COLUMNS) + "|");
        for (Row row : report.rows()) {
            for (SceneResult result : report.of(row)) {
                scene(row, result);
            }
            report.skipped().forEach((scene, why) -> {
                if (scene.row().equals(row)) {
                    skipped(scene, why);
                }
            });
        }
        line("");
    }

    private void scene(Row row, SceneResult result) {
        Case play = result.scene().play();
        List<String> cells = new ArrayList<>();
        cells.add(row.id());
        cells.add(row.cause() + ". *" + play.name() + "*: " + play.how());
        String gateway = finding(result, Finding.ALONE);
        String rfc9209 = result.rfc9209().getOrDefault(Finding.ALONE, "");
        cells.add(gateway.equals(rfc9209) ? gateway : gateway + " / " + rfc9209);
        cells.add(finding(result, Finding.TYPE));
        cells.add(finding(result, Finding.MASKED_POST));
        cells.add(finding(result, Finding.MASKED_GET));
        cells.add(finding(result, Finding.EJECTED));
        cells.add(finding(result, Finding.BLAMED));
        cells.add(finding(result, Finding.NEXT));
        cells.add(Text.cut(finding(result, Finding.OPERATOR), LONGEST_LINE));
        for (String name : PEERS) {
            PeerFindings peer = result.peers().get(name);
            cells.add(peer == null ? "–" : String.join("; ", peer.alone(), peer.post(), peer.get(), peer.next()));
            cells.add(peer == null ? "–" : Text.cut(peer.log(), LONGEST_LINE));
        }
        cells.add(result.isRight() ? (play.differs() == null ? "right" : "differs, see below") : "**wrong**");
        line("| " + cells.stream().map(Text::cell).collect(Collectors.joining(" | ")) + " |");
    }

    private void skipped(Scene scene, String why) {
        List<String> cells = new ArrayList<>(Collections.nCopies(COLUMNS, "–"));
        cells.set(0, scene.row().id());
        cells.set(
                1,
                scene.row().cause() + ". *" + scene.play().name() + "*: "
                        + scene.play().how());
        cells.set(COLUMNS - 1, "skipped: " + why);
        line("| " + cells.stream().map(Text::cell).collect(Collectors.joining(" | ")) + " |");
    }

    private static String finding(SceneResult result, Finding finding) {
        return result.gateway().getOrDefault(finding, "–");
    }

    private void wrong() {
        if (report.isRight()) {
            return;
        }
        line("## Wrong\n");
        for (SceneResult result : report.results()) {
            result.wrong()
                    .forEach(what ->
                            line("* " + result.scene().name() + ": " + Text.cell(Text.cut(what, LONGEST_LINE))));
        }
        report.complaints().forEach(what -> line("* " + Text.cell(Text.cut(what, 3 * LONGEST_LINE))));
        line("");
    }

    private void differing() {
        line("## Where Weir differs from the catalogue's advice\n");
        for (Row row : report.rows()) {
            for (Case play : row.cases()) {
                if (play.differs() != null) {
                    line("* " + row.id() + " *" + play.name() + "*: " + play.differs());
                }
            }
        }
        line("");
    }

    private void absent() {
        line("## Not reproduced\n");
        for (Row row : report.rows()) {
            if (row.absent() != null) {
                line("* " + row.id() + ", " + row.cause() + ": " + row.absent());
            }
        }
        report.skipped().forEach((scene, why) -> line("* " + scene.name() + ": " + why));
        line("");
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
