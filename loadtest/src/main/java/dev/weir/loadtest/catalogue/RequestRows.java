package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.answers;
import static dev.weir.loadtest.catalogue.Expected.fails;

import dev.weir.loadtest.catalogue.Expected.Retry;
import java.util.List;

/** Group D: while the request is written. */
final class RequestRows {
    private static final int MB = 1024 * 1024;
    private static final Request LARGE_POST = Request.upload("POST", 8 * MB);
    private static final Request LARGE_PUT = Request.upload("PUT", 3 * MB);
    private static final Request LARGE_HEAD = Request.GET.with("Cookie: session=" + "c".repeat(5200));
    private static final Request LARGE_HEAD_POST = Request.POST.with("Cookie: session=" + "c".repeat(5200));

    static final List<Row> ALL = List.of(
            Row.of(
                    "D1",
                    "The backend answers early and closes while the body is still being sent",
                    early("early-413-lingering"),
                    early("early-413-close"),
                    early("early-413-reset")),
            Row.of(
                    "D1b",
                    "The same, done by the balancer to its client",
                    Case.of(
                            "own-413",
                            "8 MB for a listener that takes 64 KB",
                            FaultCast.of("healthy"),
                            RequestPlays::ownEarlyAnswer)),
            Row.of(
                    "D2",
                    "The backend stops reading",
                    Case.fault(
                                    "stops-reading",
                                    fails("connection_write_timeout", Retry.NEVER)
                                            .saying("stopped reading"))
                            .asking(LARGE_POST, LARGE_POST)),
            Row.of(
                    "D3",
                    "The request's head is too large for the backend",
                    Case.of(
                                    "large-head-reset",
                                    FaultCast.describe("large-head-reset"),
                                    FaultCast.of(
                                            "large-head-reset",
                                            settings -> settings,
                                            List.of("connections: { idle: 1ms }")), // else it might be the idling
                                    RequestPlays::largeHead)
                            .expecting(fails("connection_terminated", Retry.R1)
                                    .refusedFor("same_everywhere")
                                    .sparing()
                                    .saying("head of [\\d.]+ ?KB.*Cookie"))
                            .asking(LARGE_HEAD, LARGE_HEAD_POST)
                            .withPeers()
                            .differing(
                                    "the request is tried once more where it may be: a backend that resets a request says"
                                            + " the same whether the head was too large or it has crashed. If another one does the"
                                            + " same, that is the end of it"),
                    Case.fault("large-head-431", answers(431)).asking(LARGE_HEAD, LARGE_HEAD_POST)),
            Row.of(
                    "D4",
                    "Expect: 100-continue is mishandled",
                    Case.of(
                            "ignores-expect",
                            FaultCast.describe("ignores-expect"),
                            FaultCast.of("ignores-expect"),
                            RequestPlays::expectation),
                    Case.fault("rejects-expect", answers(417))
                            .asking(
                                    Request.upload("PUT", 2048).with("Expect: 100-continue"),
                                    Request.upload("POST", 2048).with("Expect: 100-continue"))),
            Row.of(
                    "D5",
                    "The body was sent already and cannot be sent again",
                    Case.of(
                                    "reset-before-response",
                                    "PUT of 3 MB, then RST",
                                    FaultCast.of("reset-before-response"),
                                    RequestPlays::bodyNotKept)
                            .asking(LARGE_PUT, Request.upload("PUT", 16 * 1024))
                            .expecting(fails("connection_terminated", Retry.NEVER)
                                    .refusedFor("body_not_kept")
                                    .saying("body"))),
            Row.of(
                    "D6",
                    "The proxy changes the framing of requests",
                    Case.fault("rejects-chunked-get", answers(200)),
                    Case.fault("rejects-chunked", answers(200)).asking(Request.upload("PUT", 70_000), Request.POST)),
            Row.of(
                    "D7",
                    "The backend expects the PROXY protocol",
                    Case.fault(
                            "proxy-protocol-expected",
                            fails("connection_terminated", Retry.R1).saying("PROXY protocol"))));

    private RequestRows() {}

    private static Case early(String fault) {
        return Case.fault(fault, answers(413)).asking(LARGE_POST, LARGE_POST);
    }
}
