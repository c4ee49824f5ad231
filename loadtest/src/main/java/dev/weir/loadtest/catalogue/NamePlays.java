package dev.weir.loadtest.catalogue;

import java.io.IOException;
import java.time.Duration;

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
                act.expectAnswer(shot.request() + " " + i, 200, shot);
            }
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
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
            act.expect(
                    "alone",
                    Integer.toString(expected.status(act.weir().rfc9209())),
                    shot.reply().summary());
            act.expect("alone, type", String.valueOf(expected.type()), shot.error());
            Operator.of(act, shot).judge(expected);
            Shot other = act.send(masked, Request.POST);
            act.found(Finding.MASKED_POST, other.reply().summary());
            act.expectGreeting("POST with a partner", act.partner(), other);
            Shot probe = act.send(masked, Request.GET);
            act.found(Finding.MASKED_GET, probe.reply().summary());
            act.expectGreeting("GET with a partner", act.partner(), probe);
            Deadline.await(UNRESOLVED, () -> false);
            cast.heal();
            Shot next = act.sendUntil(200, alone, Request.GET, SOON);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("soon after the name is there", 200, next);
            cast.culprit().breakAgain();
            Deadline.await(AFTER_TTL, () -> false);
            for (int i = 0; i < 3; i++) {
                act.expectAnswer("with the address known before", 200, act.send(alone, Request.GET));
            }
        }
    }

    /** The backend moves to another address while requests come. */
    static void moved(Act act) throws IOException {
        FaultCast cast = (FaultCast) act.cast();
        cast.heal();
        try (Visitor alone = act.visitor(Pool.ALONE);
                Visitor masked = act.visitor(Pool.MASKED)) {
            act.expectAnswer("before", 200, act.sendUntil(200, alone, Request.GET, PATIENCE));
            act.expectAnswer("before", 200, act.sendUntil(200, masked, Request.GET, PATIENCE));
            cast.culprit().breakAgain();
            for (int i = 0; i < 5; i++) {
                Shot shot = act.send(masked, i % 2 == 0 ? Request.GET : Request.POST);
                act.found(
                        i % 2 == 0 ? Finding.MASKED_GET : Finding.MASKED_POST,
                        shot.reply().summary());
                act.expectAnswer("while it moves, with a partner", 200, shot);
            }
            Shot next = act.sendUntil(200, alone, Request.GET, PATIENCE);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("where it is now", 200, next);
        }
    }

    /** Nobody is asked, and the answer says so: 404, or what RFC 9209 recommends. */
    static void unknownRoute(Act act) throws IOException {
        try (Visitor stray = new Visitor(act.weir().traffic(), "nobody.test");
                Visitor visitor = act.visitor(Pool.ALONE)) {
            Shot shot = act.send(stray, Request.GET);
            act.found(Finding.ALONE, shot.reply().summary());
            act.found(Finding.TYPE, shot.error());
            act.expect(
                    "status", act.weir().rfc9209() ? "500" : "404", shot.reply().summary());
            act.expect("type", "destination_not_found", shot.error());
            act.expect("type in Proxy-Status", "destination_not_found", shot.toldType());
            act.expect("attempts", 0, shot.attempts());
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
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
            act.expectAnswer("before", 200, act.sendUntil(200, alone, Request.GET, PATIENCE));
            act.expectAnswer("before", 200, act.sendUntil(200, masked, Request.GET, PATIENCE));
            cast.culprit().breakAgain();
            Deadline.await(AFTER_TTL, () -> false);
            Shot shot = act.send(alone, Request.GET);
            act.found(Finding.ALONE, shot.reply().summary());
            act.found(Finding.TYPE, shot.error());
            act.expect(
                    "alone",
                    Integer.toString(expected.status(act.weir().rfc9209())),
                    shot.reply().summary());
            act.expect("alone, type", String.valueOf(expected.type()), shot.error());
            Operator.of(act, shot).judge(expected);
            Shot other = act.send(masked, Request.POST);
            act.found(Finding.MASKED_POST, other.reply().summary());
            act.expectGreeting("POST with a partner", act.partner(), other);
            Shot probe = act.send(masked, Request.GET);
            act.found(Finding.MASKED_GET, probe.reply().summary());
            act.expectGreeting("GET with a partner", act.partner(), probe);
            cast.heal();
            Shot next = act.sendUntil(200, alone, Request.GET, PATIENCE);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("once the name server speaks again", 200, next);
        }
    }

    /** Requests all the time, while answers change. */
    static void steady(Act act) throws IOException {
        try (Visitor alone = act.visitor(Pool.ALONE)) {
            act.expectAnswer("before", 200, act.sendUntil(200, alone, Request.GET, PATIENCE));
            for (int i = 0; i < 30; i++) {
                Shot shot = act.send(alone, i % 2 == 0 ? Request.GET : Request.POST);
                act.found(
                        i % 2 == 0 ? Finding.MASKED_GET : Finding.MASKED_POST,
                        shot.reply().summary());
                act.expectAnswer("request " + i, 200, shot);
                Deadline.await(Duration.ofMillis(100), () -> false);
            }
        }
    }
}
