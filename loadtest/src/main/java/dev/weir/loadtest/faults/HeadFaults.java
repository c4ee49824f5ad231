package dev.weir.loadtest.faults;

import static dev.weir.loadtest.faults.Script.onAccept;
import static dev.weir.loadtest.faults.Script.onRequest;
import static dev.weir.loadtest.faults.Steps.fin;
import static dev.weir.loadtest.faults.Steps.hold;
import static dev.weir.loadtest.faults.Steps.pause;
import static dev.weir.loadtest.faults.Steps.rst;
import static dev.weir.loadtest.faults.Steps.send;
import static dev.weir.loadtest.faults.Steps.sendWell;

import dev.weir.loadtest.faults.Settings.Pace;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Group E: the head of the response. */
final class HeadFaults {
    private static final String UNASKED_408 =
            "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    static final List<Fault> ALL = List.of(
            Fault.of("close-before-response", "E1", "reads the request, then FIN without a byte", onRequest(fin())),
            Fault.of("reset-before-response", "E2", "reads the request, then RST without a byte", onRequest(rst())),
            raw("head-cut-fin", "E3", "part of a head, then FIN", "HTTP/1.1 200 OK\r\nContent-Le", fin()),
            raw("head-cut-reset", "E3", "part of a head, then RST", "HTTP/1.1 200 OK\r\nContent-Le", rst()),
            raw("head-stalls", "E3", "part of a head, then nothing", "HTTP/1.1 200 OK\r\nContent-Le", hold()),
            raw("status-line-cut", "E3", "part of the status line, then FIN", "HTTP/1.", fin()),
            Fault.of("no-response", "E4", "reads the request and never answers", onRequest(hold())),
            Fault.of("slow-response", "E4", "a good answer, but late", onRequest(pause(Pace::slow), sendWell())),
            Fault.of(
                    "head-drips",
                    "E5",
                    "a head that comes byte by byte and never ends",
                    onRequest(Steps.drip("HTTP/1.1 200 OK\r\nX-Slow: " + "z".repeat(100_000)))),
            Fault.of("ssh-banner", "E6", "greets as an SSH server", onAccept(send("SSH-2.0-OpenSSH_9.2\r\n"), hold())),
            Fault.of(
                    "smtp-banner",
                    "E6",
                    "greets as a mail server",
                    onAccept(send("220 mail.example ESMTP\r\n"), hold())),
            raw("http-0-9", "E6", "a body without a head, then FIN", "<html>hello</html>\n", fin()),
            raw("protocol-misspelt", "E6", "HTP/1.1 for HTTP/1.1", "HTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
            raw("version-2-0", "E6", "HTTP/2.0 in a status line", "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
            raw(
                    "binary-garbage",
                    "E6",
                    "bytes that are no text, then FIN",
                    "\0\u0001\u0002\u00ff\u00fe\u0080\n\n",
                    fin()),
            raw("status-not-a-number", "E6", "status abc", "HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\nok"),
            raw("status-2000", "E7", "status 2000", "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok"),
            raw("status-099", "E7", "status 099", "HTTP/1.1 099 Low\r\nContent-Length: 2\r\n\r\nok"),
            raw("status-600", "E7", "status 600", "HTTP/1.1 600 High\r\nContent-Length: 2\r\n\r\nok"),
            good("head-9k", "E8", "one field of 9 KB: large, but common", "X-Large: " + "x".repeat(9 * 1024) + "\r\n"),
            good("head-128k", "E8", "one field of 128 KB", "X-Large: " + "x".repeat(128 * 1024) + "\r\n"),
            good("fields-300", "E8", "300 fields", manyFields()),
            raw(
                    "chunked-twice",
                    "E9",
                    "Transfer-Encoding: chunked, twice",
                    "HTTP/1.1 200 OK\r\n" + "Transfer-Encoding: chunked\r\n".repeat(2) + "\r\n2\r\nok\r\n0\r\n\r\n"),
            raw(
                    "length-and-chunked",
                    "E10",
                    "Content-Length and Transfer-Encoding",
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
            raw("lengths-differ", "E11", "Content-Length 2 and 3", lengths("2", "3")),
            raw("lengths-equal", "E11", "Content-Length 2, twice", lengths("2", "2")),
            raw("length-list", "E11", "Content-Length: 2, 2", lengths("2, 2")),
            raw("length-negative", "E11", "Content-Length: -5", lengths("-5")),
            raw("length-not-a-number", "E11", "Content-Length: 2x", lengths("2x")),
            raw(
                    "length-overflow",
                    "E11",
                    "Content-Length: 18446744073709551618, which is 2 in 64 bits",
                    lengths("18446744073709551618")),
            good("name-with-space", "E12", "a blank within a field's name", "Bad Name: x\r\n"),
            good("space-before-colon", "E12", "a blank before the colon", "Bad : x\r\n"),
            good("no-colon", "E12", "a field without a colon", "Bad\r\n"),
            good("empty-name", "E12", "a field without a name", ": x\r\n"),
            good("nul-in-value", "E13", "NUL in a field's value", "X-N: a\0b\r\n"),
            good("control-in-value", "E13", "the octet 0x01 in a field's value", "X-N: a\u0001b\r\n"),
            raw("bare-lf", "E14", "lines end with LF alone", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
            good("folded-field", "E14", "a field that is continued on the next line", "X-Folded: a\r\n b\r\n"),
            Fault.of(
                    "unasked-408-on-accept",
                    "E15",
                    "408 and FIN before a request has come",
                    onAccept(send(UNASKED_408), fin())),
            Fault.of(
                    "unasked-408-when-idle",
                    "E15",
                    "a good answer; a moment later, unasked, 408 and FIN",
                    onRequest(sendWell(), pause(Pace::pause), send(UNASKED_408), fin())),
            Fault.of(
                    "unasked-200-when-idle",
                    "E15",
                    "a good answer; a moment later, unasked, another one",
                    onRequest(
                            sendWell(),
                            pause(Pace::pause),
                            send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"))),
            Fault.of("interim-100", "E16", "an unasked 100 first", onRequest(interim("100 Continue", 1), sendWell())),
            Fault.of("interim-102", "E16", "102 first", onRequest(interim("102 Processing", 1), sendWell())),
            Fault.of(
                    "interim-103-twice",
                    "E16",
                    "103 twice first",
                    onRequest(interim("103 Early Hints\r\nLink: </style.css>; rel=preload", 2), sendWell())),
            Fault.of(
                    "interim-flood",
                    "E16",
                    "1000 times 102 first",
                    onRequest(interim("102 Processing", 1000), sendWell())),
            raw("unasked-101", "E17", "101 without an upgrade", "HTTP/1.1 101 Switching Protocols\r\n\r\n"),
            raw(
                    "unasked-101-websocket",
                    "E17",
                    "101 with Upgrade, though nobody asked for one",
                    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"),
            answers("answers-502", "502 Bad Gateway", ""),
            answers("answers-503", "503 Service Unavailable", ""),
            answers("answers-503-retry-after", "503 Service Unavailable", "Retry-After: 7\r\n"),
            answers("answers-504", "504 Gateway Timeout", ""));

    private HeadFaults() {}

    private static Fault raw(String id, String row, String description, String bytes) {
        return Fault.of(id, row, description, onRequest(send(bytes)));
    }

    private static Fault raw(String id, String row, String description, String bytes, Step end) {
        return Fault.of(id, row, description, onRequest(send(bytes), end));
    }

    /** A good answer but for these lines. */
    private static Fault good(String id, String row, String description, String lines) {
        return Fault.of(id, row, description, onRequest(sendWell(lines)));
    }

    private static Step interim(String head, int times) {
        return send(("HTTP/1.1 " + head + "\r\n\r\n").repeat(times));
    }

    private static Fault answers(String id, String status, String fields) {
        return raw(
                id,
                "E18",
                "a correct " + status + " of its own" + (fields.isEmpty() ? "" : ", with " + fields.strip()),
                "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: 4\r\n\r\nown\n");
    }

    private static String lengths(String... values) {
        return IntStream.range(0, values.length)
                .mapToObj(i -> "Content-Length: " + values[i] + "\r\n")
                .collect(Collectors.joining("", "HTTP/1.1 200 OK\r\n", "\r\nok"));
    }

    private static String manyFields() {
        return IntStream.range(0, 300).mapToObj(i -> "X-" + i + ": x\r\n").collect(Collectors.joining());
    }
}
