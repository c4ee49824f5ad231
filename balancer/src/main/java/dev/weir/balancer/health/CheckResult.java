package dev.weir.balancer.health;

import dev.weir.balancer.failure.FailureClassifier;
import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one check ended.
 *
 * @param label one of a few words for a metric: {@code success}, {@code unexpected_status}, {@code unexpected_header}, {@code
 *     unexpected_body}, {@code timeout}, {@code stalled}, {@code hampered}, or the token of a {@link ProxyError}
 * @param reason in plain words, for the log
 */
public record CheckResult(Verdict verdict, String label, String reason) {
    /** What the result says of the backend. */
    public enum Verdict {
        PASSED,
        FAILED,
        /** Nothing: the balancer or its surroundings kept the check from being one. */
        INCONCLUSIVE
    }

    static final CheckResult PASSED = new CheckResult(Verdict.PASSED, "success", "passed");

    /** Of a check that failed while this process could open no connections. */
    static final CheckResult HAMPERED = new CheckResult(
            Verdict.INCONCLUSIVE, "hampered", "the balancer could not open all the connections that it wanted");

    static CheckResult failed(String label, String reason) {
        return new CheckResult(Verdict.FAILED, label, reason);
    }

    static CheckResult timeout(Duration timeout) {
        return failed("timeout", "no complete answer within " + timeout.toMillis() + " ms");
    }

    /** Of a check that failed because this process stood still, or may have. */
    static CheckResult stalled(Duration time) {
        return new CheckResult(
                Verdict.INCONCLUSIVE, "stalled", "the balancer stood still for " + time.toMillis() + " ms");
    }

    /** Of a check that got no answer, or none that is HTTP. */
    static CheckResult of(Throwable failure) {
        ProxyError error = FailureClassifier.classify(failure, Phase.CONNECT);
        if (error == ProxyError.PROXY_INTERNAL_ERROR && !(failure instanceof IOException)) {
            error = FailureClassifier.malformed(
                    failure, Phase.RESPONSE_HEAD); // Web Client hands out what the decoder threw
        }
        String reason = error.token().replace('_', ' ');
        return switch (error) {
            case PROXY_INTERNAL_ERROR, PROXY_RESOURCES_EXHAUSTED, DNS_TIMEOUT ->
                new CheckResult(Verdict.INCONCLUSIVE, error.token(), reason + ": " + failure);
            case HTTP_PROTOCOL_ERROR -> failed(error.token(), reason + ": " + failure.getMessage());
            default -> failed(error.token(), reason);
        };
    }

    /** Of a check that knew no address: there was none. */
    static CheckResult unresolved(@Nullable ProxyException problem) {
        ProxyException why =
                problem != null ? problem : new ProxyException(ProxyError.DNS_ERROR, "no address is known");
        return new CheckResult(Verdict.INCONCLUSIVE, why.error().token(), why.detail());
    }

    boolean passed() {
        return verdict == Verdict.PASSED;
    }
}
