package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.cuts;
import static dev.weir.loadtest.catalogue.Expected.fails;

import dev.weir.loadtest.catalogue.Expected.Retry;
import java.util.List;

/** Group F: the body of the response, and what comes behind it. */
final class BodyRows {
    private static final String INCOMPLETE = "http_response_incomplete";
    private static final String STALLED = "connection_read_timeout";
    private static final String CODING = "http_response_transfer_coding";

    private static final int MB = 1024 * 1024;
    private static final Wanted OK = Wanted.of(200, "ok");
    private static final Wanted CHUNKED = Wanted.chunked("ok");
    private static final Wanted OF_100 = Wanted.of(200, "x".repeat(100));
    private static final Wanted NO_CONTENT = Wanted.bodiless(204);
    private static final Wanted NOT_MODIFIED = Wanted.bodiless(304).with("ETag: \"1\"");

    private static final String PROMISED_100 =
            "promised 100 bytes, sent %d bytes, then hung up.*Look into the log of .* for a crash";
    private static final String BROKEN =
            "chunked encoding is broken behind %d bytes .*Repair the application on .* writes chunks by hand";
    private static final String TRUNCATED =
            "ended a chunked response after 2 bytes without its end mark: it is truncated.*Look into the log of .* for a crash";
    private static final String STUCK = "Look for a stuck handler on .*timeouts\\.body-idle grants more time";

    static final List<Row> ALL = List.of(
            Row.of(
                    "F1",
                    "Closed before Content-Length was reached",
                    Case.fault("body-cut-fin", fails(INCOMPLETE, Retry.R2).saying(PROMISED_100.formatted(7))),
                    Case.fault("body-cut-reset", fails(INCOMPLETE, Retry.R2).saying(PROMISED_100.formatted(7))),
                    Case.fault("body-missing", fails(INCOMPLETE, Retry.R2).saying(PROMISED_100.formatted(0))),
                    Case.fault(
                            "large-body-cut-fin",
                            cuts(INCOMPLETE, Wanted.of(200, "x".repeat(2 * MB)).withBody("x".repeat(MB)))
                                    .saying(
                                            "promised 2 MB, sent 1 MB, then hung up.*Look into the log of .* for a crash"))),
            Row.of(
                    "F2",
                    "The body stalls",
                    Case.fault(
                            "body-stalls",
                            cuts(STALLED, OF_100.withBody("7 bytes"))
                                    .saying("^(?!.*MTU).*stopped sending for .* after 7 of 100 bytes.*" + STUCK))),
            Row.of(
                    "F3",
                    "Chunks that are none",
                    Case.fault("chunk-size-invalid", fails(CODING, Retry.R2).saying(BROKEN.formatted(0))),
                    Case.fault(
                            "chunk-size-invalid-later", fails(CODING, Retry.R2).saying(BROKEN.formatted(2))),
                    Case.fault("chunk-without-line-end", fails(CODING, Retry.R2).saying(BROKEN.formatted(2)))),
            Row.of(
                    "F4",
                    "A chunked body without its last chunk",
                    Case.fault("no-last-chunk-fin", cuts(INCOMPLETE, CHUNKED).saying(TRUNCATED)),
                    Case.fault("no-last-chunk-reset", cuts(INCOMPLETE, CHUNKED).saying(TRUNCATED)),
                    Case.fault(
                            "chunk-stalls",
                            cuts(STALLED, CHUNKED).saying("stopped sending for .* after 2 bytes\\. .*" + STUCK))),
            Row.of(
                    "F5",
                    "A body without a length, cut or stalled",
                    Case.fault("unframed-body", Expected.answers(CHUNKED)),
                    Case.fault(
                            "unframed-body-reset",
                            cuts(INCOMPLETE, CHUNKED)
                                    .saying(
                                            "reset the connection after 2 bytes of a response without a length: it may be"
                                                    + " truncated.*Look into the log of .* for a crash")),
                    Case.fault(
                            "unframed-body-stalls",
                            cuts(STALLED, CHUNKED)
                                    .saying(
                                            "stopped sending for .* after 2 bytes of a response without a length, which the"
                                                    + " balancer then cut.*" + STUCK))),
            Row.of(
                    "F6",
                    "An unknown transfer coding",
                    Case.fault(
                                    "unknown-coding",
                                    fails(CODING, Retry.R2)
                                            .saying(
                                                    "cannot be trusted \\(Transfer-Encoding: foo\\).*let the server set Transfer-Encoding"))
                            .differing(HeadRows.ejection())),
            Row.of(
                    "F7",
                    "Bytes behind a response, which poison the next one",
                    poison("surplus-after-204", Request.GET, NO_CONTENT, "surplus_bytes"),
                    poison("surplus-after-304", Request.GET, NOT_MODIFIED, "surplus_bytes"),
                    poison("surplus-after-length", Request.GET, OK, "surplus_bytes"),
                    poison("surplus-after-chunks", Request.GET, CHUNKED, "surplus_bytes"),
                    poison("surplus-after-head", head(), OK.withBody(""), "surplus_bytes"),
                    poison("forged-part-after-204", Request.GET, NO_CONTENT, "surplus_bytes"),
                    poison("forged-part-after-304", Request.GET, NOT_MODIFIED, "surplus_bytes"),
                    poison("forged-part-after-length", Request.GET, OK, "surplus_bytes"),
                    poison("forged-part-after-head", head(), OK.withBody(""), "surplus_bytes"),
                    poison("forged-response-after-204", Request.GET, NO_CONTENT, "surplus_bytes"),
                    poison("forged-response-after-length", Request.GET, OK, "surplus_bytes"),
                    poison("length-on-204", Request.GET, NO_CONTENT, "forbidden_body", "surplus_bytes"),
                    poison("chunked-204", Request.GET, NO_CONTENT, "forbidden_body", "surplus_bytes")),
            Row.of(
                    "F8",
                    "Small packets pass, large ones vanish (MTU)",
                    Case.of(
                                    "large-packets-vanish",
                                    "the router drops packets of the backend above 1000 bytes (iptables)",
                                    BodyCast.behindSmallPackets(),
                                    NetworkPlays::largeAnswersVanish)
                            .expecting(
                                    cuts(STALLED, BodyCast.answer(0))
                                            .saying(
                                                    "stopped sending for .* after 0 of 97\\.7 KB.*If it is only ever answers above"
                                                            + " 1\\.4 KB that stall, while small ones pass, check the MTU on the way"))
                            .inNamespace()));

    private BodyRows() {}

    private static Request head() {
        return new Request("HEAD", "/", List.of(), 0);
    }

    /** The backend is faulty once, and then says what it should: the next request must not get what was left over. */
    private static Case poison(String fault, Request request, Wanted wanted, String... violations) {
        return Case.of(fault, FaultCast.describe(fault), FaultCast.of(fault), ReusePlays::poison)
                .asking(request, request)
                .expecting(Expected.answers(wanted).tolerating(violations))
                .withPeers();
    }
}
