package dev.weir.loadtest.faults;

import static dev.weir.loadtest.faults.Script.onAccept;
import static dev.weir.loadtest.faults.Script.onHead;
import static dev.weir.loadtest.faults.Script.onRequest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Group D: while the request is written. */
final class RequestFaults {
    private static final int SMALL_HEAD = 4096;
    private static final String EARLY_413 =
            "HTTP/1.1 413 Content Too Large\r\nContent-Length: 10\r\nConnection: close\r\n\r\ntoo large\n";

    /** Of version 2 of the PROXY protocol, section 2.2. */
    private static final String PROXY_SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";

    static final List<Fault> ALL = List.of(
            Fault.of(
                    "early-413-reset",
                    "D1",
                    "a request with a body: 413 before the body is read, then RST",
                    onHead(Steps.send(EARLY_413), Steps.rst()).where(RequestFaults::hasBody)),
            Fault.of(
                    "early-413-close",
                    "D1",
                    "a request with a body: 413 before the body is read, then close, which is RST once more comes",
                    onHead(Steps.send(EARLY_413), Steps.close()).where(RequestFaults::hasBody)),
            Fault.of(
                    "early-413-lingering",
                    "D1",
                    "a request with a body: 413 before the body is read, then FIN; the rest is read and thrown away",
                    onHead(Steps.send(EARLY_413), Steps.fin()).where(RequestFaults::hasBody)),
            Fault.of(
                    "stops-reading",
                    "D2",
                    "reads the head of a request with a body, then nothing more",
                    onHead(Steps.stopReading()).where(RequestFaults::hasBody)),
            Fault.of(
                    "large-head-reset",
                    "D3",
                    "RST if the request's head has more than 4 KB",
                    onHead(Steps.rst()).where(RequestFaults::hasLargeHead)),
            Fault.of(
                    "large-head-431",
                    "D3",
                    "431 and FIN if the request's head has more than 4 KB",
                    onHead(Steps.send(refusal("431 Request Header Fields Too Large")), Steps.fin())
                            .where(RequestFaults::hasLargeHead)),
            Fault.of(
                    "ignores-expect",
                    "D4",
                    "never sends 100: waits for the body, whether or not the client waits for leave to send it",
                    onHead(Steps.readBody(), Steps.sendWell()).where(RequestFaults::expectsContinue)),
            Fault.of(
                    "rejects-expect",
                    "D4",
                    "417 to Expect: 100-continue",
                    onHead(Steps.send(refusal("417 Expectation Failed")), Steps.fin())
                            .where(RequestFaults::expectsContinue)),
            Fault.of(
                    "rejects-chunked-get",
                    "D6",
                    "400 to GET or HEAD with Transfer-Encoding",
                    onHead(Steps.send(refusal("400 Bad Request")), Steps.fin()).where(RequestFaults::isChunkedGet)),
            Fault.of(
                    "rejects-chunked",
                    "D6",
                    "411 to every request with Transfer-Encoding",
                    onHead(Steps.send(refusal("411 Length Required")), Steps.fin())
                            .where(RequestFaults::isChunked)),
            Fault.of(
                    "proxy-protocol-expected",
                    "D7",
                    "expects the PROXY protocol, version 2: RST after the first 12 bytes of anything else",
                    onAccept(RequestFaults::readProxyHeader)),
            Fault.of(
                    "misdirected",
                    "L5",
                    "421 to requests for another host than its own address",
                    onHead(Steps.send(refusal("421 Misdirected Request")), Steps.fin())
                            .where(RequestFaults::isForAnother)),
            Fault.of(
                    "answers-at-end-of-input",
                    "L3",
                    "answers once the other side has sent FIN",
                    onRequest(Steps.awaitEnd(), Steps.sendWell("Connection: close\r\n"), Steps.fin())));

    private RequestFaults() {}

    private static String refusal(String status) {
        return "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    }

    private static boolean isChunked(Exchange exchange) {
        return !exchange.request().values("transfer-encoding").isEmpty();
    }

    private static boolean isChunkedGet(Exchange exchange) {
        return isChunked(exchange)
                && List.of("GET", "HEAD").contains(exchange.request().method());
    }

    private static boolean hasBody(Exchange exchange) {
        return isChunked(exchange)
                || exchange.request().values("content-length").stream().anyMatch(length -> !length.equals("0"));
    }

    private static boolean expectsContinue(Exchange exchange) {
        return !exchange.request().values("expect").isEmpty();
    }

    private static boolean hasLargeHead(Exchange exchange) {
        return exchange.request().length() > SMALL_HEAD;
    }

    private static boolean isForAnother(Exchange exchange) {
        String own = exchange.server().host() + ":" + exchange.server().port();
        return !exchange.request().values("host").contains(own);
    }

    private static void readProxyHeader(Exchange exchange) throws IOException {
        Wire wire = exchange.wire();
        String signature = new String(wire.read(PROXY_SIGNATURE.length()), StandardCharsets.ISO_8859_1);
        if (!signature.equals(PROXY_SIGNATURE)) {
            wire.reset();
            return;
        }
        byte[] rest = wire.read(4); // version and command, family, length of the addresses
        if (rest.length < 4 || !wire.skip((rest[2] & 0xff) << 8 | (rest[3] & 0xff))) {
            wire.reset();
        }
    }
}
