package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Backends that are well, but for some of their workers. */
final class WorkerPlays {
    static final int SLOW_AT_A_TIME = 12;
    static final int WORKERS = 2;

    /** One of them may have an idle connection first, for two seconds. */
    private static final Duration BUSY = Duration.ofSeconds(10);

    private static final int WARM_UP = 30;
    private static final Request SLOW = Request.GET.to("/slow");

    private WorkerPlays() {}

    /** Many wait for a route that does not answer, and everything else is answered: nobody is to be ejected for it. */
    static void slowRoute(Act act) throws IOException, InterruptedException, ExecutionException {
        try (ExecutorService clients = Executors.newFixedThreadPool(SLOW_AT_A_TIME);
                Visitor others = act.visitor(Pool.ALONE)) {
            for (int i = 0; i < WARM_UP; i++) { // until each has answered some
                act.expectWell("before", act.send(others, Request.GET));
            }
            List<Future<Shot>> slow = new ArrayList<>();
            for (int i = 0; i < SLOW_AT_A_TIME; i++) {
                slow.add(clients.submit(get(act, SLOW)));
            }
            while (slow.stream().anyMatch(future -> !future.isDone())) {
                act.expectWell("another route meanwhile", act.send(others, Request.GET));
                Deadline.await(Duration.ofMillis(10), () -> false);
            }
            for (Future<Shot> future : slow) {
                Shot shot = future.get();
                act.found(Finding.ALONE, shot.reply().summary());
                act.found(Finding.TYPE, shot.error());
                expectFailure(act, "slow route", shot, 1);
            }
            expectNobodyEjected(act);
            act.cast().heal();
            Shot next = act.send(others, SLOW);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
        }
    }

    /** Each attempt failed as it is expected. */
    private static void expectFailure(Act act, String what, Shot shot, int attempts) {
        Expected expected = act.expected();
        act.expectRefusal(what, expected.status(act.weir().rfc9209()), String.valueOf(expected.type()), shot);
        Operator operator = Operator.of(act, shot);
        operator.judge(expected);
        List<String> decisions = new ArrayList<>(Collections.nCopies(attempts - 1, "retried"));
        decisions.add(expected.refusal());
        operator.judgeAttempts(what, decisions, expected.retry().classes());
    }

    private static Callable<Shot> get(Act act, Request request) {
        return () -> {
            try (Visitor visitor = act.visitor(Pool.ALONE)) {
                return act.send(visitor, request);
            }
        };
    }

    static void expectNobodyEjected(Act act) {
        long out = act.weir().pool(act.pool(Pool.ALONE).name()).path("backends").findValues("ejections").stream()
                .filter(count -> count.asInt() > 0)
                .count();
        act.found(Finding.EJECTED, out == 0 ? "no" : "yes");
        act.expect("ejected", 0L, out);
    }

    /** Every worker is stuck, with a connection that stands, and the queue is full. */
    static void acceptQueueFull(Act act) throws IOException, InterruptedException, ExecutionException {
        WorkerCast cast = (WorkerCast) act.cast();
        try (ExecutorService clients = Executors.newFixedThreadPool(WORKERS);
                Visitor visitor = act.visitor(Pool.ALONE)) {
            act.expectWell("before", act.send(visitor, Request.GET));
            List<Future<Shot>> stuck = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                stuck.add(clients.submit(get(act, SLOW)));
            }
            boolean all = Deadline.await(BUSY, () -> cast.slowRequests() == WORKERS);
            act.expect("workers", all, "not all are stuck");
            cast.servers().getFirst().fillQueue();
            Shot shot = act.send(visitor, Request.GET);
            act.found(Finding.ALONE, shot.reply().summary());
            act.found(Finding.TYPE, shot.error());
            expectFailure(act, "alone", shot, 3);
            act.expectTried("alone", shot, Collections.nCopies(3, act.culpritId(Pool.ALONE)));
            cast.heal();
            for (Future<Shot> future : stuck) {
                act.expectWell("stuck for a while", future.get());
            }
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
        }
    }
}
