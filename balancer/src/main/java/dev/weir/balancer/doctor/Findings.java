package dev.weir.balancer.doctor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what a stage finds out. Used by one thread. */
final class Findings {
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, Object> facts = new LinkedHashMap<>();

    void ok(String code, String text) {
        findings.add(new Finding(Severity.OK, code, text, ""));
    }

    void ok(String code, String text, String advice) {
        findings.add(new Finding(Severity.OK, code, text, advice));
    }

    void warning(String code, String text, String advice) {
        findings.add(new Finding(Severity.WARNING, code, text, advice));
    }

    void problem(String code, String text, String advice) {
        findings.add(new Finding(Severity.PROBLEM, code, text, advice));
    }

    void add(Severity severity, String code, String text, String advice) {
        findings.add(new Finding(severity, code, text, advice));
    }

    void addAll(List<Finding> more) {
        findings.addAll(more);
    }

    /** @param value a string, number, boolean, or a list or map of these */
    void fact(String key, Object value) {
        facts.put(key, value);
    }

    boolean hasProblem() {
        return findings.stream().anyMatch(finding -> finding.severity() == Severity.PROBLEM);
    }

    StageReport report(Stage stage, long nanos) {
        return new StageReport(stage, "", nanos, findings, facts);
    }
}
