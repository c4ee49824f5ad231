package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.faults.FaultServer;
import dev.weir.loadtest.process.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Backends that come and go. */
final class RolloutPlays {
    private static final Duration SOON = Duration.ofSeconds(6);
    private static final int REQUESTS = 20;
    private static final Pattern COOKIE = Pattern.compile("weir=[\\w-]{20,}; Path=/; SameSite=Lax; HttpOnly");

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
                expectEither("request " + i, act, shot);
            }
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            expectEither("next request", act, next);
        }
    }

    /** From the culprit at once, or from the partner, be it at once or in the second place. */
    private static void expectEither(String what, Act act, Shot shot) {
        String culprit = act.culpritId(Pool.MASKED);
        List<String> tried = shot.backends();
        if (tried.equals(List.of(culprit))) {
            act.expectWell(what, shot);
        } else {
            act.expectPartner(what, shot);
            act.expectTried(
                    what, shot, tried.size() == 1 ? List.of(act.partnerId()) : List.of(culprit, act.partnerId()));
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
                act.expectPartner("request " + i, shot);
                act.expectTried("request " + i, shot, List.of(act.partnerId()));
            }
            act.cast().heal();
            List<String> culprit = List.of(act.culpritId(Pool.MASKED));
            Shot next = act.send(visitor, Request.GET);
            long end = System.nanoTime() + SOON.toNanos();
            while (!next.backends().equals(culprit) && System.nanoTime() - end < 0) {
                act.expectPartner("before it is warm", next);
                next = act.send(visitor, Request.GET);
            }
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("once it is warm", next);
            act.expectTried("once it is warm", next, culprit);
        }
    }

    /** The cookie's backend is gone: another one serves, and its cookie replaces the old one. */
    static void sticky(Act act) throws IOException {
        StickyCast cast = (StickyCast) act.cast();
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            Shot first = act.send(visitor, Request.GET);
            boolean onFirst = first.backends().equals(List.of(act.culpritId(Pool.ALONE)));
            FaultServer gone = onFirst ? cast.first() : cast.second();
            FaultServer left = onFirst ? cast.second() : cast.first();
            String cookie = expectCookie("before", act, gone, first);
            gone.breakAgain();
            for (int i = 0; i < 2 * WeirConfiguration.FAILURES; i++) {
                Shot shot = act.send(visitor, (i % 2 == 0 ? Request.GET : Request.POST).with("Cookie: " + cookie));
                act.found(
                        i % 2 == 0 ? Finding.MASKED_GET : Finding.MASKED_POST,
                        shot.reply().summary());
                String other = expectCookie("with the cookie of the dead one", act, left, shot);
                act.expect("a new cookie", !other.equals(cookie), "the same one");
            }
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET.with("Cookie: " + cookie));
            act.found(Finding.NEXT, next.reply().summary());
            expectCookie("next request, while it is ejected", act, left, next);
        }
    }

    /** @return name and value of the cookie that comes along with the server's answer */
    private static String expectCookie(String what, Act act, FaultServer server, Shot shot) {
        String field = shot.reply().field("Set-Cookie").orElse("");
        act.expect(
                what + ", cookie", COOKIE.matcher(field).matches(), "expected one like " + COOKIE + ", got " + field);
        act.expectAnswer(what, StickyCast.greeting(server).with("Set-Cookie: " + field), shot);
        return field.split(";", 2)[0];
    }
}
