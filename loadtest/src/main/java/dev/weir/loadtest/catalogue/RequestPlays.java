package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Deadline;
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
        try (Visitor visitor = act.visitor(act.weir().narrowTraffic(), Pool.ALONE)) {
            for (int i = 0; i < 5; i++) {
                Shot shot = act.send(visitor, Request.upload("POST", LARGE));
                act.found(Finding.ALONE, shot.reply().summary());
                act.found(Finding.TYPE, shot.error());
                act.expectRefusal(
                        "upload " + i, 413, String.valueOf(act.expected().type()), shot);
                Operator.of(act, shot).judge(act.expected());
            }
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
            act.expectNobodyEjected(Pool.ALONE);
        }
    }

    /** The backend never says 100; the client must get one all the same. */
    static void expectation(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            Shot shot = act.send(visitor, Request.upload("POST", 2048).with("Expect: 100-continue"));
            act.found(Finding.ALONE, shot.reply().summary());
            act.expectAnswer("with Expect", act.cast().well().after(100), shot);
            act.expectTried("with Expect", shot, List.of(act.culpritId(Pool.ALONE)));
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
            act.expectNobodyEjected(Pool.ALONE);
        }
    }

    /** Small heads pass: so the backend is well, and is not ejected however many large ones it resets. */
    static void largeHead(Act act) throws IOException {
        Expected expected = act.expected();
        try (Visitor alone = act.visitor(Pool.ALONE);
                Visitor masked = act.visitor(Pool.MASKED)) {
            act.expectWell("a small head, alone", act.send(alone, Request.GET));
            act.expectWell("a small head, masked", act.send(masked, Request.GET));
            Deadline.await(FORGOTTEN, () -> false);
            String culprit = act.culpritId(Pool.ALONE);
            expectReset(
                    act,
                    act.send(alone, act.scene().probe()),
                    List.of(culprit, culprit),
                    List.of("retried", expected.refusal()));
            for (int i = 1; i < 2 * WeirConfiguration.FAILURES; i++) {
                expectReset(act, act.send(alone, act.scene().other()), List.of(culprit), List.of("not_idempotent"));
            }
            Shot probe = act.send(masked, act.scene().probe());
            act.found(Finding.MASKED_GET, probe.reply().summary());
            act.expectPartner("a large head with a partner", probe);
            act.expectTried("a large head with a partner", probe, List.of(culprit, act.partnerId()));
            act.expectNobodyEjected(Pool.ALONE);
            act.expectNobodyEjected(Pool.MASKED);
            act.cast().heal();
            Shot next = act.send(alone, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
        }
    }

    private static void expectReset(Act act, Shot shot, List<String> tried, List<String> decisions) {
        Expected expected = act.expected();
        String what = shot.request().method() + " with a large head, alone";
        act.found(Finding.ALONE, shot.reply().summary());
        act.found(Finding.TYPE, shot.error());
        act.expectRefusal(what, expected.status(act.weir().rfc9209()), String.valueOf(expected.type()), shot);
        act.expectTried(what, shot, tried);
        Operator operator = Operator.of(act, shot);
        operator.judge(expected);
        operator.judgeAttempts(what, decisions, expected.retry().classes());
    }

    /** More than is kept: cannot be sent again; less: can. */
    static void bodyNotKept(Act act) throws IOException {
        Expected expected = act.expected();
        try (Visitor visitor = act.visitor(Pool.MASKED)) {
            Shot large = act.send(visitor, act.scene().probe());
            act.found(Finding.ALONE, large.reply().summary());
            act.found(Finding.TYPE, large.error());
            String culprit = act.culpritId(Pool.MASKED);
            act.expectRefusal(
                    "large upload", expected.status(act.weir().rfc9209()), String.valueOf(expected.type()), large);
            act.expectTried("large upload", large, List.of(culprit));
            Operator operator = Operator.of(act, large);
            operator.judge(expected);
            operator.judgeAttempts(
                    "large upload",
                    List.of(expected.refusal()),
                    expected.retry().classes());
            Shot small = act.send(visitor, act.scene().other());
            act.found(Finding.MASKED_GET, small.reply().summary());
            act.expectPartner("small upload", small);
            act.expectTried("small upload", small, List.of(culprit, act.partnerId()));
            act.cast().heal();
            Shot next = act.send(visitor, act.scene().probe());
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
        }
    }
}
