package dev.weir.loadtest.catalogue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Too much at a time. */
final class LimitPlays {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int LONG_BODY = 48 * 1024 * 1024;

    private static final int STORM = 2_000;
    private static final int STORM_CLIENTS = 20;
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Pattern COUNT = Pattern.compile("(?i)\\nWeir-Previous-Attempts: (\\d+)\r");

    private LimitPlays() {}

    /** One request holds the connection: who comes then waits for a while, and is told to come back. */
    static void exhausted(Act act) throws Exception {
        Expected expected = act.expected();
        FaultCast cast = (FaultCast) act.cast();
        try (ExecutorService others = Executors.newFixedThreadPool(4)) {
            Future<Shot> holder = others.submit(get(act, Pool.ALONE));
            act.expect("the first", cast.culprit().awaitRequests(1, SOON), "not there in time");
            List<Future<Shot>> late = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                late.add(others.submit(get(act, Pool.ALONE)));
            }
            for (Future<Shot> future : late) {
                Shot shot = future.get();
                act.found(Finding.ALONE, shot.reply().summary());
                act.found(Finding.TYPE, shot.error());
                act.expect("too many", "503", shot.reply().summary());
                act.expect("type", String.valueOf(expected.type()), shot.error());
                act.expect("Retry-After", shot.reply().field("Retry-After").isPresent(), "not there");
                Operator.of(act, shot).judge(expected);
            }
            act.expect("the first", "200", holder.get().reply().summary());
            Future<Shot> another = others.submit(get(act, Pool.MASKED));
            act.expect("the first of the others", cast.culprit().awaitRequests(2, SOON), "not there in time");
            Shot masked = get(act, Pool.MASKED).call();
            act.found(Finding.MASKED_GET, masked.reply().summary());
            act.expectGreeting("with a partner", act.partner(), masked);
            another.get();
        }
        act.expectNobodyEjected(Pool.ALONE);
        act.cast().heal();
        next(act);
    }

    /** The balancer's queue keeps from the backend what it would refuse. */
    static void oneAtATime(Act act) throws Exception {
        try (ExecutorService clients = Executors.newFixedThreadPool(6)) {
            List<Future<Shot>> shots = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                shots.add(clients.submit(get(act, Pool.ALONE)));
            }
            for (Future<Shot> shot : shots) {
                act.found(Finding.ALONE, shot.get().reply().summary());
                act.expectAnswer("each of six at a time", 200, shot.get());
            }
        }
        act.expectNobodyEjected(Pool.ALONE);
        act.cast().heal();
        next(act);
    }

    private static Callable<Shot> get(Act act, String pool) {
        return () -> {
            try (Visitor visitor = act.visitor(pool)) {
                return act.send(visitor, Request.GET);
            }
        };
    }

    private static void next(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
        }
    }

    /** It fails often enough to be ejected; but then nobody would be left, and nobody would see that it is back. */
    static void theLastOne(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (int i = 0; i < 2 * WeirConfiguration.FAILURES; i++) {
                Shot shot = act.send(visitor, Request.POST);
                act.found(Finding.ALONE, shot.reply().summary());
                act.found(Finding.TYPE, shot.error());
                act.expect("while it fails", "502", shot.reply().summary());
                Operator operator = Operator.of(act, shot);
                operator.judge(act.expected());
                act.expect("why not tried again", act.expected().refusal(), operator.refusal());
            }
        }
        boolean ejected = act.culprit(Pool.ALONE).path("ejected").asBoolean();
        act.found(Finding.EJECTED, ejected ? "yes" : "no");
        act.expect("ejected", !ejected, "the last one must not be");
        act.cast().heal();
        next(act);
    }

    /** All are known to be down: the request gets nowhere, and the operator is told why each one is out. */
    static void allDown(Act act) throws IOException {
        Expected expected = act.expected();
        boolean down = Deadline.await(
                SOON, () -> act.culprit(Pool.ALONE).path("health").asText().equals("down"));
        act.expect("active checks", down, "did not find it down");
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            Shot shot = act.send(visitor, Request.GET);
            act.found(Finding.ALONE, shot.reply().summary());
            act.found(Finding.TYPE, shot.error());
            act.expect(
                    "alone",
                    Integer.toString(expected.status(act.weir().rfc9209())),
                    shot.reply().summary());
            act.expect("type", String.valueOf(expected.type()), shot.error());
            act.expect("Retry-After", shot.reply().field("Retry-After").isPresent(), "not there");
            Operator.of(act, shot).judge(expected);
            act.cast().heal();
            Shot next = act.sendUntil(200, visitor, Request.GET, SOON);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("once it is up", 200, next);
        }
    }

    /** All are known to be down: then requests go to all, and the operator is told so. */
    static void failOpen(Act act) throws IOException {
        Expected expected = act.expected();
        boolean down = Deadline.await(SOON, () -> healths(act).equals(List.of("down", "down", "down")));
        act.expect("active checks", down, "found them " + healths(act));
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            Shot shot = act.send(visitor, Request.GET);
            act.found(Finding.ALONE, shot.reply().summary());
            act.found(Finding.TYPE, shot.error());
            act.expect(
                    "all hang up",
                    Integer.toString(expected.status(act.weir().rfc9209())),
                    shot.reply().summary());
            act.expect("type", String.valueOf(expected.type()), shot.error());
            act.expect("attempts", 3, shot.attempts());
            Operator.of(act, shot).judge(expected);
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
        }
    }

    private static List<String> healths(Act act) {
        return act.weir().pool(act.pool(Pool.ALONE).name()).path("backends").findValuesAsText("health");
    }

    /** Retries are a share of the requests: a dead backend does not get three times as many. */
    static void retryStorm(Act act) throws Exception {
        FaultCast cast = (FaultCast) act.cast();
        expectCount(act, cast);
        long before = cast.culprit().requestCount();
        long began = System.nanoTime();
        try (ExecutorService clients = Executors.newFixedThreadPool(STORM_CLIENTS)) {
            List<Future<?>> storms = new ArrayList<>();
            for (int i = 0; i < STORM_CLIENTS; i++) {
                storms.add(clients.submit(() -> storm(act)));
            }
            for (Future<?> storm : storms) {
                storm.get();
            }
        }
        long tried = cast.culprit().requestCount() - before;
        // A share of the requests of ten seconds, and thirty; windows that begin within a second count as another one.
        long windows = (System.nanoTime() - began) / WINDOW.toNanos() + 2;
        double most = STORM * 1.2 + 30 * windows;
        act.expect(
                "attempts",
                tried > STORM && tried <= most,
                tried + " for " + STORM + " requests (expected: more, but at most " + most + ")");
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            Shot cutShort = act.send(visitor, Request.GET);
            for (int i = 0; i < 50 && cutShort.attempts() == 3; i++) {
                cutShort = act.send(visitor, Request.GET);
            }
            act.found(Finding.ALONE, cutShort.reply().summary());
            act.found(Finding.TYPE, cutShort.error());
            Operator operator = Operator.of(act, cutShort);
            operator.judge(act.expected());
            act.expect("why not tried again", act.expected().refusal(), operator.refusal());
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary() + "; " + tried + " attempts for " + STORM + " requests");
            act.expectAnswer("next request", 200, next);
        }
    }

    /** Each attempt but the first tells how many there were before it. */
    private static void expectCount(Act act, FaultCast cast) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            act.expect("attempts", 3, act.send(visitor, Request.GET).attempts());
        }
        List<String> counts = cast.culprit().requests().stream()
                .map(request -> COUNT.matcher(request.raw()))
                .map(count -> count.find() ? count.group(1) : "")
                .toList();
        act.expect("attempts before", List.of("", "1", "2"), counts);
    }

    private static @Nullable Void storm(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (int i = 0; i < STORM / STORM_CLIENTS; i++) {
                act.expect("request", 502, visitor.send(Request.GET).status());
            }
        }
        return null;
    }

    /** Far more is on its way than there is memory for; backends have to wait for clients then. */
    static void slowReaders(Act act) throws IOException {
        List<RawClient> readers = new ArrayList<>();
        String host = act.pool(Pool.ALONE).name();
        Request request = Request.GET.to("/" + LONG_BODY);
        try {
            for (int i = 0; i < 8; i++) {
                RawClient reader = new RawClient(act.weir().traffic(), host, Visitor.PATIENCE);
                readers.add(reader);
                reader.ask(request, "slow-reader-" + i);
            }
            Deadline.await(Duration.ofMillis(700), () -> false);
            try (Visitor visitor = act.visitor(Pool.ALONE)) {
                Shot next = act.send(visitor, Request.GET.to("/100"));
                act.found(Finding.NEXT, next.reply().summary());
                act.expectAnswer("another request meanwhile", 200, next);
            }
            double direct = act.weir().metrics().sum("jvm_buffer_memory_used_bytes", "id=\"direct\"");
            act.expect("direct memory", direct < 48e6, "holds " + direct + " bytes");
            for (RawClient reader : readers.subList(0, 2)) {
                Reply reply = reader.answer(request);
                act.found(Finding.ALONE, reply.summary());
                act.expect("slow reader", "200", reply.summary());
            }
        } finally {
            readers.forEach(RawClient::close);
        }
    }
}
