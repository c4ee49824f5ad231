package dev.weir.balancer.proxy;

import dev.weir.balancer.config.RetryConfig;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryClass;
import dev.weir.balancer.metrics.RetryResult;
import io.netty.handler.codec.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/** Decides whether a failed attempt is followed by another one. Pure, but for the budget that is spent last. */
final class RetryPolicy {
    private RetryPolicy() {}

    /**
     * @param attempts made so far
     * @param replayable whether the request's body can be sent again
     * @return why there is no further attempt; null: there is one, and the budget was spent for it
     */
    static @Nullable RetryResult refusal(
            RetryConfig config,
            RetryClass retryClass,
            ProxyError error,
            HttpMethod method,
            int attempts,
            boolean replayable,
            RetryBudget budget,
            long nowNanos) {
        if (!retryClass.allows(config.nonIdempotent() || isIdempotent(method)) || isDeterministic(error)) {
            return RetryResult.NOT_SAFE;
        }
        if (attempts >= config.attempts()) {
            return RetryResult.NO_ATTEMPTS_LEFT;
        }
        if (!replayable) {
            return RetryResult.BODY_NOT_KEPT;
        }
        return budget.trySpend(nowNanos) ? null : RetryResult.NO_BUDGET;
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
