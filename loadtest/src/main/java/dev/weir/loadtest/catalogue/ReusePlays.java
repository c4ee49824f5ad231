package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.IntToLongFunction;

/** What happens to, and on, connections that are used more than once. */
final class ReusePlays {
    private static final Duration MOMENT = Duration.ofMillis(150);
    private static final int ROUNDS = 8;
    /**
     * Three closings teach, one a round; none of those counts that the balancer sees when it has just stood still, and those
     * after a longer pause than 100 ms teach of idle connections instead.
     */
    private static final int MOST_ROUNDS = 16;
    /** Rounds in a row without a second attempt: by then it is learned. */
    private static final int LEARNED = 2;
    /** Requests of a round, one right after the other. */
    private static final int AT_ONCE = 3;

    private ReusePlays() {}

    /** Whatever the backend has sent too much, the next one on the same path gets its own answer. */
    static void poison(Act act) throws IOException {
        FaultCast cast = (FaultCast) act.cast();
        Expected expected = act.expected();
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (int round = 0; round < 3; round++) {
                Shot shot = act.send(visitor, act.scene().probe());
                act.found(Finding.ALONE, shot.reply().summary());
                act.expectAnswer("answer with surplus", expected.requiredAnswer(), shot);
                act.expectTried("answer with surplus", shot, List.of(act.culpritId(Pool.ALONE)));
                cast.heal();
                for (int i = 0; i < 3; i++) {
                    Shot next = act.send(visitor, i == 1 ? Request.POST : Request.GET);
                    act.found(Finding.NEXT, next.reply().summary());
                    act.expectWell("next request", next);
                    act.expectTried("next request", next, List.of(act.culpritId(Pool.ALONE)));
                }
                cast.culprit().breakAgain();
            }
            act.expectViolations(Pool.ALONE, expected.violations());
            act.expectNobodyEjected(Pool.ALONE);
        }
    }

    /** A moment after a good answer comes another one: nobody may get it. */
    static void unaskedWhenIdle(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (int i = 0; i < 4; i++) {
                Shot shot = act.send(visitor, i % 2 == 0 ? Request.GET : Request.POST);
                act.found(Finding.ALONE, shot.reply().summary());
                act.expectWell("request " + i, shot);
                act.expectTried("request " + i, shot, List.of(act.culpritId(Pool.ALONE)));
                Deadline.await(MOMENT, () -> false);
            }
            act.expectNobodyEjected(Pool.ALONE);
            act.expectSomeOf(Pool.ALONE, act.expected().violations());
            act.cast().heal();
            next(act, visitor);
        }
    }

    /**
     * The connection dies with the second request on it: a GET is tried again on a fresh one, a POST is not; until it is
     * learned that a connection is good for one request.
     */
    static void race(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            int inARow = 0;
            for (int round = 0; round < MOST_ROUNDS && inARow < LEARNED; round++) {
                Deadline.await(MOMENT, () -> false); // connections that close at once count as one
                inARow = getsAtOnce(act, visitor) ? inARow + 1 : 0;
            }
            act.expect("rounds in a row on connections of their own", LEARNED, inARow);
            Shot other = act.send(visitor, Request.POST);
            act.found(Finding.MASKED_POST, other.reply().summary());
            act.found(Finding.TYPE, other.error().isEmpty() ? "-" : other.error());
            String what = "POST, once it is learned that a connection is good for one request";
            act.expectWell(what, other);
            act.expectTried(what, other, List.of(act.culpritId(Pool.ALONE)));
            act.expectNobodyEjected(Pool.ALONE);
            act.cast().heal();
            next(act, visitor);
        }
    }

    /** @return whether none of them had to be tried again */
    private static boolean getsAtOnce(Act act, Visitor visitor) throws IOException {
        boolean once = true;
        for (int i = 0; i < AT_ONCE; i++) {
            Shot shot = act.send(visitor, Request.GET);
            act.found(Finding.MASKED_GET, shot.reply().summary());
            act.expectWell("GET", shot);
            expectOnceOrTwice(act, shot);
            once &= shot.attempts() == 1;
        }
        return once;
    }

    /** Idle for about as long as the backend keeps connections. */
    static void idle(Act act) throws IOException {
        getAndPost(act, i -> 560 + 20L * i);
    }

    /** The same where it takes a second. */
    static void idleForASecond(Act act) throws IOException {
        getAndPost(act, i -> 960 + 20L * i);
    }

    /** The end of a connection is noticed before it is used again. */
    static void manyRequests(Act act) throws IOException {
        getAndPost(act, i -> 60);
    }

    private static void next(Act act, Visitor visitor) throws IOException {
        Shot next = act.send(visitor, Request.GET);
        act.found(Finding.NEXT, next.reply().summary());
        act.expectWell("next request", next);
    }

    /** A GET that took a connection which the backend was closing goes out again, but only once, on a fresh one. */
    private static void expectOnceOrTwice(Act act, Shot shot) {
        String culprit = act.culpritId(Pool.ALONE);
        boolean again = shot.request().equals(Request.GET) && shot.attempts() == 2;
        act.expectTried(shot.request().toString(), shot, again ? List.of(culprit, culprit) : List.of(culprit));
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
                act.expectWell(shot.request() + " " + i, shot);
                expectOnceOrTwice(act, shot);
                Deadline.await(Duration.ofMillis(pauseMillis.applyAsLong(i)), () -> false);
            }
            act.expectNobodyEjected(Pool.ALONE);
            act.cast().heal();
            next(act, visitor);
        }
    }
}
