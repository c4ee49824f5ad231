package dev.weir.balancer.incident;

import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryDecision;
import org.jspecify.annotations.Nullable;

/**
 * What an operator is told of a failure, in plain words: what happened, with the evidence, and what to do about it. A pure
 * function of what was recorded.
 *
 * @param cause what went wrong
 * @param finding a sentence or two, with the backend's name and the figures
 * @param remedy what to do
 */
public record Diagnosis(Cause cause, String finding, String remedy) {
    /** The operator's line. */
    public String line() {
        return finding + " " + remedy;
    }

    /** What is to be said of a request: of its last failed attempt, unless the failure lies elsewhere. */
    public static Diagnosis of(Dossier dossier, PoolFacts pool) {
        AttemptRecord last = lastFailed(dossier);
        if (dossier.result() == Dossier.Result.RELAYED && !dossier.attempts().isEmpty()) {
            AttemptRecord answered = dossier.attempts().getLast();
            Answer answer = answered.answer();
            return answer != null && answer.wantsTls()
                    ? ResponseFindings.wantsTls(answered.backend(), answer)
                    : ResponseFindings.ownErrorStatus(answered.backend(), answer, dossier.status(), "");
        }
        return last == null || isItsOwn(dossier, last) ? OwnFindings.of(dossier, pool) : of(dossier, last, pool, 1);
    }

    /**
     * What is to be said of one failed attempt.
     *
     * @param attempt of the dossier; one that failed
     * @param alike backends of the pool that fail for the same cause at present, this one included
     */
    public static Diagnosis of(Dossier dossier, AttemptRecord attempt, PoolFacts pool, int alike) {
        Cause cause = CauseFinder.of(attempt, dossier.request());
        if (cause == null) {
            throw new IllegalArgumentException("the attempt on " + attempt.backend() + " did not fail");
        }
        Evidence evidence = new Evidence(dossier, attempt, pool, alike);
        Diagnosis bare = switch (cause) {
            case REFUSED,
                    ALWAYS_REFUSED,
                    CONNECT_TIMEOUT,
                    ACCEPT_QUEUE_FULL,
                    HOST_UNREACHABLE,
                    NO_ROUTE_TO_BACKEND,
                    SOURCE_PORTS_EXHAUSTED,
                    FILES_EXHAUSTED,
                    MEMORY_EXHAUSTED,
                    RESOURCES_EXHAUSTED,
                    CONNECT_FORBIDDEN,
                    NAME_NOT_RESOLVED,
                    RESOLVER_SILENT,
                    TLS_FAILED -> ConnectFindings.of(cause, evidence);
            case HUNG_UP_AT_ONCE,
                    HUNG_UP,
                    STALE_CONNECTION,
                    HALF_OPEN_CONNECTION,
                    UNASKED_TIMEOUT,
                    HUNG_UP_ON_UPLOAD,
                    HUNG_UP_ON_LARGE_HEAD,
                    STOPPED_READING,
                    NO_ANSWER -> RequestFindings.of(cause, evidence);
            case HEAD_TOO_SLOW,
                    HEAD_INCOMPLETE,
                    SPEAKS_TLS,
                    SPEAKS_HTTP2,
                    NOT_HTTP,
                    BAD_STATUS,
                    HEAD_TOO_LARGE,
                    BAD_LENGTH,
                    BAD_LINE_ENDS,
                    BAD_RESPONSE_HEAD,
                    BAD_TRANSFER_CODING,
                    TOO_MANY_INTERIM_RESPONSES,
                    SWITCHED_UNASKED,
                    OWN_ERROR_STATUS -> ResponseFindings.of(cause, evidence);
            case BAD_CHUNKS, TRUNCATED, BODY_STALLED, BODY_LIMIT -> BodyFindings.of(cause, evidence);
            case NO_BACKEND_USABLE,
                    POOL_BUSY,
                    MAINTENANCE,
                    LOOP,
                    NO_ROUTE,
                    BAD_REQUEST,
                    CLIENT_LEFT,
                    CONFIGURATION,
                    INTERNAL_ERROR ->
                new Diagnosis(
                        cause,
                        "The attempt on " + evidence.backend() + " failed in the balancer itself"
                                + evidence.detailInBrackets() + ".",
                        evidence.failure().error().remedy());
        };
        return bare.with(failOpen(evidence))
                .with(everyoneOrOnlyMe(cause, evidence))
                .with(consequence(evidence));
    }

    private Diagnosis with(String consequence) {
        return consequence.isEmpty() ? this : new Diagnosis(cause, finding + " " + consequence, remedy);
    }

    private static String failOpen(Evidence evidence) {
        return evidence.condition().failOpen()
                ? "It got the request since so few backends are usable (fail-open, panic-threshold): "
                        + OwnFindings.whyNow(evidence.pool()) + "."
                : "";
    }

    /**
     * As it is now: others notice a moment later. Of what happens to everybody now and then nothing follows, and whoever was
     * answered has a way to the backend.
     */
    private static String everyoneOrOnlyMe(Cause cause, Evidence evidence) {
        Agreement agreement = evidence.pool().members().stream()
                .filter(member -> member.backend().equals(evidence.attempt().backend()))
                .map(member -> member.condition().opinions())
                .findFirst()
                .orElse(evidence.condition().opinions())
                .agreement();
        boolean answered = evidence.attempt().receivedBytes() > 0;
        boolean beside =
                cause.blames() == Cause.Side.NOBODY || (answered && agreement == Agreement.DOWN_ONLY_FROM_HERE);
        return beside ? "" : agreement.sentence();
    }

    private static String consequence(Evidence evidence) {
        RetryDecision decision = evidence.attempt().decision();
        String method = evidence.dossier().request().method();
        return switch (decision) {
            case NONE -> "";
            case RETRIED -> retried(evidence.dossier());
            case NOT_IDEMPOTENT ->
                "Not tried again: the backend may have processed it, and " + method + " is not idempotent.";
            case BODY_NOT_KEPT ->
                "Not tried again: of the request's body "
                        + Amount.bytes(evidence.dossier().request().bodyBytes())
                        + " were sent already, and "
                        + Amount.bytes(evidence.pool().limits().keptBody())
                        + " are kept (retry.buffer).";
            case RESPONSE_BEGUN,
                    SAME_EVERYWHERE,
                    NO_BUDGET,
                    NO_ATTEMPTS_LEFT,
                    NO_BACKEND_LEFT,
                    NO_TIME_LEFT,
                    CLIENT_GONE -> Sentence.of(decision.words());
        };
    }

    /** An answer may itself be an error. */
    private static String retried(Dossier dossier) {
        if (dossier.result() != Dossier.Result.SAVED) {
            return "";
        }
        return dossier.status() < 400
                ? "Masked: another attempt was answered."
                : "Another attempt was answered, with " + dossier.status() + ".";
    }

    private static @Nullable AttemptRecord lastFailed(Dossier dossier) {
        for (int i = dossier.attempts().size() - 1; i >= 0; i--) {
            AttemptRecord attempt = dossier.attempts().get(i);
            if (attempt.failure() != null) {
                return attempt;
            }
        }
        return null;
    }

    /** Whether the request failed for something else than its last failed attempt. */
    static boolean isItsOwn(Dossier dossier, AttemptRecord last) {
        if (dossier.result() == Dossier.Result.CLIENT_LEFT) {
            return true;
        }
        ProxyError error = dossier.error();
        AttemptFailure failure = last.failure();
        return error != null
                && failure != null
                && error != failure.error()
                && error != ProxyError.DESTINATION_UNAVAILABLE; // nobody was left after it
    }
}
