package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.fails;

import dev.weir.loadtest.catalogue.Expected.Retry;
import java.util.List;

/** Group H: HTTP/2 to the backend. */
final class Http2Rows {
    private static final String NO_HTTP2 = "the balancer does not speak HTTP/2 to backends yet";

    static final List<Row> ALL = List.of(
            Row.absent("H1", "GOAWAY before our stream", NO_HTTP2),
            Row.absent("H2", "GOAWAY that includes our stream, then close", NO_HTTP2),
            Row.absent("H3", "REFUSED_STREAM", NO_HTTP2),
            Row.absent("H4", "RST_STREAM with INTERNAL_ERROR or CANCEL", NO_HTTP2),
            Row.absent("H5", "A whole response, then RST_STREAM(NO_ERROR)", NO_HTTP2),
            Row.absent("H6", "ENHANCE_YOUR_CALM", NO_HTTP2),
            Row.absent("H7", "No stream may be opened", NO_HTTP2),
            Row.of(
                    "H8",
                    "HTTP/2 to an HTTP/1 backend, or the reverse",
                    Case.fault(
                                    "http2-expected",
                                    fails("http_protocol_error", Retry.R2)
                                            .saying(
                                                    "answered in HTTP/2, without having been asked to \\(a SETTINGS frame.*Enable HTTP/1\\.1 on this port"))
                            .differing(
                                    "the reverse only, HTTP/1.1 to a backend that wants HTTP/2, for the other way needs"
                                            + " HTTP/2 to backends")),
            Row.absent("H9", "A dead HTTP/2 connection that all streams share", NO_HTTP2));

    private Http2Rows() {}
}
