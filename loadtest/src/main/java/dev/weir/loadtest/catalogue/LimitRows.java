package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.answers;
import static dev.weir.loadtest.catalogue.Expected.fails;
import static dev.weir.loadtest.catalogue.Expected.failsHere;

import dev.weir.loadtest.catalogue.Case.Moment;
import dev.weir.loadtest.catalogue.Expected.Retry;
import dev.weir.loadtest.faults.Settings;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** Group J: limits, overload, and the balancer itself. */
final class LimitRows {
    private static final String PATIENT = "timeouts: { connect: 1s, response-head: 10s, queue: %s }";

    static final List<Row> ALL = List.of(
            Row.of(
                    "J1",
                    "The pool of connections is exhausted, its queue full",
                    Case.of(
                                    "one-connection",
                                    "one connection, one place in the queue, and a backend that takes its time",
                                    FaultCast.of(
                                            "slow-response",
                                            slow(1500),
                                            List.of(
                                                    "connections: { per-backend: 1, queue: 1, idle: 2s }",
                                                    PATIENT.formatted("300ms"))),
                                    LimitPlays::exhausted)
                            .expecting(failsHere(503, "connection_limit_reached", Retry.R0)
                                    .saying("All 1 connections to the backend of pool .* were busy, and (the queue was"
                                            + " full \\(1 waiting\\)|none got free in 300 ms)\\. Add backends, make them faster, or raise"
                                            + " connections\\.per-backend or"))),
            Row.of(
                    "J2",
                    "The backend can do one thing at a time",
                    Case.of(
                            "one-at-a-time",
                            FaultCast.describe("one-at-a-time"),
                            FaultCast.of(
                                    "one-at-a-time",
                                    slow(150),
                                    List.of(
                                            "connections: { per-backend: 1, queue: 100, idle: 2s }",
                                            PATIENT.formatted("10s"))),
                            LimitPlays::oneAtATime)),
            Row.of(
                    "J3",
                    "Every backend is out",
                    Case.of(
                                    "the-last-one",
                                    "the only backend fails, for as long as it fails",
                                    FaultCast.of("reset-before-response"),
                                    LimitPlays::theLastOne)
                            .expecting(Expected.fails("connection_terminated", Retry.R1)
                                    .refusedFor("not_idempotent")
                                    .sparing()
                                    .saying(HungUp.FINDING + ".*Not tried again: the backend may have"
                                            + " processed it, and POST is not idempotent")),
                    Case.of(
                                    "fail-open",
                                    "active checks find all three down, and requests are sent all the same; all hang up",
                                    FaultCast.several(
                                            "close-before-response",
                                            3,
                                            "health: { active: { path: /, interval: 200ms, timeout: 500ms, fall: 1, rise: 1 } }"),
                                    LimitPlays::failOpen)
                            .expecting(Expected.fails("connection_terminated", Retry.R1)
                                    .sparing()
                                    .saying(HungUp.FINDING
                                            + " It got the request since so few backends are usable \\(fail-open,"
                                            + " panic-threshold\\): 0 of 3 are usable now; .* fails its checks, .* fails its"
                                            + " checks, .* fails its checks\\.")),
                    Case.of(
                                    "all-checked-down",
                                    "active checks find all down, and panic-threshold is 0 %",
                                    FaultCast.of(
                                            "refuse",
                                            settings -> settings,
                                            List.of(
                                                    "health: { active: { path: /, interval: 200ms, timeout: 500ms,"
                                                            + " fall: 1, rise: 1 } }",
                                                    "panic-threshold: 0%")),
                                    LimitPlays::allDown)
                            .expecting(
                                    Expected.fails("destination_unavailable", Retry.R0)
                                            .saying(
                                                    "0 of 1 backends usable: .* down by active checks.*Start or repair one that is out"))),
            Row.of(
                    "J4",
                    "Retries make an outage worse",
                    Case.of(
                                    "retry-storm",
                                    "2,000 requests, 20 at a time, to a backend that answers none",
                                    FaultCast.of("reset-before-response"),
                                    LimitPlays::retryStorm)
                            .expecting(fails("connection_terminated", Retry.R1)
                                    .refusedFor("no_budget")
                                    .sparing()
                                    .saying("Not tried again: the retry budget was spent \\(retry\\.budget\\)"))
                            .at(Moment.UNDISTURBED)
                            .differing(
                                    "the budget is a share of the requests of the last ten seconds, as Finagle's, and not of"
                                            + " those active at this moment, as Envoy's: a backend that dies fails all its"
                                            + " requests in the same instant, and just that burst is to be masked"),
                    Case.standard(
                            "asks-to-be-left-alone",
                            "503 with Retry-After, in a pool that tries 503 again otherwise",
                            FaultCast.of(
                                    "answers-503-retry-after",
                                    settings -> settings,
                                    List.of("retry: { on-status: [503] }")),
                            answers(Wanted.of(503, "own\n").with("Retry-After: 7"))
                                    .saying(
                                            "This 503 was sent by .* itself, not by the balancer.*Look into the log of"))),
            Row.of(
                    "J5",
                    "The balancer stalls",
                    Case.of(
                                    "stopped-process",
                                    "SIGSTOP for 2.5 s, with requests under way, active checks, and time limits of 0.8 s",
                                    FaultCast.of(
                                            "slow-response",
                                            slow(500),
                                            List.of(
                                                    "health: { passive: { consecutive-failures: 1 }, active: { interval:"
                                                            + " 200ms, timeout: 400ms, fall: 1 } }",
                                                    "timeouts: { connect: 1s, response-head: 1500ms, body-idle: 800ms,"
                                                            + " queue: 300ms }")),
                                    OwnPlays::pause)
                            .at(Moment.UNDISTURBED)),
            Row.of(
                    "J6",
                    "Direct memory is exhausted",
                    Case.of(
                                    "slow-readers",
                                    "8 clients that do not read, 48 MB for each, in a process that has 96 MB for"
                                            + " buffers",
                                    BodyCast.of(),
                                    LimitPlays::slowReaders)
                            .at(Moment.UNDISTURBED)));

    private LimitRows() {}

    private static UnaryOperator<Settings> slow(int millis) {
        return settings -> settings.withPace(settings.pace().withSlow(Duration.ofMillis(millis)));
    }
}
