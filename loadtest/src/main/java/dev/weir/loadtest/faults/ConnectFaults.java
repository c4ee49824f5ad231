package dev.weir.loadtest.faults;

import static dev.weir.loadtest.faults.Script.onAccept;
import static dev.weir.loadtest.faults.Script.onFirstBytes;
import static dev.weir.loadtest.faults.Script.onRequest;

import dev.weir.loadtest.faults.Settings.Pace;
import java.util.List;
import java.util.Map;

/** Groups A, C and H: until the connection stands, and its protocol. What takes the packets away on their way needs a network of its own. */
final class ConnectFaults {
    /** Alert of level fatal, unexpected message: what a TLS server says to a request in plain text (RFC 8446, 6). */
    private static final String TLS_ALERT = "\u0015\u0003\u0003\0\u0002\u0002\n";

    /** Empty: what every HTTP/2 server sends first (RFC 9113, 3.4). */
    private static final String SETTINGS = "\0\0\0\u0004\0\0\0\0\0";
    /** PROTOCOL_ERROR, and no stream was processed (RFC 9113, 6.8). */
    private static final String GOAWAY = "\0\0\b\u0007\0\0\0\0\0" + "\0\0\0\0" + "\0\0\0\u0001";

    static final List<Fault> ALL = List.of(
            Fault.of("refuse", "A1", "nothing listens on the port", Fault.HOST, Map.of(Fault.HOST, PortState.REFUSES)),
            Fault.of(
                    "listens-elsewhere",
                    "A2",
                    "listens on 127.0.0.2 only",
                    Fault.HOST,
                    Map.of(Fault.HOST, PortState.REFUSES, "127.0.0.2", PortState.LISTENS)),
            Fault.of(
                    "accept-queue-full",
                    "A7",
                    "its accept queue is full: attempts to connect get no answer",
                    Fault.HOST,
                    Map.of(Fault.HOST, PortState.IS_FULL)),
            Fault.of(
                    "localhost-ipv4-only",
                    "A11",
                    "listens on 127.0.0.1, but not on ::1",
                    "localhost",
                    Map.of("127.0.0.1", PortState.LISTENS, "::1", PortState.REFUSES)),
            Fault.of("close-on-accept", "A14", "accepts, then FIN at once", onAccept(Steps.fin())),
            Fault.of("reset-on-accept", "A14", "accepts, then RST at once", onAccept(Steps.rst())),
            Fault.of(
                    "reset-after-accept",
                    "A14",
                    "accepts, then RST a moment later",
                    onAccept(Steps.pause(Pace::pause), Steps.rst())),
            Fault.of(
                    "tls-expected",
                    "C2",
                    "expects TLS: answers plain text with an alert and FIN",
                    onFirstBytes(Steps.send(TLS_ALERT), Steps.fin())),
            Fault.of(
                    "tls-expected-says-400",
                    "C2",
                    "expects TLS: answers plain text with a 400 that says so, as nginx does",
                    onRequest(Steps.send("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Length: 45\r\n"
                            + "Connection: close\r\n\r\nThe plain HTTP request was sent to HTTPS port"))),
            Fault.of(
                    "http2-expected",
                    "H8",
                    "expects HTTP/2: answers HTTP/1.1 with SETTINGS, GOAWAY and FIN",
                    onFirstBytes(Steps.send(SETTINGS + GOAWAY), Steps.fin())));

    private ConnectFaults() {}
}
