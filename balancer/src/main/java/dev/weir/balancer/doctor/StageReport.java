package dev.weir.balancer.doctor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one stage found.
 *
 * @param skipped why the stage did not take place; empty if it did
 * @param nanos how long it took
 * @param facts what was measured: strings, numbers, booleans, lists and maps of these; the keys of a stage are stable
 */
public record StageReport(Stage stage, String skipped, long nanos, List<Finding> findings, Map<String, Object> facts) {
    public StageReport {
        findings = List.copyOf(findings);
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts)); // in the order of the examination
    }

    /** The worst of the findings; OK if there are none. */
    public Severity severity() {
        return findings.stream().map(Finding::severity).max(Severity::compareTo).orElse(Severity.OK);
    }
}
