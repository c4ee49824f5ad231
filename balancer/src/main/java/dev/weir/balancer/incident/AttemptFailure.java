package dev.weir.balancer.incident;

import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryClass;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt failed.
 *
 * @param exception the class of what was thrown; null: the balancer found the failure itself
 * @param errno the kernel's number; 0: unknown
 * @param detail the exception's words
 * @param firstBytes of an answer that is no valid HTTP
 */
public record AttemptFailure(
        ProxyError error,
        @Nullable String exception,
        int errno,
        @Nullable String detail,
        FirstBytes firstBytes,
        RetryClass retryClass) {
    private static final int MAX_DETAIL = 512;

    public AttemptFailure {
        detail = Cut.orNull(MAX_DETAIL, detail);
    }

    public static AttemptFailure of(Failure failure, RetryClass retryClass, FirstBytes firstBytes) {
        return new AttemptFailure(
                failure.error(), failure.exception(), failure.errno(), failure.detail(), firstBytes, retryClass);
    }
}
