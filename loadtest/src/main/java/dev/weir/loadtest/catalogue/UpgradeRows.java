package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.fails;

import dev.weir.loadtest.catalogue.Expected.Retry;
import java.util.List;

/** Group I: switching to another protocol. */
final class UpgradeRows {
    private static final String NO_UPGRADE =
            "the balancer takes Upgrade out of requests and does not switch protocols yet";

    static final List<Row> ALL = List.of(
            Row.absent(
                    "I1",
                    "The backend refuses to switch protocols",
                    NO_UPGRADE + ", so that the backend has nothing to refuse and answers an ordinary request (I3)"),
            Row.of(
                    "I2",
                    "101 with another protocol, or without Connection: upgrade",
                    switched("unasked-101"),
                    switched("unasked-101-websocket")),
            Row.of(
                    "I3",
                    "Connection: keep-alive, Upgrade",
                    Case.of(
                                    "list-of-options",
                                    "Connection: keep-alive, Upgrade, X-Hop, as Firefox sends it, and one more",
                                    FaultCast.of("healthy"),
                                    UpgradeRows::listOfOptions)
                            .differing(
                                    "the list is read as one, and each field that it names stays here; " + NO_UPGRADE)),
            Row.absent("I4", "Long-lived connections are cut by a reload", NO_UPGRADE),
            Row.of(
                    "I5",
                    "The backend advertises another protocol on ordinary responses",
                    Case.of(
                                    "advertises-h2c",
                                    FaultCast.describe("advertises-h2c"),
                                    FaultCast.of("advertises-h2c"),
                                    UpgradeRows::advertisement)
                            .withPeers()));

    private UpgradeRows() {}

    private static Case switched(String fault) {
        return Case.fault(
                        fault,
                        fails("http_upgrade_failed", Retry.R2)
                                .sparing()
                                .saying("switched protocols \\(101\\) though nobody asked.*Repair the application on"))
                .asking(upgrade("GET"), upgrade("POST"))
                .differing("every 101 is refused, and not only one with the wrong protocol: " + NO_UPGRADE);
    }

    /** What Connection names is hop by hop (RFC 9110 section 7.6.1). */
    private static void listOfOptions(Act act) throws java.io.IOException {
        FaultCast cast = (FaultCast) act.cast();
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (Request request : List.of(Request.GET, Request.POST)) {
                Shot shot = act.send(
                        visitor,
                        request.with("Connection: keep-alive, Upgrade, X-Hop")
                                .with("Upgrade: websocket")
                                .with("X-Hop: one")
                                .with("X-End: all"));
                act.found(Finding.ALONE, shot.reply().summary());
                act.expectWell(request.toString(), shot);
                act.expectTried(request.toString(), shot, List.of(act.culpritId(Pool.ALONE)));
                String head = cast.culprit().requests().getLast().raw().toLowerCase(java.util.Locale.ROOT);
                act.expect("Upgrade", !head.contains("upgrade"), "reached the backend: " + head);
                act.expect("X-Hop", !head.contains("x-hop"), "reached the backend: " + head);
                act.expect("X-End", head.contains("x-end: all"), "did not reach the backend: " + head);
            }
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
            act.expectNobodyEjected(Pool.ALONE);
        }
    }

    private static Request upgrade(String method) {
        return new Request(method, "/", List.of("Connection: Upgrade", "Upgrade: websocket"), 0);
    }

    /** Hop by hop: no client may see it. */
    private static void advertisement(Act act) throws java.io.IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (Request request : List.of(Request.GET, Request.POST)) {
                Shot shot = act.send(visitor, request);
                act.found(Finding.ALONE, shot.reply().summary());
                act.expectAnswer(request.toString(), Wanted.chunked("ok"), shot);
                act.expectTried(request.toString(), shot, List.of(act.culpritId(Pool.ALONE)));
            }
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
            act.expectNobodyEjected(Pool.ALONE);
        }
    }
}
