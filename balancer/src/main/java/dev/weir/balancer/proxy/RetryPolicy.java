package dev.weir.balancer.proxy;

import dev.weir.balancer.config.RetryConfig;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryClass;
import dev.weir.balancer.failure.RetryDecision;
import io.netty.handler.codec.http.HttpMethod;

/**
 * Decides whether a failed attempt is followed by another one. Pure, but for the budget that is spent last.
 *
 * <p>An attempt of which a backend has seen nothing puts no load on anybody, so it cannot feed a storm of retries: going on to
 * a backend that was not tried yet spends no budget. If it was turned away at once, it has not kept the client waiting either,
 * and does not count. Otherwise the very moment in which half of the backends go away would use up what there is for masking
 * it.
 */
final class RetryPolicy {
    /** Most attempts of a request that is turned away at once everywhere, unless the configuration allows more. */
    static final int MOST_REFUSALS = 10;

    private RetryPolicy() {}

    /**
     * An attempt that failed.
     *
     * @param sameEverywhere whether there is reason to think that every backend would fail alike
     * @param attempts made so far
     * @param replayable whether the request's body can be sent again
     * @param elsewhere whether there is a backend that was not tried
     */
    record Failed(
            RetryClass retryClass,
            ProxyError error,
            HttpMethod method,
            boolean sameEverywhere,
            int attempts,
            boolean replayable,
            boolean elsewhere) {
        private boolean turnedAwayAtOnce() {
            return retryClass == RetryClass.R0
                    && (error == ProxyError.CONNECTION_REFUSED || error == ProxyError.DESTINATION_IP_UNROUTABLE);
        }
    }

    /** @return {@link RetryDecision#RETRIED} if there is another attempt; the budget was spent for it then */
    static RetryDecision decide(RetryConfig config, Failed failed, RetryBudget budget, long nowNanos) {
        if (failed.retryClass() == RetryClass.R3) {
            return RetryDecision.RESPONSE_BEGUN;
        }
        if (!failed.retryClass().allows(config.nonIdempotent() || isIdempotent(failed.method()))) {
            return RetryDecision.NOT_IDEMPOTENT;
        }
        if (failed.sameEverywhere() || isDeterministic(failed.error())) {
            return RetryDecision.SAME_EVERYWHERE;
        }
        boolean mayRetry = config.attempts() > 1 && config.budget() > 0;
        boolean elsewhere = mayRetry && failed.elsewhere();
        int most =
                elsewhere && failed.turnedAwayAtOnce() ? Math.max(MOST_REFUSALS, config.attempts()) : config.attempts();
        if (failed.attempts() >= most) {
            return RetryDecision.NO_ATTEMPTS_LEFT;
        }
        if (!failed.replayable()) {
            return RetryDecision.BODY_NOT_KEPT;
        }
        boolean free = elsewhere && failed.retryClass() == RetryClass.R0;
        return free || budget.trySpend(nowNanos) ? RetryDecision.RETRIED : RetryDecision.NO_BUDGET;
    }

    /** RFC 9110 section 9.2.2; a method that is not known there may do anything. */
    static boolean isIdempotent(HttpMethod method) {
        return method.equals(HttpMethod.GET)
                || method.equals(HttpMethod.HEAD)
                || method.equals(HttpMethod.OPTIONS)
                || method.equals(HttpMethod.PUT)
                || method.equals(HttpMethod.DELETE)
                || method.equals(HttpMethod.TRACE);
    }

    /** Whether every backend would fail alike: its answer is what it is. */
    private static boolean isDeterministic(ProxyError error) {
        return switch (error) {
            case HTTP_RESPONSE_HEADER_SECTION_SIZE,
                    HTTP_RESPONSE_HEADER_SIZE,
                    HTTP_RESPONSE_TRAILER_SECTION_SIZE,
                    HTTP_RESPONSE_TRAILER_SIZE,
                    HTTP_RESPONSE_BODY_SIZE -> true;
            default -> false;
        };
    }
}
