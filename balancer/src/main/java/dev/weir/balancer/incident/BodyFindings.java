package dev.weir.balancer.incident;

import org.jspecify.annotations.Nullable;

/** What is said of a response that began well. */
final class BodyFindings {
    private BodyFindings() {}

    static Diagnosis of(Cause cause, Evidence evidence) {
        String backend = evidence.backend();
        return switch (cause) {
            case TRUNCATED ->
                new Diagnosis(
                        cause,
                        backend + truncated(evidence.attempt()),
                        "Look into " + evidence.log() + " for a crash or a worker timeout.");
            case BODY_STALLED ->
                new Diagnosis(
                        cause,
                        backend + " stopped sending for " + evidence.waited() + " after " + progress(evidence.attempt())
                                + untilClose(evidence.attempt()) + ".",
                        "Look for a stuck handler on " + backend + "; timeouts.body-idle grants more time to streams."
                                + mtu(evidence));
            case BAD_CHUNKS ->
                new Diagnosis(
                        cause,
                        backend + "'s chunked encoding is broken behind " + progress(evidence.attempt())
                                + evidence.detailInBrackets() + ".",
                        "Repair the application on " + backend
                                + ": it, or what stands in front of it, writes chunks by hand.");
            default ->
                new Diagnosis(
                        cause,
                        backend + "'s response is over a limit" + evidence.detailInBrackets() + ".",
                        evidence.failure().error().remedy());
        };
    }

    /** A path with a smaller MTU lets small answers pass, and heads, and swallows each full packet of a body. */
    private static String mtu(Evidence evidence) {
        Answer answer = evidence.attempt().answer();
        boolean likely = evidence.condition().everServed() && answer != null && answer.bodyBytes() == 0;
        return likely
                ? " If it is only ever answers above 1.4 KB that stall, while small ones pass, check the MTU on the way."
                : "";
    }

    private static String truncated(AttemptRecord attempt) {
        Answer answer = attempt.answer();
        if (answer == null) {
            return " hung up within its response.";
        }
        return switch (answer.framing()) {
            case LENGTH ->
                " promised " + Amount.bytes(answer.announcedBytes()) + ", sent " + Amount.bytes(answer.bodyBytes())
                        + ", then hung up.";
            case CHUNKED ->
                " ended a chunked response after " + Amount.bytes(answer.bodyBytes()) + " without its end mark: it is"
                        + " truncated.";
            case UNTIL_CLOSE ->
                " reset the connection after " + Amount.bytes(answer.bodyBytes())
                        + " of a response without a length: it may be truncated.";
            case NO_BODY -> " hung up within its response.";
        };
    }

    private static String progress(AttemptRecord attempt) {
        Answer answer = attempt.answer();
        if (answer == null) {
            return Amount.bytes(attempt.receivedBytes());
        }
        String bytes = Amount.bytes(answer.bodyBytes());
        return answer.framing() == Answer.Framing.LENGTH
                ? answer.bodyBytes() + " of " + Amount.bytes(answer.announcedBytes())
                : bytes;
    }

    private static String untilClose(@Nullable AttemptRecord attempt) {
        Answer answer = attempt == null ? null : attempt.answer();
        return answer != null && answer.framing() == Answer.Framing.UNTIL_CLOSE
                ? " of a response without a length, which the balancer then cut"
                : "";
    }
}
