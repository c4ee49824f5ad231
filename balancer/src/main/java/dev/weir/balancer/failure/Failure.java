package dev.weir.balancer.failure;

import org.jspecify.annotations.Nullable;

/**
 * How an attempt failed.
 *
 * @param phase how far it had come
 * @param cause null: the balancer found the failure itself
 * @param detail for operators only: may carry addresses and names of the inside
 */
public record Failure(
        ProxyError error,
        Phase phase,
        @Nullable Throwable cause,
        @Nullable String detail) {
    /** Classifies what an attempt threw. */
    public static Failure of(Throwable cause, Phase phase) {
        return of(cause, phase, 0);
    }

    /**
     * Classifies what an attempt threw.
     *
     * @param responseBytes bytes of the response that had arrived
     */
    public static Failure of(Throwable cause, Phase phase, long responseBytes) {
        String detail = cause instanceof ProxyException known ? known.detail() : cause.toString();
        return new Failure(FailureClassifier.classify(cause, phase, responseBytes), phase, cause, detail);
    }
}
