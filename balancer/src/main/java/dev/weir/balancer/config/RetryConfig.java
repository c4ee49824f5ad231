package dev.weir.balancer.config;

/**
 * When a failed attempt is followed by another one.
 *
 * @param attempts most attempts for a request, the first one included, but for those that are refused at once; 1: no retry
 * @param budget share (0 to 1) of the requests of the last ten seconds that may be retried, beyond three a second that always
 *     may; 0: no retries
 * @param onStatus a backend's answers that count as failures to retry
 * @param buffer bytes of a request body that are kept for another attempt
 * @param nonIdempotent also retry POST and PATCH that a backend may have processed
 */
public record RetryConfig(int attempts, double budget, StatusSet onStatus, int buffer, boolean nonIdempotent) {}
