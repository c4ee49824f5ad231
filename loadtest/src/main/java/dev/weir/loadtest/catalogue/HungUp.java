package dev.weir.loadtest.catalogue;

/** What operators are told of a backend that hangs up without a byte. It depends on how long that took to be noticed. */
final class HungUp {
    private static final String AT_ONCE =
            "accepted the connection and hung up within .* without a byte; it has never answered" + " anything\\.";
    /** 50 ms and more. */
    private static final String LATER =
            "closed (?:(?:[5-9]\\d|\\d{3,}) ms|[\\d.]+ s) after receiving (?:GET|POST|PUT) / without answering\\.";

    /** With the remedy. */
    static final String FINDING_AND_REMEDY = AT_ONCE
            + ".*look for TLS or the PROXY protocol expected on this port, a connection limit, a crash on this request, or a dead"
            + " hop behind it|" + LATER + ".*Look into the log of .* for a crash";

    static final String FINDING = "(?:" + AT_ONCE + "|" + LATER + ")";

    private HungUp() {}
}
