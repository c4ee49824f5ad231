package dev.weir.loadtest.catalogue;

import java.io.IOException;
import java.time.Duration;
import java.util.function.IntToLongFunction;

/** What happens to, and on, connections that are used more than once. */
final class ReusePlays {
    private static final Duration MOMENT = Duration.ofMillis(150);
    private static final int ROUNDS = 8;

    private ReusePlays() {}

    /** Whatever the backend has sent too much, the next one on the same path gets its own answer. */
    static void poison(Act act) throws IOException {
        FaultCast cast = (FaultCast) act.cast();
        Expected expected = act.expected();
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (int round = 0; round < 3; round++) {
                Shot shot = act.send(visitor, act.scene().probe());
                act.found(Finding.ALONE, shot.reply().summary());
                act.expectAnswer("answer with surplus", expected.status(), shot);
                cast.heal();
                for (int i = 0; i < 3; i++) {
                    Shot next = act.send(visitor, i == 1 ? Request.POST : Request.GET);
                    act.found(Finding.NEXT, next.reply().summary());
                    act.expectGreeting("next request", cast.culprit().fault().id(), next);
                }
                cast.culprit().breakAgain();
            }
            act.expectNobodyEjected(Pool.ALONE);
        }
    }

    /** A moment after a good answer comes another one: nobody may get it. */
    static void unaskedWhenIdle(Act act) throws IOException {
        FaultCast cast = (FaultCast) act.cast();
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (int i = 0; i < 4; i++) {
                Shot shot = act.send(visitor, i % 2 == 0 ? Request.GET : Request.POST);
                act.found(Finding.ALONE, shot.reply().summary());
                act.expectGreeting("request " + i, cast.culprit().fault().id(), shot);
                Deadline.await(MOMENT, () -> false);
            }
            act.expectNobodyEjected(Pool.ALONE);
            cast.heal();
            next(act, visitor);
        }
    }

    /**
     * The connection dies with the second request on it: a GET is tried again on a fresh one, a POST is not; until it is
     * learned that a connection is good for one request.
     */
    static void race(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (int i = 0; i < ROUNDS; i++) {
                Shot shot = act.send(visitor, Request.GET);
                act.found(Finding.MASKED_GET, shot.reply().summary());
                act.expectAnswer("GET " + i, 200, shot);
                Deadline.await(MOMENT, () -> false); // connections that close at once count as one
            }
            Shot other = act.send(visitor, Request.POST);
            act.found(Finding.MASKED_POST, other.reply().summary());
            act.found(Finding.TYPE, other.error().isEmpty() ? "-" : other.error());
            act.expectAnswer("POST, once it is learned that a connection is good for one request", 200, other);
            act.expectNobodyEjected(Pool.ALONE);
            act.cast().heal();
            next(act, visitor);
        }
    }

    /** Idle for about as long as the backend keeps connections. */
    static void idle(Act act) throws IOException {
        getAndPost(act, i -> 560 + 20L * i);
    }

    /** The end of a connection is noticed before it is used again. */
    static void manyRequests(Act act) throws IOException {
        getAndPost(act, i -> 60);
    }

    private static void next(Act act, Visitor visitor) throws IOException {
        Shot next = act.send(visitor, Request.GET);
        act.found(Finding.NEXT, next.reply().summary());
        act.expectAnswer("next request", 200, next);
    }

    /**
     * One request after the other on one connection, every other one a POST.
     *
     * @param pauseMillis after each, by its number
     */
    private static void getAndPost(Act act, IntToLongFunction pauseMillis) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (int i = 0; i < ROUNDS; i++) {
                Shot shot = act.send(visitor, i % 2 == 0 ? Request.GET : Request.POST);
                act.found(
                        i % 2 == 0 ? Finding.MASKED_GET : Finding.MASKED_POST,
                        shot.reply().summary());
                act.expectAnswer(shot.request() + " " + i, 200, shot);
                Deadline.await(Duration.ofMillis(pauseMillis.applyAsLong(i)), () -> false);
            }
            act.expectNobodyEjected(Pool.ALONE);
            act.cast().heal();
            next(act, visitor);
        }
    }
}
