package dev.weir.loadtest.catalogue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Requests that are large or come in two parts. */
final class RequestPlays {
    private static final int LARGE = 8 * 1024 * 1024;

    /** By then no connection is idle any more that may be so for 1 ms. */
    private static final Duration FORGOTTEN = Duration.ofMillis(200);

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

    /** Small heads pass: so the backend is well, and is not ejected however many large ones it resets. */
    static void largeHead(Act act) throws IOException {
        Expected expected = act.expected();
        try (Visitor alone = act.visitor(Pool.ALONE);
                Visitor masked = act.visitor(Pool.MASKED)) {
            act.expectAnswer("a small head, alone", 200, act.send(alone, Request.GET));
            act.expectAnswer("a small head, masked", 200, act.send(masked, Request.GET));
            Deadline.await(FORGOTTEN, () -> false);
            for (int i = 0; i < 2 * WeirConfiguration.FAILURES; i++) {
                Shot shot = act.send(
                        alone, i == 0 ? act.scene().probe() : act.scene().other());
                act.found(Finding.ALONE, shot.reply().summary());
                act.found(Finding.TYPE, shot.error());
                act.expect(
                        "a large head, alone",
                        Integer.toString(expected.status(act.weir().rfc9209())),
                        shot.reply().summary());
                act.expect("type", String.valueOf(expected.type()), shot.error());
                Operator operator = Operator.of(act, shot);
                operator.judge(expected);
                act.expect("why not tried again", i == 0 ? expected.refusal() : "not_idempotent", operator.refusal());
                act.expect("attempts", i == 0 ? 2 : 1, shot.attempts());
            }
            Shot probe = act.send(masked, act.scene().probe());
            act.found(Finding.MASKED_GET, probe.reply().summary());
            act.expectGreeting("a large head with a partner", act.partner(), probe);
            act.expectNobodyEjected(Pool.ALONE);
            act.expectNobodyEjected(Pool.MASKED);
            act.cast().heal();
            Shot next = act.send(alone, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
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
