package dev.weir.balancer.doctor;

/** How bad a finding is; in rising order. */
public enum Severity {
    OK,
    /** Works, but will hurt some day, or some requests. */
    WARNING,
    /** Requests fail. */
    PROBLEM
}
