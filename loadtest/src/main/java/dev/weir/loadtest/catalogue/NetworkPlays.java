package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What goes wrong on the way to a healthy backend, after the connection stood. */
final class NetworkPlays {
    private static final int ESTABLISHED = 1;
    private static final int LARGE = 100_000;
    /** From then on the balancer distrusts a connection. */
    private static final Duration LONG_IDLE = Duration.ofMillis(10_300);
    /** The kernel gives up after five seconds, the time limit for a response is eleven. */
    private static final Duration EARLY = Duration.ofSeconds(9);

    private NetworkPlays() {}

    /** It is this host, and so nobody is ejected; once it has a route again, all is well at once. */
    static void noRouteToAnybody(Act act) throws IOException {
        nobodyIsReached(act, "without a route", 502);
    }

    /** Nobody answers: it is the way there, and so nobody is ejected. */
    static void silenceEverywhere(Act act) throws IOException {
        nobodyIsReached(act, "nobody answers", act.expected().status(act.weir().rfc9209()));
    }

    private static void nobodyIsReached(Act act, String what, int status) throws IOException {
        Expected expected = act.expected();
        Set<String> ids = ids(act);
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (int i = 0; i < 2 * WeirConfiguration.FAILURES; i++) {
                Shot shot = act.send(visitor, Request.GET);
                act.found(Finding.ALONE, shot.reply().summary());
                act.found(Finding.TYPE, shot.error());
                act.expectRefusal(what, status, String.valueOf(expected.type()), shot);
                act.expect(what + ", attempts", 3, shot.attempts());
                act.expect(what + ", tried on", ids, Set.copyOf(shot.backends()));
                Operator operator = Operator.of(act, shot);
                operator.judge(expected);
                operator.judgeAttempts(what, List.of("retried", "retried", "no_attempts_left"), Set.of("R0"));
            }
            WorkerPlays.expectNobodyEjected(act);
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
        }
    }

    private static Set<String> ids(Act act) {
        return act.pool(Pool.ALONE).members().stream().map(Member::address).collect(Collectors.toSet());
    }

    /**
     * The kept connections are dead, and only those. After such a pause the kernel has to find that out well before the time
     * limit for a response; idempotent requests must be answered over a new connection.
     */
    static void forgottenFlow(Act act) throws IOException {
        NetworkCast cast = (NetworkCast) act.cast();
        try (Visitor first = act.visitor(Pool.ALONE);
                Visitor second = act.visitor(Pool.MASKED)) {
            act.expectWell("before", act.send(first, Request.GET));
            act.expectWell("before", act.send(second, Request.GET));
            Deadline.await(LONG_IDLE, () -> false);
            cast.forget(connectionsTo(act.weir().pid(), cast.backend().port()));
            forgottenGet(act, first);
            forgottenPost(act, second);
            act.cast().heal();
            Shot next = act.send(first, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
            act.expectNobodyEjected(Pool.ALONE);
            cast.close(); // or its connections would be kept for longer than anybody wants to wait
        }
    }

    private static void forgottenGet(Act act, Visitor visitor) throws IOException {
        long began = System.nanoTime();
        Shot probe = act.send(visitor, Request.GET);
        act.found(Finding.MASKED_GET, probe.reply().summary());
        String culprit = act.culpritId(Pool.ALONE);
        act.expectWell("GET on a connection that is forgotten", probe);
        act.expectTried("GET on a connection that is forgotten", probe, List.of(culprit, culprit));
        boolean early = System.nanoTime() - began < EARLY.toNanos();
        act.expect("found out", early, "only by the time limit for a response");
        String type = probe.line().flatMap(line -> line.errorOf(0)).orElse("");
        act.found(Finding.TYPE, type);
        act.expect("type of the first attempt", String.valueOf(act.expected().type()), type);
        Operator operator = Operator.of(act, probe);
        operator.judge(act.expected());
        operator.judgeAttempts("GET on a connection that is forgotten", List.of("retried"), Set.of("R1"));
    }

    /** What cannot be sent again is not sent over a connection that was idle for so long. */
    private static void forgottenPost(Act act, Visitor visitor) throws IOException {
        Shot other = act.send(visitor, Request.POST);
        act.found(Finding.MASKED_POST, other.reply().summary());
        act.expectWell("POST where the connection is forgotten", other);
        act.expectTried("POST where the connection is forgotten", other, List.of(act.culpritId(Pool.MASKED)));
    }

    /** A small answer passes. A large one must not hang. */
    static void largeAnswersVanish(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            act.expectAnswer("a small answer", BodyCast.answer(100), act.send(visitor, Request.GET.to("/100")));
            Shot large = act.send(visitor, Request.GET.to("/" + LARGE));
            act.found(Finding.ALONE, large.reply().summary());
            act.found(Finding.TYPE, large.error());
            act.expect("a large answer", "200, cut after 0 B", large.reply().summary());
            BodyCast.answer(LARGE)
                    .withBody("")
                    .differences(large.reply())
                    .forEach(difference -> act.wrong("a large answer, " + difference));
            act.expect("a large answer, type", String.valueOf(act.expected().type()), large.error());
            act.expectTried("a large answer", large, List.of(act.culpritId(Pool.ALONE)));
            Operator operator = Operator.of(act, large);
            operator.judge(act.expected());
            operator.judgeAttempts("a large answer", List.of("response_begun"), Set.of("R3"));
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET.to("/" + LARGE));
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", BodyCast.answer(LARGE), next);
        }
    }

    /** Local ports of a process's network namespace with a connection to that port. */
    private static List<Integer> connectionsTo(long pid, int port) throws IOException {
        List<Integer> local = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (String family : List.of("tcp", "tcp6")) { // Java's sockets are of the second kind, for IPv4 too
            lines.addAll(Files.readAllLines(Path.of("/proc", Long.toString(pid), "net", family)));
        }
        for (String line : lines) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length > 3 && words[1].contains(":") && Integer.parseInt(words[3], 16) == ESTABLISHED) {
                if (portOf(words[2]) == port) {
                    local.add(portOf(words[1]));
                }
            }
        }
        return local;
    }

    private static int portOf(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
    }
}
