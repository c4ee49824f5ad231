package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.answers;
import static dev.weir.loadtest.catalogue.Expected.fails;

import dev.weir.loadtest.catalogue.Expected.Retry;
import java.time.Duration;
import java.util.List;

/** Group E: the head of the response. */
final class HeadRows {
    private static final String PROTOCOL = "http_protocol_error";

    static final List<Row> ALL = List.of(
            Row.of(
                    "E1",
                    "FIN before any byte of a response",
                    Case.fault(
                            "close-before-response",
                            fails("connection_terminated", Retry.R1).saying("crash"))),
            Row.of(
                    "E2",
                    "RST before any byte of a response",
                    Case.fault(
                            "reset-before-response",
                            fails("connection_terminated", Retry.R1).saying("crash"))),
            Row.of(
                    "E3",
                    "A part of the head, then the end",
                    cutHead("head-cut-fin"),
                    cutHead("head-cut-reset"),
                    cutHead("status-line-cut")),
            Row.of(
                    "E4",
                    "No response in time",
                    late("no-response", "did not (start )?answer"),
                    Case.fault(
                                    "slow-response",
                                    fails("http_response_timeout", Retry.R1).saying("did not (start )?answer"))
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
                            .expecting(fails("http_response_timeout", Retry.R1).saying("did not (start )?answer"))
                            .at(Case.Moment.UNDISTURBED)),
            Row.of(
                    "E5",
                    "The head drips",
                    Case.fault(
                            "head-drips",
                            fails("http_response_timeout", Retry.R2).saying("(bytes|B)(/s| a second)")),
                    Case.fault(
                            "head-stalls",
                            fails("http_response_timeout", Retry.R2).saying("came in|a second"))),
            Row.of(
                    "E6",
                    "Not HTTP at all",
                    unasked("ssh-banner", "SSH-2\\.0"),
                    unasked("smtp-banner", "220 mail"),
                    notHttp("http-0-9", "<html>"),
                    notHttp("protocol-misspelt", "HTP/1\\.1"),
                    notHttp("version-2-0", "HTTP/2\\.0"),
                    notHttp("binary-garbage", "\\\\x"),
                    notHttp("status-not-a-number", "abc")),
            Row.of(
                    "E7",
                    "A status out of range",
                    notHttp("status-2000", "2000").differing(ejection()),
                    notHttp("status-099", "99"),
                    notHttp("status-600", "600")),
            Row.of(
                    "E8",
                    "A head that is too large, or has too many fields",
                    Case.fault("head-9k", answers(200)),
                    Case.fault("fields-300", answers(200)),
                    Case.fault(
                            "head-128k",
                            fails("http_response_header_section_size", Retry.NEVER)
                                    .refusedFor("same_everywhere")
                                    .sparing()
                                    .saying("64(\\.0)? KB.*limits\\.response-head"))),
            Row.of(
                    "E9",
                    "Transfer-Encoding: chunked, twice",
                    Case.fault("chunked-twice", answers(200)).differing(noStrictMode())),
            Row.of(
                    "E10",
                    "Content-Length and Transfer-Encoding",
                    Case.fault("length-and-chunked", answers(200)).differing(noStrictMode())),
            Row.of(
                    "E11",
                    "Content-Length that is wrong or repeated",
                    Case.fault("lengths-equal", answers(200)),
                    Case.fault("length-list", answers(200)),
                    notHttp("lengths-differ", "2.*3|two different"),
                    notHttp("length-negative", "-5|Content-Length"),
                    notHttp("length-not-a-number", "2x|Content-Length"),
                    notHttp("length-overflow", "18446744073709551618|Content-Length")),
            Row.of(
                    "E12",
                    "Invalid names of fields",
                    Case.fault("name-with-space", answers(200)),
                    Case.fault("space-before-colon", answers(200)),
                    notHttp("no-colon", "colon")
                            .differing(
                                    "nginx passes the rest on, and HAProxy refuses, as here: the parser stops at a word"
                                            + " without a colon, and nothing behind it could be trusted more. It is rarely a"
                                            + " field gone wrong, and mostly the second half of a value with a line break in"
                                            + " it: who can do that can write fields, and end the head (response splitting)"),
                    Case.fault("empty-name", answers(200))),
            Row.of(
                    "E13",
                    "NUL and control characters in values",
                    Case.fault("nul-in-value", answers(200)),
                    Case.fault("control-in-value", answers(200))),
            Row.of(
                    "E14",
                    "Bare LF, folded fields",
                    notHttp("bare-lf", "LF.*http"),
                    notHttp("bare-lf-allowed", "bare-lf", "http: { lenient-line-ends: true }"),
                    Case.fault("folded-field", answers(200))),
            Row.of(
                    "E15",
                    "A response that nobody asked for",
                    Case.fault(
                                    "unasked-408-on-accept",
                                    fails("connection_terminated", Retry.R0).saying("sent 408 and closed the new"))
                            .withPeers(),
                    Case.of(
                                    "unasked-408-when-idle",
                                    FaultCast.describe("unasked-408-when-idle"),
                                    FaultCast.of("unasked-408-when-idle"),
                                    ReusePlays::unaskedWhenIdle)
                            .withPeers(),
                    Case.of(
                                    "unasked-200-when-idle",
                                    FaultCast.describe("unasked-200-when-idle"),
                                    FaultCast.of("unasked-200-when-idle"),
                                    ReusePlays::unaskedWhenIdle)
                            .withPeers()),
            Row.of(
                    "E16",
                    "Interim responses",
                    Case.fault("interim-100", answers(200)),
                    Case.fault("interim-102", answers(200)),
                    Case.fault("interim-103-twice", answers(200)),
                    Case.fault("interim-flood", fails(PROTOCOL, Retry.R2).saying("interim"))),
            Row.of("E17", "101 that nobody asked for", switched("unasked-101"), switched("unasked-101-websocket")),
            Row.of(
                    "E18",
                    "The backend itself answers 502, 503 or 504",
                    relayed("answers-502", 502),
                    relayed("answers-503", 503),
                    relayed("answers-503-retry-after", 503),
                    relayed("answers-504", 504)));

    private HeadRows() {}

    private static Case cutHead(String fault) {
        return Case.fault(fault, fails("http_response_incomplete", Retry.R2).saying("died|hung up|crash"));
    }

    private static Case late(String fault, String says) {
        return Case.fault(fault, fails("http_response_timeout", Retry.R1).saying(says))
                .differing(lateness());
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

    private static Case notHttp(String fault, String says) {
        return Case.fault(fault, fails(PROTOCOL, Retry.R2).saying(says));
    }

    /** The same fault, and an option of the pool that allows it. */
    private static Case notHttp(String name, String fault, String option) {
        return new Case(
                name,
                FaultCast.describe(fault) + "; allowed by `" + option + "`",
                false,
                Case.Moment.TOGETHER,
                FaultCast.of(fault, settings -> settings, List.of(option)),
                Standard::play,
                answers(200),
                Request.GET,
                Request.POST,
                Case.Peering.NONE,
                null);
    }

    /** Its bytes may come before the request has gone out, and then that can go elsewhere whatever it is. */
    private static Case unasked(String fault, String says) {
        return Case.fault(fault, fails(PROTOCOL, Retry.R0_OR_R1).saying(says));
    }

    private static Case switched(String fault) {
        return Case.fault(
                fault, fails("http_upgrade_failed", Retry.R2).sparing().saying("101|switched"));
    }

    private static Case relayed(String fault, int status) {
        return Case.fault(fault, answers(status).saying("itself"));
    }

    static Duration moment() {
        return Duration.ofMillis(400);
    }
}
