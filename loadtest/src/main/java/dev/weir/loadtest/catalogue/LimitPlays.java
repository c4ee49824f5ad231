package dev.weir.loadtest.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.loadtest.process.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Too much at a time. */
final class LimitPlays {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int LONG_BODY = 48 * 1024 * 1024;
    /** Of the 96 MB that the process may have, and the 384 MB that are asked for. */
    private static final double MOST_RESERVED = 48e6;

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
                act.expectRefusal("too many", 503, String.valueOf(expected.type()), shot);
                act.expect("Retry-After", shot.reply().field("Retry-After").isPresent(), "not there");
                act.expectTried("too many", shot, List.of());
                Operator.of(act, shot).judge(expected);
            }
            act.expectWell("the first", holder.get());
            Future<Shot> another = others.submit(get(act, Pool.MASKED));
            act.expect("the first of the others", cast.culprit().awaitRequests(2, SOON), "not there in time");
            Shot masked = get(act, Pool.MASKED).call();
            act.found(Finding.MASKED_GET, masked.reply().summary());
            act.expectPartner("with a partner", masked);
            act.expectTried("with a partner", masked, List.of(act.partnerId()));
            act.expectWell("the first of the others", another.get());
            act.expectTried("the first of the others", another.get(), List.of(act.culpritId(Pool.MASKED)));
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
                act.expectWell("each of six at a time", shot.get());
                act.expectTried("each of six at a time", shot.get(), List.of(act.culpritId(Pool.ALONE)));
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
            act.expectWell("next request", next);
        }
    }

    /** It fails often enough to be ejected; but then nobody would be left, and nobody would see that it is back. */
    static void theLastOne(Act act) throws IOException {
        long counted = 0;
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (int i = 0; i < 2 * WeirConfiguration.FAILURES; i++) {
                Shot shot = act.send(visitor, Request.POST);
                act.found(Finding.ALONE, shot.reply().summary());
                act.found(Finding.TYPE, shot.error());
                act.expectRefusal("while it fails", 502, "connection_terminated", shot);
                act.expectTried("while it fails", shot, List.of(act.culpritId(Pool.ALONE)));
                Operator operator = Operator.of(act, shot);
                operator.judge(act.expected());
                operator.judgeAttempts("while it fails", List.of(act.expected().refusal()), Set.of("R1"));
                counted += shot.countedAgainst(act.culpritId(Pool.ALONE));
            }
        }
        JsonNode backend = act.culprit(Pool.ALONE);
        boolean ejected = backend.path("ejections").asInt(-1) != 0;
        act.found(Finding.EJECTED, ejected ? "yes" : "no");
        act.expect(
                "failures in a row",
                counted,
                backend.path("consecutive_failures").asLong());
        act.expect(
                "failures that would eject one of several", counted >= WeirConfiguration.FAILURES, "only " + counted);
        act.expect("ejected", !ejected, "the last one must not be: " + backend);
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
            act.expectRefusal("alone", expected.status(act.weir().rfc9209()), String.valueOf(expected.type()), shot);
            act.expect("Retry-After", shot.reply().field("Retry-After").isPresent(), "not there");
            act.expectTried("alone", shot, List.of());
            Operator.of(act, shot).judge(expected);
            act.cast().heal();
            Shot next = act.sendUntil(200, visitor, Request.GET, SOON);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("once it is up", next);
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
            act.expectRefusal(
                    "all hang up", expected.status(act.weir().rfc9209()), String.valueOf(expected.type()), shot);
            Set<String> all =
                    act.pool(Pool.ALONE).members().stream().map(Member::address).collect(Collectors.toSet());
            act.expect("all hang up, attempts", 3, shot.attempts());
            act.expect("all hang up, tried on", all, Set.copyOf(shot.backends()));
            Operator operator = Operator.of(act, shot);
            operator.judge(expected);
            operator.judgeAttempts("all hang up", List.of("retried", "retried", expected.refusal()), Set.of("R1"));
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
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
            act.expectRefusal("a request that is not tried again", 502, "connection_terminated", cutShort);
            Operator operator = Operator.of(act, cutShort);
            operator.judge(act.expected());
            List<String> decisions = new ArrayList<>(Collections.nCopies(cutShort.attempts() - 1, "retried"));
            decisions.add(act.expected().refusal());
            operator.judgeAttempts("a request that is not tried again", decisions, Set.of("R1"));
            act.found(Finding.NEXT, tried + " attempts for " + STORM + " requests");
        }
        act.cast().heal();
        next(act);
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
                act.expectAnswer("another request meanwhile", BodyCast.answer(100), next);
            }
            double reserved = act.weir().metrics().sum("weir_direct_memory_reserved_bytes");
            act.expect("direct memory", reserved > 0 && reserved < MOST_RESERVED, "holds " + reserved + " bytes");
            for (RawClient reader : readers.subList(0, 2)) {
                Reply reply = reader.answer(request);
                act.found(Finding.ALONE, reply.summary());
                act.expect("slow reader", "200", reply.summary());
                act.expect("slow reader, length of the body", (long) LONG_BODY, reply.length());
            }
        } finally {
            readers.forEach(RawClient::close);
        }
    }
}
