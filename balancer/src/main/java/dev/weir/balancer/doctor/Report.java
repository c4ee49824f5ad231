package dev.weir.balancer.doctor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an examination found.
 *
 * @param address the address that was examined from the TLS stage on, such as {@code 10.0.3.7:8080}; empty if none connects
 * @param stages all of them, in order
 * @param connections how many were opened to the backend, also in vain
 * @param requests how many were sent to it
 */
public record Report(
        Target target,
        String address,
        Instant started,
        Duration took,
        int connections,
        int requests,
        List<StageReport> stages) {
    public Report {
        stages = List.copyOf(stages);
    }

    public Severity severity() {
        return stages.stream()
                .map(StageReport::severity)
                .max(Severity::compareTo)
                .orElse(Severity.OK);
    }

    /** The findings of that severity, in the order of the stages: the first is nearest to the cause. */
    public List<Finding> findings(Severity severity) {
        return stages.stream()
                .flatMap(stage -> stage.findings().stream())
                .filter(finding -> finding.severity() == severity)
                .toList();
    }

    /** One sentence: that all is well, or what is wrong first of all. */
    public String verdict() {
        Severity worst = severity();
        if (worst == Severity.OK) {
            return "All is well with " + target + ".";
        }
        List<Finding> worstFindings = findings(worst);
        String noun = worst == Severity.PROBLEM ? "problem" : "warning";
        String number = worstFindings.size() == 1 ? "1 " + noun : worstFindings.size() + " " + noun + "s, the first";
        return number + ": " + worstFindings.getFirst().text();
    }

    /** What to change first; empty if nothing. */
    public String advice() {
        Severity worst = severity();
        Optional<Finding> first = worst == Severity.OK
                ? Optional.empty()
                : findings(worst).stream().findFirst();
        return first.map(Finding::advice).orElse("");
    }
}
