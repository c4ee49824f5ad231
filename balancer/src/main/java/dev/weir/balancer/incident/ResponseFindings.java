package dev.weir.balancer.incident;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is said of a response whose head is wrong, or tells of an error. */
final class ResponseFindings {
    private static final String REPAIR = "Repair the application, or what stands in front of it.";
    private static final long NANOS = 1_000_000_000;

    private ResponseFindings() {}

    static Diagnosis of(Cause cause, Evidence evidence) {
        String backend = evidence.backend();
        long received = evidence.attempt().receivedBytes();
        return switch (cause) {
            case HEAD_TOO_SLOW ->
                new Diagnosis(
                        cause,
                        backend + " sends its response's head at "
                                + Amount.bytes(received
                                        * NANOS
                                        / Math.max(
                                                1, evidence.attempt().timings().waited()))
                                + " a second: " + Amount.bytes(received) + " came in " + evidence.waited() + ".",
                        "Look for an overloaded or stuck process there.");
            case HEAD_INCOMPLETE ->
                new Diagnosis(
                        cause,
                        backend + " died while writing its response's head (" + Amount.bytes(received) + " came: `"
                                + evidence.firstBytes().escaped() + "`).",
                        "Look into its log of that moment for a crash.");
            case SPEAKS_TLS ->
                new Diagnosis(
                        cause,
                        backend + " speaks TLS on this port: it answered with "
                                + (evidence.firstBytes().at(0) == 0x15 ? "a TLS alert" : "a TLS handshake") + " (`"
                                + evidence.firstBytes().escaped() + "`).",
                        "Name a port on which it serves plain HTTP.");
            case NOT_HTTP ->
                new Diagnosis(
                        cause,
                        "Port " + evidence.port() + " of " + evidence.host() + " answered `" + firstLine(evidence)
                                + "`: not an HTTP server.",
                        "Correct the port, or what listens there.");
            case BAD_STATUS ->
                new Diagnosis(
                        cause,
                        backend + " sent status "
                                + Objects.requireNonNullElse(
                                        evidence.firstBytes().statusOfHttp1(), "?")
                                + "; there are only 100 to 599.",
                        REPAIR);
            case HEAD_TOO_LARGE ->
                new Diagnosis(
                        cause,
                        backend + "'s response to " + evidence.request() + " has a head over the limit of "
                                + Amount.bytes(evidence.pool().limits().responseHead()) + " ("
                                + Amount.bytes(received) + " had come).",
                        "Make it smaller (a long Set-Cookie?), or raise limits.response-head of the pool.");
            case BAD_LENGTH ->
                new Diagnosis(
                        cause,
                        backend + " sent a Content-Length that is none, or two different ones"
                                + evidence.detailInBrackets() + ".",
                        REPAIR);
            case BAD_LINE_ENDS ->
                new Diagnosis(
                        cause,
                        backend + " ends lines with a bare LF, not with CR LF (`"
                                + evidence.firstBytes().escaped() + "`).",
                        "That is an old or handmade server: repair it, or allow it for this pool if the configuration has"
                                + " a key for that (see conf/complete.yaml, http).");
            case BAD_TRANSFER_CODING ->
                new Diagnosis(
                        cause,
                        backend + " frames its response in a way that cannot be trusted" + evidence.detailInBrackets()
                                + ".",
                        "Let the server set Transfer-Encoding, and never the application.");
            case TOO_MANY_INTERIM_RESPONSES ->
                new Diagnosis(
                        cause,
                        backend + " sent interim responses (1xx) without end" + evidence.detailInBrackets() + ".",
                        REPAIR);
            case SWITCHED_UNASKED ->
                new Diagnosis(cause, backend + " switched protocols (101) though nobody asked.", REPAIR);
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
                        REPAIR);
        };
    }

    /** @param status if the answer is not known */
    static Diagnosis ownErrorStatus(String backend, @Nullable Answer answer, int status, String more) {
        int sent = answer == null ? status : answer.status();
        String server = answer == null || answer.server() == null ? "" : " (Server: " + answer.server() + ")";
        return new Diagnosis(
                Cause.OWN_ERROR_STATUS,
                "This " + sent + " was sent by " + backend + " itself" + server + ", not by the balancer." + more,
                "Look into the backend's own log"
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
