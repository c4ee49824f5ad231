package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.answers;
import static dev.weir.loadtest.catalogue.Expected.fails;

import dev.weir.loadtest.catalogue.Expected.Retry;
import java.util.List;

/** Group C: TLS to the backend. */
final class TlsRows {
    private static final String NO_TLS = "the balancer does not speak TLS to backends yet";

    private static final Wanted SAYS_400 =
            Wanted.of(400, "The plain HTTP request was sent to HTTPS port").with("Server: nginx");

    static final List<Row> ALL = List.of(
            Row.absent("C1", "HTTPS to a port that speaks plain HTTP", NO_TLS),
            Row.of(
                    "C2",
                    "HTTP to a port that speaks TLS",
                    Case.fault(
                            "tls-expected",
                            fails("http_protocol_error", Retry.R2)
                                    .saying(
                                            "speaks TLS on this port: it answered with a TLS alert.*a port on which .* serves plain HTTP")),
                    Case.fault(
                            "tls-expected-says-400",
                            answers(SAYS_400)
                                    .saying(
                                            "speaks TLS on this port: it answered 400, that plain HTTP came to an HTTPS port, and the"
                                                    + " client got that \\(Server: nginx\\)\\..*a port on which .* serves plain HTTP\\. The"
                                                    + " client did nothing wrong"))),
            Row.absent("C3", "Certificate expired, or not valid yet", NO_TLS),
            Row.absent("C4", "Certificate for another name; wrong or no SNI", NO_TLS),
            Row.absent("C5", "Certificate of an unknown authority", NO_TLS),
            Row.absent("C6", "The backend wants a client certificate", NO_TLS),
            Row.absent("C7", "No common version or cipher", NO_TLS),
            Row.absent("C8", "The handshake hangs or ends early", NO_TLS));

    private TlsRows() {}
}
