package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.answers;
import static dev.weir.loadtest.catalogue.Expected.fails;

import dev.weir.loadtest.catalogue.Expected.Retry;
import java.util.List;

/** Group E: the head of the response. */
final class HeadRows {
    private static final String PROTOCOL = "http_protocol_error";
    private static final Wanted OK = Wanted.of(200, "ok");

    private static final String LATE = "did not start answering GET %s in [\\d.]+ m?s; \\d+ requests? in flight there.*"
            + "timeouts\\.response-head grants more time";
    private static final String SLOW_HEAD =
            "did not end its response's head: \\d+ bytes came in [\\d.]+ m?s \\(\\d+ bytes/s\\).*"
                    + "Look for an overloaded or stuck process on";

    static final List<Row> ALL = List.of(
            Row.of(
                    "E1",
                    "FIN before any byte of a response",
                    Case.fault(
                            "close-before-response",
                            fails("connection_terminated", Retry.R1).saying(HungUp.FINDING_AND_REMEDY))),
            Row.of(
                    "E2",
                    "RST before any byte of a response",
                    Case.fault(
                            "reset-before-response",
                            fails("connection_terminated", Retry.R1).saying(HungUp.FINDING_AND_REMEDY))),
            Row.of(
                    "E3",
                    "A part of the head, then the end",
                    cutHead("head-cut-fin", 27),
                    cutHead("head-cut-reset", 27),
                    cutHead("status-line-cut", 7)),
            Row.of(
                    "E4",
                    "No response in time",
                    Case.fault(
                                    "no-response",
                                    fails("http_response_timeout", Retry.R1).saying(LATE.formatted("/")))
                            .differing(lateness()),
                    Case.fault(
                                    "slow-response",
                                    fails("http_response_timeout", Retry.R1).saying(LATE.formatted("/")))
                            .differing(lateness()),
                    Case.of(
                                    "slow-route",
                                    "12 requests at a time for a route that is not answered, while others are, and 5"
                                            + " failures in a row eject",
                                    WorkerCast.of(
                                            2,
                                            100,
                                            "health: { passive: { consecutive-failures: 5, base-ejection: 60s } }",
                                            "retry: { attempts: 1 }",
                                            "timeouts: { connect: 1s, response-head: 2s, body-idle: 1s, queue: 300ms }"),
                                    WorkerPlays::slowRoute)
                            .expecting(fails("http_response_timeout", Retry.R1)
                                    .sparing()
                                    .saying(LATE.formatted("/slow")))
                            .at(Case.Moment.UNDISTURBED)),
            Row.of(
                    "E5",
                    "The head drips",
                    Case.fault(
                            "head-drips",
                            fails("http_response_timeout", Retry.R2).saying(SLOW_HEAD)),
                    Case.fault(
                            "head-stalls",
                            fails("http_response_timeout", Retry.R2).saying(SLOW_HEAD))),
            Row.of(
                    "E6",
                    "Not HTTP at all",
                    unasked("ssh-banner", "SSH-2\\.0-OpenSSH_9\\.2"),
                    unasked("smtp-banner", "220 mail\\.example ESMTP"),
                    noServer("http-0-9", "<html>hello</html>"),
                    noServer("protocol-misspelt", "HTP/1\\.1 200 OK"),
                    invalid("version-2-0", "is not valid HTTP \\(version HTTP/2\\.0\\)"),
                    noServer("binary-garbage", "\\\\x00\\\\x01\\\\x02\\\\xff\\\\xfe\\\\x80"),
                    invalid("status-not-a-number", "sent status abc; there are only 100 to 599")),
            Row.of(
                    "E7",
                    "A status out of range",
                    invalid("status-2000", "sent status 2000; there are only 100 to 599")
                            .differing(ejection()),
                    invalid("status-099", "sent status 099; there are only 100 to 599"),
                    invalid("status-600", "sent status 600; there are only 100 to 599")),
            Row.of(
                    "E8",
                    "A head that is too large, or has too many fields",
                    good("head-9k", "X-Large: " + "x".repeat(9 * 1024)),
                    Case.fault("fields-300", answers(fields300())),
                    Case.fault(
                            "head-128k",
                            fails("http_response_header_section_size", Retry.R2)
                                    .refusedFor("same_everywhere")
                                    .sparing()
                                    .saying(
                                            "response to GET / has too large a head: .* more than the 64 KB that limits\\.response-head"
                                                    + " allows; the largest field is X-Large.*raise pools\\.e8-head-128k-alone\\.limits\\.response-head"))),
            Row.of(
                    "E9",
                    "Transfer-Encoding: chunked, twice",
                    tolerated("chunked-twice", Wanted.chunked("ok"), "duplicate_transfer_encoding")
                            .differing(noStrictMode())),
            Row.of(
                    "E10",
                    "Content-Length and Transfer-Encoding",
                    tolerated("length-and-chunked", Wanted.chunked("ok"), "length_and_chunks")
                            .differing(noStrictMode())),
            Row.of(
                    "E11",
                    "Content-Length that is wrong or repeated",
                    tolerated("lengths-equal", OK, "duplicate_content_length"),
                    tolerated("length-list", OK, "duplicate_content_length"),
                    wrongLength("lengths-differ", "two different values of Content-Length: 2 and 3"),
                    wrongLength("length-negative", "Content-Length value is not a number: -5"),
                    wrongLength("length-not-a-number", "Content-Length value is not a number: 2x"),
                    wrongLength("length-overflow", "Content-Length value is not a number: 18446744073709551618")),
            Row.of(
                    "E12",
                    "Invalid names of fields",
                    tolerated("name-with-space", Wanted.greeting("name-with-space"), "invalid_field_name"),
                    good("space-before-colon", "Bad: x"),
                    invalid(
                                    "no-colon",
                                    "response head is not valid HTTP \\(No colon found\\): .*\\\\r\\\\nBad\\\\r\\\\n")
                            .differing(
                                    "nginx passes the rest on, and HAProxy refuses, as here: the parser stops at a word"
                                            + " without a colon, and nothing behind it could be trusted more. It is rarely a"
                                            + " field gone wrong, and mostly the second half of a value with a line break in"
                                            + " it: who can do that can write fields, and end the head (response splitting)"),
                    tolerated("empty-name", Wanted.greeting("empty-name"), "invalid_field_name")),
            Row.of(
                    "E13",
                    "NUL and control characters in values",
                    tolerated("nul-in-value", Wanted.greeting("nul-in-value"), "invalid_field_value"),
                    tolerated("control-in-value", Wanted.greeting("control-in-value"), "invalid_field_value")),
            Row.of(
                    "E14",
                    "Bare LF, folded fields",
                    Case.fault(
                            "bare-lf",
                            fails(PROTOCOL, Retry.R2)
                                    .saying(
                                            "ends lines with a bare LF, not with CR LF.*set pools\\.e14-bare-lf-alone\\.http\\."
                                                    + "lenient-line-ends: true")),
                    allowed("bare-lf-allowed", "bare-lf", "http: { lenient-line-ends: true }", OK),
                    good("folded-field", "X-Folded: a b")),
            Row.of(
                    "E15",
                    "A response that nobody asked for",
                    Case.fault(
                                    "unasked-408-on-accept",
                                    fails("connection_terminated", Retry.R0)
                                            .saying(
                                                    "sent 408 and closed the new connection, instead of answering GET /\\."
                                                            + ".*Raise the time-outs for idle connections and for request heads on"))
                            .withPeers(),
                    Case.of(
                                    "unasked-408-when-idle",
                                    FaultCast.describe("unasked-408-when-idle"),
                                    FaultCast.of("unasked-408-when-idle"),
                                    ReusePlays::unaskedWhenIdle)
                            .expecting(answers(OK).tolerating("unsolicited_bytes", "surplus_bytes"))
                            .withPeers(),
                    Case.of(
                                    "unasked-200-when-idle",
                                    FaultCast.describe("unasked-200-when-idle"),
                                    FaultCast.of("unasked-200-when-idle"),
                                    ReusePlays::unaskedWhenIdle)
                            .expecting(answers(OK).tolerating("unsolicited_bytes", "surplus_bytes"))
                            .withPeers()),
            Row.of(
                    "E16",
                    "Interim responses",
                    good("interim-100"),
                    good("interim-102"),
                    Case.fault(
                            "interim-103-twice",
                            answers(Wanted.greeting("interim-103-twice").after(103, 103))),
                    Case.fault(
                            "interim-flood",
                            fails(PROTOCOL, Retry.R2)
                                    .saying(
                                            "sent interim responses \\(1xx\\) without end \\(more than 20.*Repair the application"))),
            Row.of("E17", "101 that nobody asked for", switched("unasked-101"), switched("unasked-101-websocket")),
            Row.of(
                    "E18",
                    "The backend itself answers 502, 503 or 504",
                    relayed("answers-502", Wanted.of(502, "own\n")),
                    relayed("answers-503", Wanted.of(503, "own\n")),
                    relayed("answers-503-retry-after", Wanted.of(503, "own\n").with("Retry-After: 7")),
                    relayed("answers-504", Wanted.of(504, "own\n"))));

    private HeadRows() {}

    private static Case cutHead(String fault, int bytes) {
        String says = "died while writing its response's head \\(" + bytes
                + " bytes came.*Look into the log of .* for a crash";
        return Case.fault(fault, fails("http_response_incomplete", Retry.R2).saying(says));
    }

    /** Of which the catalogue says nothing. */
    static String ejection() {
        return "a backend that answers so again and again, with nothing valid in between, is ejected, here and in E11, F3 and F6,"
                + " while one whose head is too large (E8) is not: that answer is good and only longer than is allowed here,"
                + " but whoever breaks the framing is not understood, whatever is asked. A single URL does not do it";
    }

    private static String noStrictMode() {
        return "as the catalogue's default, but without its strict mode: that would only turn an answer that is clear into a"
                + " 502. Whoever wants to know watches `weir_backend_violations_total`";
    }

    private static String lateness() {
        return "a backend is ejected for timeouts in a row, not by a percentile. A timeout does not count if the backend has"
                + " answered anybody since that request was sent, and those of a batch that waits together count once, if it"
                + " was well before: then a percentile would say the same, later. A slow route among others that are"
                + " answered does not eject it, however many wait for it";
    }

    /** @param says the finding; the application is to be repaired */
    private static Case invalid(String fault, String says) {
        String remedy = ".*Repair the application on .*, or what stands in front of it";
        return Case.fault(fault, fails(PROTOCOL, Retry.R2).saying(says + remedy));
    }

    private static Case wrongLength(String fault, String detail) {
        return invalid(fault, "sent a Content-Length that is none, or two different ones \\(" + detail + "\\)");
    }

    private static Case noServer(String fault, String first) {
        return Case.fault(fault, fails(PROTOCOL, Retry.R2).saying(notHttp(first)));
    }

    /** Its bytes may come before the request has gone out, and then that can go elsewhere whatever it is. */
    private static Case unasked(String fault, String first) {
        return Case.fault(fault, fails(PROTOCOL, Retry.R0_OR_R2).saying(notHttp(first)));
    }

    private static String notHttp(String first) {
        return "Port \\d+ of .* answered `" + first + "`: not an HTTP server.*Correct the port \\d+ of";
    }

    /** A good answer, and with it these fields. */
    private static Case good(String fault, String... fields) {
        Wanted wanted = Wanted.greeting(fault);
        for (String field : fields) {
            wanted = wanted.with(field);
        }
        return Case.fault(fault, answers(wanted));
    }

    private static Case tolerated(String fault, Wanted wanted, String violation) {
        return Case.fault(fault, answers(wanted).tolerating(violation));
    }

    private static Wanted fields300() {
        Wanted wanted = Wanted.greeting("fields-300");
        for (int i = 0; i < 300; i++) {
            wanted = wanted.with("X-" + i + ": x");
        }
        return wanted;
    }

    /** The same fault, and an option of the pool that allows it. */
    private static Case allowed(String name, String fault, String option, Wanted wanted) {
        return Case.standard(
                name,
                FaultCast.describe(fault) + "; allowed by `" + option + "`",
                FaultCast.of(fault, settings -> settings, List.of(option)),
                answers(wanted));
    }

    private static Case switched(String fault) {
        return Case.fault(
                fault,
                fails("http_upgrade_failed", Retry.R2)
                        .sparing()
                        .saying("switched protocols \\(101\\) though nobody asked.*Repair the application on"));
    }

    private static Case relayed(String fault, Wanted wanted) {
        String says = "This " + wanted.status() + " was sent by .* itself, not by the balancer.*Look into the log of";
        return Case.fault(fault, answers(wanted).saying(says));
    }
}
