package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.catalogue.Expected.Kind;
import dev.weir.loadtest.catalogue.Expected.Retry;
import dev.weir.loadtest.process.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * The play that fits most cases: the fault without anybody who could help; with a healthy partner; the culprit's ejection;
 * the operator's line; and then, the fault being over, an innocent request on the same path and the same connection.
 */
final class Standard {
    /** For what is decided behind a request, on another thread of the balancer. */
    private static final Duration CONTROL = Duration.ofSeconds(5);
    /** Failures in which the balancer had just stood still, and which it does not count. */
    private static final int MOST_DISCOUNTED = 9;

    private static final String RETRIED = "retried";

    private final Act act;
    private final Expected expected;
    private final Case scene;
    private final String culprit;

    private Standard(Act act) {
        this.act = act;
        this.expected = act.expected();
        this.scene = act.scene();
        this.culprit = act.culpritId(Pool.MASKED);
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
        if (expected.kind() == Kind.ANSWER) {
            act.expectViolations(Pool.ALONE, expected.violations());
            act.expectViolations(Pool.MASKED, expected.violations());
        }
        act.cast().heal();
        Shot next = act.send(alone, Request.GET);
        act.found(Finding.NEXT, next.reply().summary());
        act.expectWell("next request, alone", next);
        act.expectTried("next request, alone", next, List.of(culprit));
        nextWithPartner(act.send(masked, Request.GET));
    }

    private void nextWithPartner(Shot next) {
        String what = "next request, with a partner";
        if (expected.ejects()) {
            act.expectPartner(what, next);
            act.expectTried(what, next, List.of(act.partnerId()));
        } else {
            act.expectWell(what, next);
            act.expectTried(what, next, List.of(culprit));
        }
    }

    // ---- without anybody who could help

    private void alone(Shot shot) {
        act.found(Finding.ALONE, shot.reply().summary());
        act.found(Finding.TYPE, shot.error().isEmpty() ? "-" : shot.error());
        expectUnsaved("alone", shot);
        act.expectTried("alone", shot, Collections.nCopies(expected.attemptsAlone(), culprit));
        Operator operator = Operator.of(act, shot);
        operator.judge(expected);
        if (expected.kind() != Kind.ANSWER) {
            List<String> decisions = new ArrayList<>(Collections.nCopies(expected.attemptsAlone() - 1, RETRIED));
            decisions.add(expected.refusal());
            operator.judgeAttempts("alone", decisions, expected.retry().classes());
        }
    }

    private void expectUnsaved(String what, Shot shot) {
        switch (expected.kind()) {
            case ANSWER -> act.expectAnswer(what, expected.requiredAnswer(), shot);
            case FAILURE -> {
                act.expectRefusal(what, expected.status(act.weir().rfc9209()), String.valueOf(expected.type()), shot);
                boolean later = shot.reply().field("Retry-After").isPresent();
                act.expect(what + ", Retry-After", expected.isPassing(), later);
            }
            case CUT -> {
                boolean cut = Set.of(Reply.Ending.CUT, Reply.Ending.RESET)
                        .contains(shot.reply().ending());
                act.expect(what, cut, "expected to be cut; got " + shot.reply().summary());
                expected.requiredAnswer()
                        .differences(shot.reply())
                        .forEach(difference -> act.wrong(what + ", " + difference));
                act.expect(what + ", type in the log", String.valueOf(expected.type()), shot.error());
            }
        }
    }

    // ---- with a healthy partner

    /** Until the culprit has failed as often as it takes, and not once more. */
    private void masked(Visitor visitor) throws IOException {
        long counted = 0;
        int requests = 0;
        int most = WeirConfiguration.FAILURES + (expected.ejects() ? MOST_DISCOUNTED : 0);
        while (counted < WeirConfiguration.FAILURES && requests < most) {
            Request request = requests == 0 ? scene.other() : scene.probe();
            Shot shot = act.send(visitor, request);
            act.found(
                    requests == 0 ? Finding.MASKED_POST : Finding.MASKED_GET,
                    shot.reply().summary());
            judge(request + " with a partner, " + ++requests, requests > 1, shot);
            if (expected.ejects()) {
                counted += shot.countedAgainst(culprit);
                ejection(counted, requests);
            }
        }
        if (!expected.ejects()) {
            act.expectNobodyEjected(Pool.MASKED);
        } else if (counted < WeirConfiguration.FAILURES) {
            act.wrong("ejected: of " + requests + " failures only " + counted + " are counted");
        }
    }

    private void judge(String what, boolean probe, Shot shot) {
        if (expected.kind() == Kind.ANSWER) {
            expectUnsaved(what, shot);
            act.expectTried(what, shot, List.of(culprit));
            return;
        }
        Operator operator = Operator.of(act, shot);
        boolean unprocessed = expected.retry().isRace()
                ? operator.firstClass().equals(Retry.R0.name())
                : expected.retry() == Retry.R0;
        boolean saved = expected.canBeSaved() && (probe || unprocessed);
        String refusal = probe ? expected.refusal() : expected.refusalOfOther();
        if (saved) {
            act.expectPartner(what, shot);
        } else {
            expectUnsaved(what, shot);
        }
        act.expectTried(what, shot, saved ? List.of(culprit, act.partnerId()) : List.of(culprit));
        operator.judgeAttempts(
                what, List.of(saved ? RETRIED : refusal), expected.retry().classes());
    }

    /** With the failure that fills the row; what follows goes to the partner, which {@link #nextWithPartner} sees. */
    private void ejection(long counted, int requests) {
        if (counted < WeirConfiguration.FAILURES) {
            if (counted == WeirConfiguration.FAILURES - 1) { // what was ejected before has not been tried since, anyway
                act.expect("ejections after " + requests + " requests", 0, ejections());
            }
            return;
        }
        boolean ejected = Deadline.await(CONTROL, () -> ejections() > 0);
        act.found(Finding.EJECTED, ejected ? "yes" : "no");
        act.expect("ejected", ejected, "not with failure " + counted + " in a row: " + act.culprit(Pool.MASKED));
    }

    private int ejections() {
        return act.culprit(Pool.MASKED).path("ejections").asInt(-1);
    }
}
