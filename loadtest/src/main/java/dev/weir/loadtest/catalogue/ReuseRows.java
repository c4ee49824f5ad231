package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.fails;

import dev.weir.loadtest.catalogue.Expected.Retry;
import dev.weir.loadtest.catalogue.Expected.Side;
import java.util.List;

/** Group G: connections that are used again. */
final class ReuseRows {
    static final List<Row> ALL = List.of(
            Row.of(
                    "G1",
                    "The backend closes an idle connection just as it is used again",
                    race("close-on-second-request"),
                    race("reset-on-second-request"),
                    idle("idle-close"),
                    idle("idle-reset"),
                    Case.of(
                            "idle-close-announced",
                            FaultCast.describe("idle-close-announced"),
                            FaultCast.of("idle-close-announced"), // closes after the second that it announces
                            ReusePlays::idleForASecond)),
            Row.of(
                    "G2",
                    "The backend closes after a number of requests without saying so",
                    closing("close-after-response"),
                    closing("half-close-after-response"),
                    closing("close-after-5-requests")),
            Row.of(
                    "G3",
                    "A firewall or NAT has forgotten the connection",
                    Case.of(
                                    "forgotten-flow",
                                    "the router drops what belongs to the connection that is kept, and no other (iptables)",
                                    NetworkCast.forgetful(),
                                    NetworkPlays::forgottenFlow)
                            .expecting(
                                    fails("connection_read_timeout", Retry.R1)
                                            .sparing()
                                            .blaming(Side.NETWORK)
                                            .saying(
                                                    "No answer of .* on a connection that had been idle for 1\\d s: a firewall or NAT on the"
                                                            + " way has probably forgotten it\\. Masked.*Set connections\\.idle below the timeout"))
                            .inNamespace()),
            Row.of("G4", "Connection: close is ignored", closing("reset-after-connection-close")));

    private ReuseRows() {}

    private static Case race(String fault) {
        return Case.of(fault, FaultCast.describe(fault), FaultCast.of(fault), ReusePlays::race)
                .with(Case.Peering.WARM);
    }

    private static Case idle(String fault) {
        return Case.of(
                fault,
                FaultCast.describe(fault),
                FaultCast.of(
                        fault,
                        settings -> settings.withPace(settings.pace().withIdle(java.time.Duration.ofMillis(600))),
                        List.of()),
                ReusePlays::idle);
    }

    private static Case closing(String fault) {
        return Case.of(fault, FaultCast.describe(fault), FaultCast.of(fault), ReusePlays::manyRequests)
                .with(Case.Peering.WARM);
    }
}
