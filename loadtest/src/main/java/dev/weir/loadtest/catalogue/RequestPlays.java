package dev.weir.loadtest.catalogue;

import java.io.IOException;
import java.util.List;

/** Requests that are large or come in two parts. */
final class RequestPlays {
    private static final int LARGE = 8 * 1024 * 1024;

    private RequestPlays() {}

    /** The balancer's own refusal must reach a client that is still sending. */
    static void ownEarlyAnswer(Act act) throws IOException {
        try (Visitor visitor =
                new Visitor(act.weir().narrowTraffic(), act.pool(Pool.ALONE).name())) {
            for (int i = 0; i < 5; i++) {
                Shot shot = act.send(visitor, Request.upload("POST", LARGE));
                act.found(Finding.ALONE, shot.reply().summary());
                act.found(Finding.TYPE, shot.error());
                act.expect("upload " + i, "413", shot.reply().summary());
                act.expect("type", "http_request_error", shot.error());
            }
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
            act.expectNobodyEjected(Pool.ALONE);
        }
    }

    /** The backend never says 100; the client must get one all the same. */
    static void expectation(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            Shot shot = act.send(visitor, Request.upload("POST", 2048).with("Expect: 100-continue"));
            act.found(Finding.ALONE, shot.reply().summary());
            act.expectAnswer("with Expect", 200, shot);
            act.expect("interim responses", List.of(100), shot.reply().interim());
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
            act.expectNobodyEjected(Pool.ALONE);
        }
    }

    /** More than is kept: cannot be sent again; less: can. */
    static void bodyNotKept(Act act) throws IOException {
        Expected expected = act.expected();
        try (Visitor visitor = act.visitor(Pool.MASKED)) {
            Shot large = act.send(visitor, act.scene().probe());
            act.found(Finding.ALONE, large.reply().summary());
            act.found(Finding.TYPE, large.error());
            act.expect(
                    "large upload",
                    Integer.toString(expected.status(act.weir().rfc9209())),
                    large.reply().summary());
            act.expect("type", String.valueOf(expected.type()), large.error());
            Operator operator = Operator.of(act, large);
            operator.judge(expected);
            act.expect("why not tried again", expected.refusal(), operator.refusal());
            Shot small = act.send(visitor, act.scene().other());
            act.found(Finding.MASKED_GET, small.reply().summary());
            act.expectGreeting("small upload", act.partner(), small);
            act.cast().heal();
            Shot next = act.send(visitor, act.scene().probe());
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
        }
    }
}
