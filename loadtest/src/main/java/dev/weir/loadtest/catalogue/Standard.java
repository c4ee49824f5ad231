package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.catalogue.Expected.Kind;
import dev.weir.loadtest.catalogue.Expected.Retry;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/**
 * The play that fits most cases: the fault without anybody who could help; with a healthy partner; the culprit's ejection;
 * the operator's line; and then, the fault being over, an innocent request on the same path and the same connection.
 */
final class Standard {
    private static final Duration CONTROL = Duration.ofMillis(500);
    private static final int FURTHER = 9;

    private final Act act;
    private final Expected expected;
    private final Case scene;

    private Standard(Act act) {
        this.act = act;
        this.expected = act.expected();
        this.scene = act.scene();
    }

    static void play(Act act) throws IOException {
        try (Visitor alone = act.visitor(Pool.ALONE);
                Visitor masked = act.visitor(Pool.MASKED)) {
            new Standard(act).play(alone, masked);
        }
    }

    private void play(Visitor alone, Visitor masked) throws IOException {
        alone(act.send(alone, scene.probe()));
        masked(masked);
        ejection(masked);
        act.cast().heal();
        Shot next = act.send(alone, Request.GET);
        act.found(Finding.NEXT, next.reply().summary());
        act.expectAnswer("next request, alone", 200, next);
        act.expectAnswer("next request, masked", 200, act.send(masked, Request.GET));
    }

    private void alone(Shot shot) {
        act.found(Finding.ALONE, shot.reply().summary());
        act.found(Finding.TYPE, shot.error().isEmpty() ? "-" : shot.error());
        expectUnmasked("alone", shot);
        act.expect("alone, attempts", expected.attemptsAlone(), shot.attempts());
        Operator operator = Operator.of(act, shot);
        operator.judge(expected);
        if (expected.kind() != Kind.ANSWER) {
            act.expect("alone, why not tried again", expected.refusal(), operator.refusal());
            act.expect(
                    "alone, retry class",
                    expected.retry().classes().contains(operator.retryClass()),
                    "expected one of " + expected.retry().classes() + ", got " + operator.retryClass());
        }
    }

    private void expectUnmasked(String what, Shot shot) {
        if (expected.kind() == Kind.ANSWER) {
            act.expectAnswer(what, expected.status(), shot);
            return;
        }
        String type = expected.type();
        act.expect(what + ", type in the log", String.valueOf(type), shot.error());
        if (expected.kind() == Kind.CUT) {
            boolean cut = shot.reply().status() == expected.status()
                    && Set.of(Reply.Ending.CUT, Reply.Ending.RESET)
                            .contains(shot.reply().ending());
            act.expect(what, cut, "expected 200, then cut; got " + shot.reply().summary());
            return;
        }
        act.expect(
                what,
                Integer.toString(expected.status(act.weir().rfc9209())),
                shot.reply().summary());
        act.expect(what + ", type in Proxy-Status", String.valueOf(type), shot.toldType());
        act.expect(
                what + ", X-Incident-Id",
                shot.reply().field("X-Incident-Id").isPresent(),
                "expected in the answer, and it is not");
    }

    private void masked(Visitor visitor) throws IOException {
        Shot other = act.send(visitor, scene.other());
        act.found(Finding.MASKED_POST, other.reply().summary());
        boolean saved = expected.retry() == Retry.R0
                || (expected.retry() == Retry.R0_OR_R1 && other.reply().isWhole(200));
        judge(scene.other() + " with a partner", saved, other);
        for (int i = 2; i <= WeirConfiguration.FAILURES; i++) {
            Shot probe = act.send(visitor, scene.probe());
            act.found(Finding.MASKED_GET, probe.reply().summary());
            judge(scene.probe() + " with a partner, " + i, expected.retry() != Retry.NEVER, probe);
        }
    }

    private void judge(String what, boolean saved, Shot shot) {
        if (saved) {
            act.expectGreeting(what, act.partner(), shot);
            act.expect(what + ", attempts", 2, shot.attempts());
        } else {
            expectUnmasked(what, shot);
        }
    }

    /** Failures while the balancer was kept from its work do not count: then it takes some more. */
    private void ejection(Visitor masked) throws IOException {
        if (!expected.ejects()) {
            act.expectNobodyEjected(Pool.MASKED);
            return;
        }
        boolean ejected = Deadline.await(CONTROL, this::isEjected);
        for (int i = 0; i < FURTHER && !ejected; i++) {
            act.send(masked, scene.probe());
            ejected = Deadline.await(CONTROL, this::isEjected);
        }
        act.found(Finding.EJECTED, ejected ? "yes" : "no");
        act.expect("ejected", ejected, "expected, and it is not");
    }

    private boolean isEjected() {
        return act.culprit(Pool.MASKED).path("ejections").asInt() > 0;
    }
}
