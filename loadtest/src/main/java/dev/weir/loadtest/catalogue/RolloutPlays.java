package dev.weir.loadtest.catalogue;

import java.io.IOException;
import java.time.Duration;

/** Backends that come and go. */
final class RolloutPlays {
    private static final Duration SOON = Duration.ofSeconds(6);
    private static final int REQUESTS = 20;

    private RolloutPlays() {}

    /** With a partner nobody sees that it stops. */
    static void stops(Act act) throws IOException {
        shutDown(act, true);
    }

    /** It takes its connections along: what of it is not idempotent may be lost, everything else is not. */
    static void dies(Act act) throws IOException {
        shutDown(act, false);
    }

    private static void shutDown(Act act, boolean graceful) throws IOException {
        try (Visitor visitor = act.visitor(Pool.MASKED)) {
            for (int i = 0; i < REQUESTS; i++) {
                Shot shot = act.send(visitor, graceful && i % 2 == 1 ? Request.POST : Request.GET);
                act.found(
                        i % 2 == 0 ? Finding.MASKED_GET : Finding.MASKED_POST,
                        shot.reply().summary());
                act.expectAnswer("request " + i, 200, shot);
            }
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
        }
    }

    /** Nobody is sent to it before its checks pass. */
    static void cold(Act act) throws IOException {
        boolean checked = Deadline.await(
                SOON, () -> act.culprit(Pool.MASKED).path("health").asText().equals("down"));
        act.expect("active checks", checked, "did not find it cold");
        try (Visitor visitor = act.visitor(Pool.MASKED)) {
            for (int i = 0; i < REQUESTS; i++) {
                Shot shot = act.send(visitor, i % 2 == 0 ? Request.GET : Request.POST);
                act.found(
                        i % 2 == 0 ? Finding.MASKED_GET : Finding.MASKED_POST,
                        shot.reply().summary());
                act.expectGreeting("request " + i, act.partner(), shot);
                act.expect("attempts", 1, shot.attempts());
            }
            act.cast().heal();
            String id = ((FaultCast) act.cast()).culprit().fault().id();
            Shot next = act.send(visitor, Request.GET);
            long end = System.nanoTime() + SOON.toNanos();
            while (!next.reply().body().startsWith(id) && System.nanoTime() - end < 0) {
                next = act.send(visitor, Request.GET);
            }
            act.found(Finding.NEXT, next.reply().summary());
            act.expectGreeting("once it is warm", id, next);
        }
    }

    /** The cookie's backend is gone: another one serves, and its cookie replaces the old one. */
    static void sticky(Act act) throws IOException {
        StickyCast cast = (StickyCast) act.cast();
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            Shot first = act.send(visitor, Request.GET);
            act.expectAnswer("before", 200, first);
            String cookie =
                    "Cookie: " + first.reply().field("Set-Cookie").orElse("").split(";", 2)[0];
            boolean onFirst =
                    first.reply().body().startsWith(cast.first().fault().id());
            (onFirst ? cast.first() : cast.second()).breakAgain();
            for (int i = 0; i < 2 * WeirConfiguration.FAILURES; i++) {
                Shot shot = act.send(visitor, (i % 2 == 0 ? Request.GET : Request.POST).with(cookie));
                act.found(
                        i % 2 == 0 ? Finding.MASKED_GET : Finding.MASKED_POST,
                        shot.reply().summary());
                act.expectAnswer("with the cookie of the dead one", 200, shot);
                act.expect("a new cookie", shot.reply().field("Set-Cookie").isPresent(), "not there");
            }
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET.with(cookie));
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
        }
    }
}
