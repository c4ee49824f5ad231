package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.answers;
import static dev.weir.loadtest.catalogue.Expected.failsHere;

import dev.weir.loadtest.catalogue.Case.Moment;
import dev.weir.loadtest.catalogue.Expected.Retry;
import java.time.Duration;
import java.util.List;

/** Group L: misconfiguration, and the wrong one blamed. */
final class MisreportRows {
    static final List<Row> ALL = List.of(
            Row.of(
                    "L1",
                    "Requests come back to the balancer",
                    Case.of(
                                    "two-balancers",
                                    "two balancers have each other as backend",
                                    MisreportPlays::eachOther,
                                    MisreportPlays::loop)
                            .expecting(failsHere(502, "proxy_loop_detected", Retry.R0)
                                    .saying(
                                            "request came back to this balancer \\(the request was here before: Via: .*\\): route"
                                                    + " l1-two-balancers-alone/ leads to the balancer itself.*Correct the backends of pool"
                                                    + " l1-two-balancers-alone"))
                            .at(Moment.UNDISTURBED)),
            Row.of(
                    "L2",
                    "The client leaves, and the backend is blamed",
                    Case.of(
                            "client-leaves",
                            "RST of the client while the backend takes its time",
                            FaultCast.of("no-response"),
                            MisreportPlays::clientLeaves)),
            Row.of(
                    "L3",
                    "A client that has sent FIN is taken to be gone",
                    Case.of(
                            "half-close",
                            "FIN of the client behind its request; the backend takes 400 ms",
                            FaultCast.of(
                                    "slow-response",
                                    settings ->
                                            settings.withPace(settings.pace().withSlow(Duration.ofMillis(400))),
                                    List.of()),
                            MisreportPlays::halfClose)),
            Row.of(
                    "L4",
                    "The balancer's own exception is reported as 502",
                    Case.of(
                                    "bug-in-a-strategy",
                                    "a strategy that throws at some requests",
                                    FaultCast.of("healthy", settings -> settings, List.of(Plugin.OPTION)),
                                    MisreportPlays::ownBug)
                            .expecting(failsHere(500, "proxy_internal_error", Retry.R0)
                                    .saying(
                                            "balancer itself failed \\(java\\.lang\\.IllegalStateException: thrown on purpose\\)\\. Look"
                                                    + " up incident [0-9A-Z]+ in its log"))),
            Row.of(
                    "L5",
                    "The wrong name for the backend: 404, 421",
                    Case.fault("misdirected", answers(Wanted.of(421, ""))),
                    Case.standard(
                            "own-name",
                            "the same with `preserve-host: false`",
                            FaultCast.of("misdirected", settings -> settings, List.of("preserve-host: false")),
                            answers(Wanted.greeting("misdirected")))));

    private MisreportRows() {}
}
