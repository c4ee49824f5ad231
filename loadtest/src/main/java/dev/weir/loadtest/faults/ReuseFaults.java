package dev.weir.loadtest.faults;

import static dev.weir.loadtest.faults.Script.onFirstBytes;
import static dev.weir.loadtest.faults.Script.onRequest;
import static dev.weir.loadtest.faults.Steps.fin;
import static dev.weir.loadtest.faults.Steps.ifIdle;
import static dev.weir.loadtest.faults.Steps.rst;
import static dev.weir.loadtest.faults.Steps.sendWell;

import java.io.IOException;
import java.util.List;

/** Group G: connections that are used again. */
final class ReuseFaults {
    private static final int REQUESTS = 5;

    static final List<Fault> ALL = List.of(
            Fault.of(
                    "idle-close",
                    "G1",
                    "FIN on connections that were idle for 1 s; nothing announces it",
                    onRequest(sendWell(), ifIdle(fin()))),
            Fault.of(
                    "idle-reset",
                    "G1",
                    "RST on connections that were idle for 1 s; nothing announces it",
                    onRequest(sendWell(), ifIdle(rst()))),
            Fault.of(
                    "idle-close-announced",
                    "G1",
                    "FIN on connections that were idle for 1 s, as Keep-Alive: timeout=1 has announced",
                    onRequest(sendWell("Keep-Alive: timeout=1\r\n"), ifIdle(fin()))),
            Fault.of(
                    "close-on-second-request",
                    "G1",
                    "FIN when the first bytes of a connection's second request come",
                    onFirstBytes(fin()).fromRequest(2)),
            Fault.of(
                    "reset-on-second-request",
                    "G1",
                    "RST when the first bytes of a connection's second request come",
                    onFirstBytes(rst()).fromRequest(2)),
            Fault.of(
                    "close-after-response",
                    "G2",
                    "FIN behind each response, without Connection: close",
                    onRequest(sendWell(), fin())),
            Fault.of(
                    "half-close-after-response",
                    "G2",
                    "FIN behind each response, without Connection: close; further requests are read and not answered",
                    onRequest(sendWell(), Steps.halfClose(), Steps.hold())),
            Fault.of(
                    "close-after-5-requests",
                    "G2",
                    "FIN behind the fifth response of a connection, without Connection: close",
                    onRequest(sendWell(), fin()).fromRequest(REQUESTS)),
            Fault.of(
                    "reset-after-connection-close",
                    "G4",
                    "says Connection: close, leaves the connection open, and RST on a second request",
                    onRequest(ReuseFaults::closeInWordsOnly)));

    private ReuseFaults() {}

    private static void closeInWordsOnly(Exchange exchange) throws IOException {
        (exchange.number() == 1 ? sendWell("Connection: close\r\n") : rst()).run(exchange);
    }
}
