package dev.weir.loadtest.catalogue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What goes wrong on the way to a healthy backend, after the connection stood. */
final class NetworkPlays {
    private static final int ESTABLISHED = 1;
    /** From then on the balancer distrusts a connection. */
    private static final Duration LONG_IDLE = Duration.ofMillis(10_300);
    /** The kernel gives up after five seconds, the time limit for a response is eleven. */
    private static final Duration EARLY = Duration.ofSeconds(9);

    private NetworkPlays() {}

    /** It is this host, and so nobody is ejected; once it has a route again, all is well at once. */
    static void noRouteToAnybody(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (int i = 0; i < 2 * WeirConfiguration.FAILURES; i++) {
                Shot shot = act.send(visitor, Request.GET);
                act.found(Finding.ALONE, shot.reply().summary());
                act.found(Finding.TYPE, shot.error());
                Operator.of(act, shot).judge(act.expected());
                act.expect("without a route", "502", shot.reply().summary());
                act.expect("type", "destination_ip_unroutable", shot.error());
            }
            WorkerPlays.expectNobodyEjected(act);
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
        }
    }

    /** Nobody answers: it is the way there, and so nobody is ejected. */
    static void silenceEverywhere(Act act) throws IOException {
        Expected expected = act.expected();
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (int i = 0; i < 2 * WeirConfiguration.FAILURES; i++) {
                Shot shot = act.send(visitor, Request.GET);
                act.found(Finding.ALONE, shot.reply().summary());
                act.found(Finding.TYPE, shot.error());
                act.expect(
                        "nobody answers",
                        Integer.toString(expected.status(act.weir().rfc9209())),
                        shot.reply().summary());
                act.expect("type", String.valueOf(expected.type()), shot.error());
                Operator.of(act, shot).judge(expected);
            }
            WorkerPlays.expectNobodyEjected(act);
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
        }
    }

    /**
     * The kept connections are dead, and only those. After such a pause the kernel has to find that out well before the time
     * limit for a response; idempotent requests must be answered over a new connection.
     */
    static void forgottenFlow(Act act) throws IOException {
        NetworkCast cast = (NetworkCast) act.cast();
        try (Visitor first = act.visitor(Pool.ALONE);
                Visitor second = act.visitor(Pool.MASKED)) {
            act.expectAnswer("before", 200, act.send(first, Request.GET));
            act.expectAnswer("before", 200, act.send(second, Request.GET));
            Deadline.await(LONG_IDLE, () -> false);
            cast.forget(connectionsTo(act.weir().pid(), cast.backend().port()));
            forgottenGet(act, first);
            forgottenPost(act, second);
            act.cast().heal();
            Shot next = act.send(first, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
            act.expectNobodyEjected(Pool.ALONE);
            cast.close(); // or its connections would be kept for longer than anybody wants to wait
        }
    }

    private static void forgottenGet(Act act, Visitor visitor) throws IOException {
        long began = System.nanoTime();
        Shot probe = act.send(visitor, Request.GET);
        act.found(Finding.MASKED_GET, probe.reply().summary());
        act.expectAnswer("GET on a connection that is forgotten", 200, probe);
        act.expect("attempts", 2, probe.attempts());
        boolean early = System.nanoTime() - began < EARLY.toNanos();
        act.expect("found out", early, "only by the time limit for a response");
        act.found(Finding.TYPE, probe.line().flatMap(line -> line.errorOf(0)).orElse(""));
        Operator operator = Operator.of(act, probe);
        act.found(Finding.OPERATOR, operator.line());
        boolean named = operator.line().matches("(?is).*(firewall|NAT).*");
        act.expect("operator's line", named, "expected firewall or NAT, got: " + operator.line());
    }

    /** What cannot be sent again is not sent over a connection that was idle for so long. */
    private static void forgottenPost(Act act, Visitor visitor) throws IOException {
        Shot other = act.send(visitor, Request.POST);
        act.found(Finding.MASKED_POST, other.reply().summary());
        act.expectAnswer("POST where the connection is forgotten", 200, other);
        act.expect("attempts", 1, other.attempts());
    }

    /** A small answer passes. A large one must not hang. */
    static void largeAnswersVanish(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            act.expectAnswer("a small answer", 200, act.send(visitor, Request.GET.to("/100")));
            Shot large = act.send(visitor, Request.GET.to("/100000"));
            act.found(Finding.ALONE, large.reply().summary());
            act.found(Finding.TYPE, large.error());
            Operator operator = Operator.of(act, large);
            act.found(Finding.OPERATOR, operator.line());
            act.expect("a large answer, type", "connection_read_timeout", large.error());
            act.expect("operator's line", operator.line().contains("MTU"), "expected MTU, got: " + operator.line());
            act.cast().heal();
            Shot next = act.send(visitor, Request.GET.to("/100000"));
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request", 200, next);
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
