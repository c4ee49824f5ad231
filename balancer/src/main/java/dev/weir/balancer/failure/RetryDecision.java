package dev.weir.balancer.failure;

import java.util.Locale;

/** Whether a failed attempt was followed by another one, and if not, why. */
public enum RetryDecision {
    /** Nothing was to be decided: the attempt did not fail. */
    NONE("there was nothing to retry"),
    /** Another attempt was made. */
    RETRIED("tried again"),
    /** The backend may have processed the request, and by its method doing so twice may do harm. */
    NOT_IDEMPOTENT("not tried again: the backend may have processed it, and the method is not idempotent"),
    /** The client has got bytes of the response. */
    RESPONSE_BEGUN("not tried again: the client had got the beginning of the response"),
    /** Every backend would answer alike. */
    SAME_EVERYWHERE("not tried again: every backend would answer alike"),
    /** The request's body is longer than what is kept for another attempt. */
    BODY_NOT_KEPT("not tried again: the request's body was longer than what is kept of it (retry.buffer)"),
    /** There were too many retries lately. */
    NO_BUDGET("not tried again: the retry budget was spent (retry.budget)"),
    /** All attempts of the request were used up. */
    NO_ATTEMPTS_LEFT("not tried again: all attempts were used up (retry.attempts)"),
    /** No backend was left to try. */
    NO_BACKEND_LEFT("not tried again: no other backend was usable"),
    /** The request's total time was over. */
    NO_TIME_LEFT("not tried again: the request's total time was over (timeouts.total)"),
    /** The client left. */
    CLIENT_GONE("not tried again: the client had left");

    private final String label = name().toLowerCase(Locale.ROOT);
    private final String words;

    RetryDecision(String words) {
        this.words = words;
    }

    /** As in JSON: lower case, with underscores. */
    public String label() {
        return label;
    }

    /** A clause for operators, without a full stop. */
    public String words() {
        return words;
    }
}
