package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.answers;
import static dev.weir.loadtest.catalogue.Expected.fails;
import static dev.weir.loadtest.catalogue.Expected.failsHere;

import dev.weir.loadtest.catalogue.Expected.Retry;
import dev.weir.loadtest.catalogue.Expected.Side;
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
                                    RequestPlays::ownEarlyAnswer)
                            .expecting(failsHere(413, "http_request_error", Retry.R0)
                                    .blaming(Side.CLIENT)
                                    .saying("the body is longer than 65536 bytes"))),
            Row.of(
                    "D2",
                    "The backend stops reading",
                    Case.fault(
                                    "stops-reading",
                                    fails("connection_write_timeout", Retry.R1)
                                            .refusedFor("not_idempotent")
                                            .saying("took [\\d.]+ MB of POST /, then stopped reading for .*"
                                                    + "Look for a stuck handler or a full disk on"))
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
                                    .saying(
                                            "hung up within .* on a request with a head of 5\\.\\d KB, of which Cookie 5\\.\\d KB.*"
                                                    + "raise the limit for request heads of"))
                            .asking(LARGE_HEAD, LARGE_HEAD_POST)
                            .withPeers()
                            .differing(
                                    "the request is tried once more where it may be: a backend that resets a request says"
                                            + " the same whether the head was too large or it has crashed. If another one does the"
                                            + " same, that is the end of it"),
                    Case.fault("large-head-431", answers(Wanted.of(431, ""))).asking(LARGE_HEAD, LARGE_HEAD_POST)),
            Row.of(
                    "D4",
                    "Expect: 100-continue is mishandled",
                    Case.of(
                            "ignores-expect",
                            FaultCast.describe("ignores-expect"),
                            FaultCast.of("ignores-expect"),
                            RequestPlays::expectation),
                    Case.fault("rejects-expect", answers(Wanted.of(417, "").with("Connection: close")))
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
                            .expecting(fails("connection_terminated", Retry.R1)
                                    .refusedFor("body_not_kept")
                                    .saying(HungUp.FINDING
                                            + ".*of the request's body 3 MB were sent already, and 64 KB are"
                                            + " kept \\(retry\\.buffer\\)"))),
            Row.of(
                    "D6",
                    "The proxy changes the framing of requests",
                    Case.fault("rejects-chunked-get", answers(Wanted.greeting("rejects-chunked-get"))),
                    Case.fault("rejects-chunked", answers(Wanted.greeting("rejects-chunked")))
                            .asking(Request.upload("PUT", 70_000), Request.POST)),
            Row.of(
                    "D7",
                    "The backend expects the PROXY protocol",
                    Case.fault(
                            "proxy-protocol-expected",
                            fails("connection_terminated", Retry.R1).saying(HungUp.FINDING_AND_REMEDY))));

    private RequestRows() {}

    private static Case early(String fault) {
        return Case.fault(fault, answers(Wanted.of(413, "too large\n"))).asking(LARGE_POST, LARGE_POST);
    }
}
