package dev.weir.loadtest.catalogue;

import static dev.weir.loadtest.catalogue.Expected.answers;

import java.util.List;

/** Group I: switching to another protocol. */
final class UpgradeRows {
    private static final String NO_UPGRADE =
            "the balancer takes Upgrade out of requests and does not switch protocols yet";

    static final List<Row> ALL = List.of(
            Row.of(
                    "I1",
                    "The backend refuses to switch protocols",
                    Case.fault("refuses-upgrade", answers(200))
                            .asking(upgrade("GET"), upgrade("POST"))
                            .differing("Upgrade does not reach the backend yet, so that it has nothing to refuse and"
                                    + " answers an ordinary request; what it answers is relayed as it is")),
            Row.absent("I2", "101 with another protocol, or without Connection: upgrade", NO_UPGRADE),
            Row.absent("I3", "Connection: keep-alive, Upgrade", NO_UPGRADE),
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

    private static Request upgrade(String method) {
        return new Request(method, "/", List.of("Connection: Upgrade", "Upgrade: websocket"), 0);
    }

    /** Hop by hop: no client may see it. */
    private static void advertisement(Act act) throws java.io.IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (Request request : List.of(Request.GET, Request.POST)) {
                Shot shot = act.send(visitor, request);
                act.found(Finding.ALONE, shot.reply().summary());
                act.expectAnswer(request.toString(), 200, shot);
                act.expect("body", "ok", shot.reply().body());
                act.expect("Upgrade", "", shot.reply().field("Upgrade").orElse(""));
                act.expect("Connection", "", shot.reply().field("Connection").orElse(""));
            }
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
            act.expectNobodyEjected(Pool.ALONE);
        }
    }
}
