package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.fails;

import dev.weir.loadtest.catalogue.Expected.Retry;
import dev.weir.loadtest.catalogue.Expected.Side;
import java.util.List;

/** Group B: names. */
final class NameRows {
    static final List<Row> ALL = List.of(
            Row.of(
                    "B1",
                    "The name does not exist, or the name server reports an error",
                    unresolved("dns-nxdomain", "dns_error", "does not exist \\(NXDOMAIN from .*\\)"),
                    unresolved("dns-servfail", "dns_error", "DNS has no answer for .*\\(SERVFAIL from .*\\)"),
                    unresolved("dns-refused", "dns_error", "DNS has no answer for .*\\(REFUSED from .*\\)")),
            Row.of(
                    "B2",
                    "The name server does not answer",
                    unresolved("dns-silent", "dns_timeout", "DNS has no answer for .*did not answer within 300 ms"),
                    of("dns-fails-now-and-then", NamePlays::steady)),
            Row.of(
                    "B3",
                    "The name has moved, the proxy has not",
                    of("dns-moved", NamePlays::moved),
                    of("dns-one-of-two-dead", NamePlays::alwaysWell)),
            Row.of("B4", "The set of backends changes while one is chosen", of("dns-rotates", NamePlays::steady)),
            Row.of(
                    "B5",
                    "Discovery says that there is nobody",
                    unresolved("dns-empty", "dns_error", "DNS knows no address of .*\\(empty answer from .*\\)")
                            .differing(
                                    "a source that answers with nobody is DNS here, and `dns_error` with its rcode says so,"
                                            + " where `destination_unavailable` would send the operator to the backends. The"
                                            + " addresses known last are used as long as there are any: an empty answer is more"
                                            + " often a mistake than the wish to have no backend. No Retry-After, for nobody knows"
                                            + " when the name will be there"),
                    Case.of(
                            "unknown-route",
                            "a host that no route names",
                            FaultCast.of("healthy"),
                            NamePlays::unknownRoute)));

    private NameRows() {}

    private static Case unresolved(String fault, String type, String says) {
        return of(fault, NamePlays::neverAndNoLongerResolved)
                .expecting(fails(type, Retry.R0)
                        .sparing()
                        .blaming(Side.NETWORK)
                        .saying(says + ".*Check the names of its backends and their records"));
    }

    private static Case of(String fault, Play play) {
        return Case.of(fault, FaultCast.describe(fault), FaultCast.of(fault), play);
    }
}
