package dev.weir.balancer.doctor;

/**
 * One thing that was found out.
 *
 * @param code stable, for scripts, such as {@code connection-refused}
 * @param text what was seen, with the evidence
 * @param advice what to change; empty if nothing
 */
public record Finding(Severity severity, String code, String text, String advice) {
    public Finding {
        text = Printable.of(text);
        advice = Printable.of(advice);
    }
}
