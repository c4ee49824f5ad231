package dev.weir.loadtest.faults;

import static dev.weir.loadtest.faults.Script.onRequest;
import static dev.weir.loadtest.faults.Steps.fin;
import static dev.weir.loadtest.faults.Steps.hold;
import static dev.weir.loadtest.faults.Steps.rst;
import static dev.weir.loadtest.faults.Steps.send;

import java.util.List;
import java.util.function.Predicate;

/** Group F: the body of the response, and what comes behind it. */
final class BodyFaults {
    private static final String OF_100 = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String UNFRAMED = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    private static final String OF_2 = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    private static final String NO_CONTENT = "HTTP/1.1 204 No Content\r\n\r\n";
    private static final String NOT_MODIFIED = "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n";

    private static final String JUNK = "JUNK";
    private static final String FORGED =
            "HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n";
    /** The status line of the next response ends up in its last field, and makes it a whole one. */
    private static final String FORGED_PART =
            "HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\nX-Next: ";

    static final List<Fault> ALL = List.of(
            raw("body-cut-fin", "F1", "7 of 100 bytes, then FIN", OF_100 + "7 bytes", fin()),
            raw("body-cut-reset", "F1", "7 of 100 bytes, then RST", OF_100 + "7 bytes", rst()),
            raw(
                    "large-body-cut-fin",
                    "F1",
                    "1 of 2 MB, then FIN",
                    "HTTP/1.1 200 OK\r\nContent-Length: 2097152\r\n\r\n" + "x".repeat(1024 * 1024),
                    fin()),
            raw("body-missing", "F1", "a head that announces 100 bytes, then FIN", OF_100, fin()),
            raw("body-stalls", "F2", "7 of 100 bytes, then nothing", OF_100 + "7 bytes", hold()),
            raw("chunk-size-invalid", "F3", "chunk size zz", CHUNKED + "zz\r\nok\r\n0\r\n\r\n"),
            raw("chunk-size-invalid-later", "F3", "one good chunk, then chunk size zz", CHUNKED + "2\r\nok\r\nzz\r\n"),
            raw("chunk-without-line-end", "F3", "a chunk longer than its size", CHUNKED + "2\r\nokay\r\n0\r\n\r\n"),
            raw("no-last-chunk-fin", "F4", "one chunk, then FIN", CHUNKED + "2\r\nok\r\n", fin()),
            raw("no-last-chunk-reset", "F4", "one chunk, then RST", CHUNKED + "2\r\nok\r\n", rst()),
            raw("chunk-stalls", "F4", "one chunk, then nothing", CHUNKED + "2\r\nok\r\n", hold()),
            raw("unframed-body", "F5", "a body that ends with the connection: correct, if old", UNFRAMED + "ok", fin()),
            raw(
                    "unframed-body-reset",
                    "F5",
                    "a body that should end with the connection, then RST",
                    UNFRAMED + "ok",
                    rst()),
            raw(
                    "unframed-body-stalls",
                    "F5",
                    "a body that should end with the connection, then nothing",
                    UNFRAMED + "ok",
                    hold()),
            raw(
                    "unknown-coding",
                    "F6",
                    "Transfer-Encoding: foo",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: foo\r\n\r\nok"),
            raw("surplus-after-204", "F7", "204 with 4 bytes behind it", NO_CONTENT + JUNK),
            raw("surplus-after-304", "F7", "304 with 4 bytes behind it", NOT_MODIFIED + JUNK),
            raw("surplus-after-length", "F7", "4 bytes behind the body", OF_2 + "ok" + JUNK),
            raw("surplus-after-chunks", "F7", "4 bytes behind the last chunk", CHUNKED + "2\r\nok\r\n0\r\n\r\n" + JUNK),
            toHead("surplus-after-head", "a body in the answer to HEAD", OF_2 + "ok"),
            raw(
                    "forged-part-after-204",
                    "F7",
                    "204 with an unfinished forged head behind it",
                    NO_CONTENT + FORGED_PART),
            raw(
                    "forged-part-after-304",
                    "F7",
                    "304 with an unfinished forged head behind it",
                    NOT_MODIFIED + FORGED_PART),
            raw(
                    "forged-part-after-length",
                    "F7",
                    "an unfinished forged head behind the body",
                    OF_2 + "ok" + FORGED_PART),
            toHead("forged-part-after-head", "an unfinished forged head in the answer to HEAD", OF_2 + FORGED_PART),
            raw("forged-response-after-204", "F7", "204 with a whole forged response behind it", NO_CONTENT + FORGED),
            raw("forged-response-after-length", "F7", "a whole forged response behind the body", OF_2 + "ok" + FORGED),
            raw(
                    "length-on-204",
                    "F7",
                    "204 with Content-Length: 4 and a body",
                    "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n" + JUNK),
            raw(
                    "chunked-204",
                    "F7",
                    "204 with a chunked body",
                    "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nJUNK\r\n0\r\n\r\n"));

    private BodyFaults() {}

    private static Fault raw(String id, String row, String description, String bytes) {
        return Fault.of(id, row, description, onRequest(send(bytes)));
    }

    private static Fault raw(String id, String row, String description, String bytes, Step end) {
        return Fault.of(id, row, description, onRequest(send(bytes), end));
    }

    private static Fault toHead(String id, String description, String bytes) {
        Predicate<Exchange> isHead = exchange -> exchange.request().method().equals("HEAD");
        return Fault.of(id, "F7", description, onRequest(send(bytes)).where(isHead));
    }
}
