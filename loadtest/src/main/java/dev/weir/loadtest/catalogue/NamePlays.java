package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What the name server says, or does not. */
final class NamePlays {
    /** Much shorter than the longest pause between the balancer's own questions. */
    private static final Duration SOON = Duration.ofSeconds(3);

    private static final Duration PATIENCE = Duration.ofSeconds(12);
    /** Longer than the TTL of the answers. */
    private static final Duration AFTER_TTL = Duration.ofMillis(2500);

    /** Until the pauses between the balancer's own questions are longer than {@link #SOON}: 0.2 + 0.4 + 0.8 + 1.6 s, and more. */
    private static final Duration UNRESOLVED = Duration.ofMillis(3500);

    private NamePlays() {}

    /** One of the addresses works, and that one is found. */
    static void alwaysWell(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (int i = 0; i < 6; i++) {
                Shot shot = act.send(visitor, i % 2 == 0 ? Request.GET : Request.POST);
                act.found(
                        i % 2 == 0 ? Finding.MASKED_GET : Finding.MASKED_POST,
                        shot.reply().summary());
                act.expectWell(shot.request() + " " + i, shot);
                act.expectTried(shot.request() + " " + i, shot, List.of(act.culpritId(Pool.ALONE)));
            }
            act.expectNobodyEjected(Pool.ALONE);
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
        }
    }

    /** Never known: a failure that says why. Once known, it is used however the name server fails. */
    static void neverAndNoLongerResolved(Act act) throws IOException {
        Expected expected = act.expected();
        FaultCast cast = (FaultCast) act.cast();
        try (Visitor alone = act.visitor(Pool.ALONE);
                Visitor masked = act.visitor(Pool.MASKED)) {
            Shot shot = act.send(alone, Request.GET);
            act.found(Finding.ALONE, shot.reply().summary());
            act.found(Finding.TYPE, shot.error());
            act.expectRefusal("alone", expected.status(act.weir().rfc9209()), String.valueOf(expected.type()), shot);
            act.expectTried("alone", shot, List.of());
            Operator.of(act, shot).judge(expected);
            Shot other = act.send(masked, Request.POST);
            act.found(Finding.MASKED_POST, other.reply().summary());
            act.expectPartner("POST with a partner", other);
            act.expectTried("POST with a partner", other, List.of(act.partnerId()));
            Shot probe = act.send(masked, Request.GET);
            act.found(Finding.MASKED_GET, probe.reply().summary());
            act.expectPartner("GET with a partner", probe);
            act.expectTried("GET with a partner", probe, List.of(act.partnerId()));
            Deadline.await(UNRESOLVED, () -> false);
            cast.heal();
            Shot next = act.sendUntil(200, alone, Request.GET, SOON);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("soon after the name is there", next);
            cast.culprit().breakAgain();
            Deadline.await(AFTER_TTL, () -> false);
            for (int i = 0; i < 3; i++) {
                act.expectWell("with the address known before", act.send(alone, Request.GET));
            }
        }
    }

    /** The backend moves to another address while requests come. */
    static void moved(Act act) throws IOException {
        FaultCast cast = (FaultCast) act.cast();
        cast.heal();
        try (Visitor alone = act.visitor(Pool.ALONE);
                Visitor masked = act.visitor(Pool.MASKED)) {
            act.expectWell("before", act.sendUntil(200, alone, Request.GET, PATIENCE));
            act.expectWell("before", act.sendUntil(200, masked, Request.GET, PATIENCE));
            cast.culprit().breakAgain();
            for (int i = 0; i < 5; i++) {
                Shot shot = act.send(masked, i % 2 == 0 ? Request.GET : Request.POST);
                act.found(
                        i % 2 == 0 ? Finding.MASKED_GET : Finding.MASKED_POST,
                        shot.reply().summary());
                boolean partners = shot.backends().contains(act.partnerId());
                if (partners) {
                    act.expectPartner("while it moves, with a partner", shot);
                } else {
                    act.expectWell("while it moves, where it is by now", shot);
                }
            }
            Shot next = act.sendUntil(200, alone, Request.GET, PATIENCE);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("where it is now", next);
            act.expect(
                    "its addresses",
                    "[\"127.0.0.3\"]",
                    act.culprit(Pool.ALONE).path("addresses").toString());
        }
    }

    /** Nobody is asked, and the answer says so: 404, or what RFC 9209 recommends. */
    static void unknownRoute(Act act) throws IOException {
        try (Visitor stray = new Visitor(act.weir().traffic(), "nobody.test");
                Visitor visitor = act.visitor(Pool.ALONE)) {
            Shot shot = act.send(stray, Request.GET);
            act.found(Finding.ALONE, shot.reply().summary());
            act.found(Finding.TYPE, shot.error());
            act.expectRefusal("nowhere", act.weir().rfc9209() ? 500 : 404, "destination_not_found", shot);
            act.expectTried("nowhere", shot, List.of());
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
            act.expectNobodyEjected(Pool.ALONE);
        }
    }

    /** The name server has stopped to say anything, and the backend has moved since: the line says how old the address is. */
    static void frozen(Act act) throws IOException {
        FaultCast cast = (FaultCast) act.cast();
        Expected expected = act.expected();
        cast.heal();
        try (Visitor alone = act.visitor(Pool.ALONE);
                Visitor masked = act.visitor(Pool.MASKED)) {
            act.expectWell("before", act.sendUntil(200, alone, Request.GET, PATIENCE));
            act.expectWell("before", act.sendUntil(200, masked, Request.GET, PATIENCE));
            cast.culprit().breakAgain();
            Deadline.await(AFTER_TTL, () -> false);
            String culprit = act.culpritId(Pool.ALONE);
            Shot shot = act.send(alone, Request.GET);
            act.found(Finding.ALONE, shot.reply().summary());
            act.found(Finding.TYPE, shot.error());
            act.expectRefusal("alone", expected.status(act.weir().rfc9209()), String.valueOf(expected.type()), shot);
            act.expectTried("alone", shot, List.of(culprit, culprit, culprit));
            Operator operator = Operator.of(act, shot);
            operator.judge(expected);
            operator.judgeAttempts("alone", List.of("retried", "retried", expected.refusal()), Set.of("R0"));
            Shot other = act.send(masked, Request.POST);
            act.found(Finding.MASKED_POST, other.reply().summary());
            act.expectPartner("POST with a partner", other);
            act.expectTried("POST with a partner", other, List.of(culprit, act.partnerId()));
            Shot probe = act.send(masked, Request.GET);
            act.found(Finding.MASKED_GET, probe.reply().summary());
            act.expectPartner("GET with a partner", probe);
            act.expectTried("GET with a partner", probe, List.of(culprit, act.partnerId()));
            cast.heal();
            Shot next = act.sendUntil(200, alone, Request.GET, PATIENCE);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("once the name server speaks again", next);
        }
    }

    /** Requests all the time, while answers change. */
    static void steady(Act act) throws IOException {
        try (Visitor alone = act.visitor(Pool.ALONE)) {
            act.expectWell("before", act.sendUntil(200, alone, Request.GET, PATIENCE));
            for (int i = 0; i < 30; i++) {
                Shot shot = act.send(alone, i % 2 == 0 ? Request.GET : Request.POST);
                act.found(
                        i % 2 == 0 ? Finding.MASKED_GET : Finding.MASKED_POST,
                        shot.reply().summary());
                act.expectWell("request " + i, shot);
                act.expectTried("request " + i, shot, List.of(act.culpritId(Pool.ALONE)));
                Deadline.await(Duration.ofMillis(100), () -> false);
            }
        }
    }
}
