package dev.weir.balancer.incident;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is said of a response whose head is wrong, or tells of an error. */
final class ResponseFindings {
    private static final long NANOS = 1_000_000_000;

    private ResponseFindings() {}

    static Diagnosis of(Cause cause, Evidence evidence) {
        String backend = evidence.backend();
        long received = evidence.attempt().receivedBytes();
        return switch (cause) {
            case HEAD_TOO_SLOW ->
                new Diagnosis(
                        cause,
                        backend + " did not end its response's head: " + Amount.bytes(received) + " came in "
                                + evidence.waited() + " (" + Amount.bytes(perSecond(evidence)) + "/s).",
                        "Look for an overloaded or stuck process on " + evidence.host() + ".");
            case HEAD_INCOMPLETE ->
                new Diagnosis(
                        cause,
                        backend + " died while writing its response's head (" + Amount.bytes(received) + " came: `"
                                + evidence.firstBytes().escaped() + "`).",
                        "Look into " + evidence.log() + " for a crash.");
            case SPEAKS_TLS ->
                new Diagnosis(
                        cause,
                        backend + " speaks TLS on this port: it answered with "
                                + (evidence.firstBytes().at(0) == 0x15 ? "a TLS alert" : "a TLS handshake") + " (`"
                                + evidence.firstBytes().escaped() + "`).",
                        "Configure a port on which " + evidence.host() + " serves plain HTTP.");
            case SPEAKS_HTTP2 ->
                new Diagnosis(
                        cause,
                        backend + " answered in HTTP/2, without having been asked to (a SETTINGS frame: `"
                                + evidence.firstBytes().escaped() + "`).",
                        "Enable HTTP/1.1 on this port of " + evidence.host()
                                + ": the balancer speaks that to its backends.");
            case NOT_HTTP ->
                new Diagnosis(
                        cause,
                        "Port " + evidence.port() + " of " + evidence.host() + " answered `" + firstLine(evidence)
                                + "`: not an HTTP server.",
                        "Correct the port " + evidence.port() + " of " + evidence.host() + ", or what listens there.");
            case BAD_STATUS ->
                new Diagnosis(
                        cause,
                        backend + " sent status "
                                + Objects.requireNonNullElse(
                                        evidence.firstBytes().statusOfHttp1(), "?")
                                + "; there are only 100 to 599.",
                        repair(evidence));
            case HEAD_TOO_LARGE ->
                new Diagnosis(
                        cause,
                        backend + "'s response to " + evidence.request() + " has too large a head: "
                                + Objects.requireNonNullElseGet(evidence.detail(), () -> tooLarge(evidence)) + ".",
                        "Make the response head of " + backend + " smaller (a long Set-Cookie?), or raise pools."
                                + evidence.pool().pool() + ".limits.response-head.");
            case BAD_LENGTH ->
                new Diagnosis(
                        cause,
                        backend + " sent a Content-Length that is none, or two different ones"
                                + evidence.detailInBrackets() + ".",
                        repair(evidence));
            case BAD_LINE_ENDS ->
                new Diagnosis(
                        cause,
                        backend + " ends lines with a bare LF, not with CR LF (`"
                                + evidence.firstBytes().escaped() + "`).",
                        "Repair the old or handmade server on " + backend + ", or set pools."
                                + evidence.pool().pool() + ".http.lenient-line-ends: true.");
            case BAD_TRANSFER_CODING ->
                new Diagnosis(
                        cause,
                        backend + " frames its response in a way that cannot be trusted" + evidence.detailInBrackets()
                                + ".",
                        "On " + backend
                                + ", let the server set Transfer-Encoding and Content-Length, and never the application.");
            case TOO_MANY_INTERIM_RESPONSES ->
                new Diagnosis(
                        cause,
                        backend + " sent interim responses (1xx) without end" + evidence.detailInBrackets() + ".",
                        repair(evidence));
            case SWITCHED_UNASKED ->
                new Diagnosis(cause, backend + " switched protocols (101) though nobody asked.", repair(evidence));
            case OWN_ERROR_STATUS ->
                ownErrorStatus(
                        backend,
                        evidence.attempt().answer(),
                        evidence.dossier().status(),
                        " It was tried again for retry.on-status.");
            default ->
                new Diagnosis(
                        cause,
                        backend + "'s response head is not valid HTTP" + evidence.detailInBrackets() + ": `"
                                + evidence.firstBytes().escaped() + "`.",
                        repair(evidence));
        };
    }

    private static long perSecond(Evidence evidence) {
        return evidence.attempt().receivedBytes()
                * NANOS
                / Math.max(1, evidence.attempt().timings().waited());
    }

    private static String tooLarge(Evidence evidence) {
        return Amount.bytes(evidence.attempt().receivedBytes()) + " came, more than the "
                + Amount.bytes(evidence.pool().limits().responseHead()) + " that limits.response-head allows";
    }

    private static String repair(Evidence evidence) {
        return "Repair the application on " + evidence.backend() + ", or what stands in front of it.";
    }

    static Diagnosis wantsTls(String backend, Answer answer) {
        String server = answer.server() == null ? "" : " (Server: " + answer.server() + ")";
        return new Diagnosis(
                Cause.SPEAKS_TLS,
                backend + " speaks TLS on this port: it answered " + answer.status()
                        + ", that plain HTTP came to an HTTPS port, and the client got that" + server + ".",
                "Configure a port on which " + backend.substring(0, backend.lastIndexOf(':'))
                        + " serves plain HTTP. The client did nothing wrong.");
    }

    /** @param status if the answer is not known */
    static Diagnosis ownErrorStatus(String backend, @Nullable Answer answer, int status, String more) {
        int sent = answer == null ? status : answer.status();
        String server = answer == null || answer.server() == null ? "" : " (Server: " + answer.server() + ")";
        return new Diagnosis(
                Cause.OWN_ERROR_STATUS,
                "This " + sent + " was sent by " + backend + " itself" + server + ", not by the balancer." + more,
                "Look into the log of " + backend
                        + (sent == 502 || sent == 504 ? ", and at what stands behind it." : "."));
    }

    private static String firstLine(Evidence evidence) {
        String text = evidence.firstBytes().text();
        int end = 0;
        while (end < text.length() && text.charAt(end) != '\r' && text.charAt(end) != '\n') {
            end++;
        }
        String line = FirstBytes.of(text.substring(0, end)).escaped();
        return line.isEmpty() ? evidence.firstBytes().escaped() : line;
    }
}
