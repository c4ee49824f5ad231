package dev.weir.balancer.doctor;

import dev.weir.balancer.incident.Amount;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report for people: a line for each finding, what to do below it, the verdict at the end. */
public final class ReportText {
    private static final int WIDTH = 118;
    private static final String COLUMNS = "%-9s%-12s";
    private static final int INDENT = 21;

    private final Report report;
    private final boolean colour;
    private final StringBuilder text = new StringBuilder();

    private ReportText(Report report, boolean colour) {
        this.report = report;
        this.colour = colour;
    }

    /** @param colour whether to use the codes of a terminal */
    public static String of(Report report, boolean colour) {
        return new ReportText(report, colour).write();
    }

    private String write() {
        text.append(report.target());
        if (!report.address().isEmpty()
                && !report.address().equals(report.target().authority())) {
            text.append(" at ").append(report.address());
        }
        text.append("\n\n");
        stages();
        text.append('\n').append(paint(report.severity(), report.verdict())).append('\n');
        if (!report.advice().isEmpty()) {
            text.append("What to do: ").append(report.advice()).append('\n');
        }
        text.append('(')
                .append(Amount.count(report.connections(), "connection"))
                .append(", ")
                .append(Amount.count(report.requests(), "request"))
                .append(", ")
                .append(Amount.time(report.took()))
                .append(")\n");
        return text.toString();
    }

    /** Neighbours that were left out for the same reason share a line. */
    private void stages() {
        List<String> left = new ArrayList<>();
        String reason = "";
        for (StageReport stage : report.stages()) {
            if (!left.isEmpty() && !stage.skipped().equals(reason)) {
                leftOut(left, reason);
                left.clear();
            }
            reason = stage.skipped();
            if (reason.isEmpty()) {
                stage(stage);
            } else {
                left.add(stage.stage().label());
            }
        }
        if (!left.isEmpty()) {
            leftOut(left, reason);
        }
    }

    private void leftOut(List<String> stages, String reason) {
        boolean one = stages.size() == 1;
        String start = String.format(Locale.ROOT, COLUMNS, "-", one ? stages.getFirst() : "");
        line(start, "left out" + (one ? "" : " (" + String.join(", ", stages) + ")") + ": " + reason);
    }

    private void stage(StageReport stage) {
        String label = stage.stage().label();
        if (stage.findings().isEmpty()) {
            line(String.format(Locale.ROOT, COLUMNS, "ok", label), "nothing to say");
        }
        for (Finding finding : stage.findings()) {
            String word = String.format(Locale.ROOT, "%-9s", word(finding.severity()));
            line(paint(finding.severity(), word) + String.format(Locale.ROOT, "%-12s", label), finding.text());
            if (!finding.advice().isEmpty()) {
                line(" ".repeat(INDENT), "-> " + finding.advice());
            }
        }
    }

    private static String word(Severity severity) {
        return severity == Severity.OK ? "ok" : severity.name();
    }

    /** Breaks at blanks. */
    private void line(String start, String content) {
        text.append(start);
        int column = INDENT;
        boolean first = true;
        for (String word : content.split(" ", -1)) {
            if (!first && column + 1 + word.length() > WIDTH) {
                text.append('\n').append(" ".repeat(INDENT));
                column = INDENT;
                first = true;
            }
            text.append(first ? "" : " ").append(word);
            column += word.length() + (first ? 0 : 1);
            first = false;
        }
        text.append('\n');
    }

    /** SGR codes (ECMA-48 section 8.3.117): green, yellow, red. */
    private String paint(Severity severity, String words) {
        if (!colour) {
            return words;
        }
        int code = switch (severity) {
            case OK -> 32;
            case WARNING -> 33;
            case PROBLEM -> 31;
        };
        return "\u001b[" + code + "m" + words + "\u001b[0m";
    }
}
