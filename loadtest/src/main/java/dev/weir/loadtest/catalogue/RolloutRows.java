package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.fails;

import dev.weir.loadtest.catalogue.Case.Moment;
import dev.weir.loadtest.catalogue.Expected.Retry;
import dev.weir.loadtest.process.Tool;
import java.time.Duration;
import java.util.List;

/** Group K: coming and going. */
final class RolloutRows {
    static final List<Row> ALL = List.of(
            Row.of(
                    "K1",
                    "A backend stops before the balancer is told",
                    Case.of(
                            "stops-listening",
                            FaultCast.describe("stops-listening"),
                            FaultCast.of("stops-listening"),
                            RolloutPlays::stops),
                    Case.of(
                            "dies-after-response",
                            FaultCast.describe("dies-after-response"),
                            FaultCast.of("dies-after-response"),
                            RolloutPlays::dies)),
            Row.of(
                    "K2",
                    "A cold instance gets traffic",
                    Case.of(
                            "cold-start",
                            "503 until it is warm; active checks ask for /",
                            FaultCast.of(
                                    "cold-start",
                                    settings ->
                                            settings.withPace(settings.pace().withCold(Duration.ofMinutes(10))),
                                    List.of("health: { active: { path: /, interval: 200ms, timeout: 500ms, rise: 1,"
                                            + " fall: 1 } }")),
                            RolloutPlays::cold)),
            Row.of(
                    "K3",
                    "The balancer's own rollout",
                    Case.of(
                                    "sigterm-under-load",
                                    "SIGTERM while 60 clients send POST over connections that they keep, and an upload"
                                            + " is under way that lasts longer than the delay",
                                    FaultCast.of(
                                            "slow-response",
                                            settings -> settings.withPace(
                                                    settings.pace().withSlow(Duration.ofMillis(50))),
                                            List.of()),
                                    DrainPlay::play)
                            .at(Moment.LAST)),
            Row.of(
                    "K4",
                    "Discovery is never updated",
                    Case.fault(
                                    "dns-stale",
                                    fails("connection_refused", Retry.R0).saying(ConnectRows.NOTHING_LISTENS))
                            .with(Case.Peering.NONE), // they ask the system for names
                    Case.of(
                                    "dns-frozen",
                                    FaultCast.describe("dns-frozen"),
                                    FaultCast.of("dns-frozen"),
                                    NamePlays::frozen)
                            .expecting(fails("connection_refused", Retry.R0)
                                    .saying(
                                            "refused the connection within .*: nothing listens there, or a firewall rejects .* and what"
                                                    + " was known \\d+ s ago could not be connected: 127\\.0\\.0\\.2 connection"
                                                    + " refused\\)\\..*look for a REJECT rule on the way"))
                            .differing(
                                    "by DNS, which is the discovery that there is; a watch of the Kubernetes API comes"
                                            + " with that")),
            Row.of(
                    "K5",
                    "A sticky cookie names a backend that is gone",
                    Case.of(
                            "sticky-to-the-dead",
                            "the backend of the cookie stops",
                            StickyCast::stage,
                            RolloutPlays::sticky)),
            Row.of(
                    "K6",
                    "Two layers of balancers with different views",
                    Case.of(
                                    "behind-haproxy",
                                    "HAProxy asks two balancers for /readyz, and one of them gets SIGTERM",
                                    FaultCast.of(
                                            "slow-response",
                                            settings -> settings.withPace(
                                                    settings.pace().withSlow(Duration.ofMillis(50))),
                                            List.of()),
                                    LayersPlay::play)
                            .inNamespace() // for the balancers there can be spared
                            .needing(Tool.HAPROXY)
                            .at(Moment.LAST)));

    private RolloutRows() {}
}
