package dev.weir.balancer.metrics;

import dev.weir.balancer.failure.RetryDecision;
import java.util.Locale;

/** What became of the wish to try a request again after an attempt failed. */
public enum RetryResult {
    /** Another attempt was made, and the client got its answer. */
    SUCCESS,
    /** Another attempt was made, and it failed too. */
    FAILURE,
    /** There were too many retries lately. */
    NO_BUDGET,
    /** The backend may have processed the request, and doing so twice may do harm. */
    NOT_SAFE,
    /** The request's body is longer than what is kept for another attempt. */
    BODY_NOT_KEPT,
    /** All attempts of the request were used up. */
    NO_ATTEMPTS_LEFT,
    /** No backend was left to try. */
    NO_BACKEND_LEFT,
    /** The request's total time was over. */
    NO_TIME_LEFT,
    /** The client left. */
    CLIENT_GONE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** What a decision against another attempt is counted as. */
    public static RetryResult of(RetryDecision refusal) {
        return switch (refusal) {
            case NOT_IDEMPOTENT, RESPONSE_BEGUN, SAME_EVERYWHERE -> NOT_SAFE;
            case BODY_NOT_KEPT -> BODY_NOT_KEPT;
            case NO_BUDGET -> NO_BUDGET;
            case NO_ATTEMPTS_LEFT -> NO_ATTEMPTS_LEFT;
            case NO_BACKEND_LEFT -> NO_BACKEND_LEFT;
            case NO_TIME_LEFT -> NO_TIME_LEFT;
            case CLIENT_GONE -> CLIENT_GONE;
            case NONE, RETRIED -> throw new IllegalArgumentException(refusal + " is no refusal");
        };
    }

    /** As in metrics. */
    public String label() {
        return label;
    }
}
