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

    static final List<Row> ALL = List.of(
            Row.of(
                    "F1",
                    "Closed before Content-Length was reached",
                    Case.fault("body-cut-fin", fails(INCOMPLETE, Retry.R2).saying("promised 100 B.*sent 7")),
                    Case.fault("body-cut-reset", fails(INCOMPLETE, Retry.R2).saying("promised 100 B.*sent 7")),
                    Case.fault("body-missing", fails(INCOMPLETE, Retry.R2).saying("promised 100 B")),
                    Case.fault("large-body-cut-fin", cuts(INCOMPLETE).saying("promised 2(\\.\\d)? MB.*sent 1"))),
            Row.of(
                    "F2",
                    "The body stalls",
                    Case.fault("body-stalls", cuts(STALLED).saying("^(?!.*MTU).*stopped sending.*7 of 100"))),
            Row.of(
                    "F3",
                    "Chunks that are none",
                    Case.fault("chunk-size-invalid", fails(CODING, Retry.R2).saying("chunked encoding is broken")),
                    Case.fault(
                            "chunk-size-invalid-later", fails(CODING, Retry.R2).saying("chunked encoding is broken")),
                    Case.fault("chunk-without-line-end", fails(CODING, Retry.R2).saying("chunked encoding"))),
            Row.of(
                    "F4",
                    "A chunked body without its last chunk",
                    Case.fault("no-last-chunk-fin", cuts(INCOMPLETE).saying("truncated|end mark")),
                    Case.fault("no-last-chunk-reset", cuts(INCOMPLETE).saying("truncated|end mark")),
                    Case.fault("chunk-stalls", cuts(STALLED).saying("stopped sending"))),
            Row.of(
                    "F5",
                    "A body without a length, cut or stalled",
                    Case.fault("unframed-body", Expected.answers(200)),
                    Case.fault("unframed-body-reset", cuts(INCOMPLETE).saying("without a length")),
                    Case.fault("unframed-body-stalls", cuts(STALLED).saying("without a length"))),
            Row.of(
                    "F6",
                    "An unknown transfer coding",
                    Case.fault("unknown-coding", fails(CODING, Retry.R2).saying("foo"))
                            .differing(HeadRows.ejection())),
            Row.of(
                    "F7",
                    "Bytes behind a response, which poison the next one",
                    poison("surplus-after-204", Request.GET, 204),
                    poison("surplus-after-304", Request.GET, 304),
                    poison("surplus-after-length", Request.GET, 200),
                    poison("surplus-after-chunks", Request.GET, 200),
                    poison("surplus-after-head", head(), 200),
                    poison("forged-part-after-204", Request.GET, 204),
                    poison("forged-part-after-304", Request.GET, 304),
                    poison("forged-part-after-length", Request.GET, 200),
                    poison("forged-part-after-head", head(), 200),
                    poison("forged-response-after-204", Request.GET, 204),
                    poison("forged-response-after-length", Request.GET, 200),
                    poison("length-on-204", Request.GET, 204),
                    poison("chunked-204", Request.GET, 204)),
            Row.of(
                    "F8",
                    "Small packets pass, large ones vanish (MTU)",
                    Case.of(
                                    "large-packets-vanish",
                                    "the router drops packets of the backend above 1000 bytes (iptables)",
                                    BodyCast.behindSmallPackets(),
                                    NetworkPlays::largeAnswersVanish)
                            .inNamespace()));

    private BodyRows() {}

    private static Request head() {
        return new Request("HEAD", "/", List.of(), 0);
    }

    /** The backend is faulty once, and then says what it should: the next request must not get what was left over. */
    private static Case poison(String fault, Request request, int status) {
        return Case.of(fault, FaultCast.describe(fault), FaultCast.of(fault), ReusePlays::poison)
                .asking(request, request)
                .expecting(Expected.answers(status))
                .withPeers();
    }
}
