package dev.weir.balancer.doctor;

import dev.weir.balancer.incident.Amount;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** A report for programs. Its shape stands in the README; keys are added, never changed. */
public final class ReportJson {
    private ReportJson() {}

    public static JsonObject of(Report report) {
        JsonArray stages = new JsonArray();
        report.stages().forEach(stage -> stages.add(stage(stage)));
        return new JsonObject()
                .put("url", report.target().toString())
                .put("address", report.address())
                .put("severity", lower(report.severity()))
                .put("verdict", report.verdict())
                .put("advice", report.advice())
                .put("started_at", report.started().toString())
                .put("duration_ms", report.took().toMillis())
                .put("connections", report.connections())
                .put("requests", report.requests())
                .put("stages", stages);
    }

    private static JsonObject stage(StageReport stage) {
        JsonArray findings = new JsonArray();
        stage.findings().forEach(finding -> findings.add(finding(finding)));
        boolean skipped = !stage.skipped().isEmpty();
        return new JsonObject()
                .put("stage", stage.stage().label())
                .put("severity", skipped ? "skipped" : lower(stage.severity()))
                .put("skipped", stage.skipped())
                .put("duration_ms", Amount.millis(stage.nanos()))
                .put("findings", findings)
                .put("facts", new JsonObject(stage.facts()));
    }

    private static JsonObject finding(Finding finding) {
        return new JsonObject()
                .put("severity", lower(finding.severity()))
                .put("code", finding.code())
                .put("text", finding.text())
                .put("advice", finding.advice());
    }

    private static String lower(Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }
}
