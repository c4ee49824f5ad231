package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Deadline;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Output;
import dev.weir.loadtest.process.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What happens to the balancer's own host and process. No backend may be blamed for that. */
final class OwnPlays {
    private static final int PORTS = 4;
    private static final int STRIKES = 5;
    /** Longer than idle connections are kept. */
    private static final Duration SETTLED = Duration.ofSeconds(6);

    private OwnPlays() {}

    /** All source ports are in use for the culprit; the partner has another port, and so can be reached. */
    static void sourcePorts(Act act) throws Exception {
        NetworkCast cast = (NetworkCast) act.cast();
        cast.sysctl("net.ipv4.ip_local_port_range", "45000 45003", "32768 60999");
        try (ExecutorService holders = Executors.newFixedThreadPool(PORTS)) {
            List<Future<Shot>> held = new ArrayList<>();
            for (int i = 0; i < PORTS; i++) {
                held.add(holders.submit(() -> one(act)));
            }
            act.expect(
                    "connections that hold the ports",
                    cast.backend().awaitRequests(PORTS, Duration.ofSeconds(3)),
                    "not there in time");
            Standard.play(act);
            for (Future<Shot> future : held) {
                act.expectWell("requests that hold the ports", future.get());
            }
        } finally {
            cast.heal();
        }
    }

    private static Shot one(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            return act.send(visitor, Request.GET);
        }
    }

    /**
     * The limit is lowered to what is open, so that nothing more can be opened: neither to a backend nor by a client. What the
     * process closes meanwhile makes room again, and then a request may succeed.
     */
    static void descriptors(Act act) throws IOException {
        List<Visitor> alone = new ArrayList<>();
        try (Visitor masked = act.visitor(Pool.MASKED)) {
            masked.connect();
            for (int i = 0; i < STRIKES; i++) {
                Visitor visitor = act.visitor(Pool.ALONE);
                alone.add(visitor);
                act.expectWell("before", act.send(visitor, Request.GET));
            }
            boolean settled = Deadline.await(SETTLED, () -> act.weir().metrics().sum("weir_backend_connections") == 0);
            act.expect("connections to backends", settled, "still open");
            long pid = act.weir().pid();
            String before = limit(pid);
            try {
                strike(act, pid, before, alone);
                Shot other = act.send(masked, Request.POST);
                act.found(Finding.MASKED_POST, other.reply().summary());
                judgeOther(act, other);
                act.expectNobodyEjected(Pool.MASKED);
                act.expectNobodyEjected(Pool.ALONE);
            } finally {
                setLimit(pid, before);
            }
            Shot next = act.sendUntil(200, alone.getLast(), Request.GET, SETTLED);
            act.found(Finding.NEXT, next.reply().summary());
            boolean closes = next.reply().field("Connection").isPresent(); // it may still be short of descriptors
            Wanted well = act.cast().well();
            act.expectAnswer("next request, alone", closes ? well.with("Connection: close") : well, next);
        } finally {
            alone.forEach(Visitor::close);
        }
    }

    /** What is closed meanwhile may make room for a connection, to the culprit or else to the partner. */
    private static void judgeOther(Act act, Shot other) {
        String what = "with a partner";
        if (other.reply().status() != 200) {
            act.expectRefusal(what, 503, String.valueOf(act.expected().type()), other);
            return;
        }
        boolean partners = other.backends().getLast().equals(act.partnerId());
        Wanted wanted = partners ? Wanted.greeting("healthy") : act.cast().well();
        boolean closes = other.reply().field("Connection").isPresent(); // as it does while it is short of descriptors
        act.expectAnswer(what, closes ? wanted.with("Connection: close") : wanted, other);
    }

    private static void strike(Act act, long pid, String before, List<Visitor> visitors) throws IOException {
        for (int i = 0; i < 3 * visitors.size(); i++) {
            Visitor visitor = visitors.get(i % visitors.size());
            setLimit(pid, firstFree(pid) + ":");
            Shot shot = act.send(visitor, Request.GET);
            boolean dropped = shot.reply().status() == 0; // idle connections are closed, to have some for backends
            if (dropped) {
                setLimit(pid, before);
                act.expect(
                        "a new connection",
                        act.send(visitor, Request.GET).reply().isWhole(200),
                        "got no answer");
            } else if (!shot.reply().isWhole(200)) {
                act.found(Finding.ALONE, shot.reply().summary());
                act.found(Finding.TYPE, shot.error());
                act.expectRefusal("alone", 503, String.valueOf(act.expected().type()), shot);
                act.expect(
                        "alone, Retry-After", shot.reply().field("Retry-After").isPresent(), "not there");
                Operator.of(act, shot).judge(act.expected());
                return;
            }
        }
        act.wrong("alone: there was always a descriptor left");
    }

    private static String limit(long pid) {
        String line = Output.of(
                        Tool.PRLIMIT.path(), "--pid", Long.toString(pid), "--nofile", "--noheadings", "-o", "SOFT,HARD")
                .text();
        return line.strip().replaceAll("\\s+", ":");
    }

    private static void setLimit(long pid, String limits) {
        String output = Output.of(Tool.PRLIMIT.path(), "--pid", Long.toString(pid), "--nofile=" + limits)
                .text();
        if (!output.isEmpty()) {
            throw new MeasurementException("prlimit --nofile=" + limits + ": " + output);
        }
    }

    /** The number that the next descriptor would get. */
    private static int firstFree(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            Set<Integer> numbers = open.map(
                            path -> Integer.parseInt(path.getFileName().toString()))
                    .collect(Collectors.toSet());
            int free = 0;
            while (numbers.contains(free)) {
                free++;
            }
            return free;
        }
    }

    /** SIGSTOP for longer than every time limit, with requests under way and active checks. */
    static void pause(Act act) throws IOException, InterruptedException, ExecutionException {
        try (ExecutorService clients = Executors.newFixedThreadPool(PORTS)) {
            List<Future<Shot>> held = new ArrayList<>();
            FaultCast cast = (FaultCast) act.cast();
            for (int i = 0; i < PORTS; i++) {
                held.add(clients.submit(() -> one(act)));
            }
            act.expect(
                    "requests under way",
                    cast.culprit().awaitRequests(PORTS, Duration.ofSeconds(3)),
                    "not there in time");
            String pid = Long.toString(act.weir().pid());
            String complaint = Output.of("kill", "-STOP", pid).text(); // silent if it does what it should
            act.expect("stop of the process", "", complaint);
            try {
                Deadline.await(Duration.ofMillis(2500), () -> false);
            } finally {
                Output.of("kill", "-CONT", pid);
            }
            for (Future<Shot> future : held) {
                Shot shot = future.get();
                act.found(Finding.ALONE, shot.reply().summary());
                act.expectWell("request under way during the pause", shot);
                act.expectTried("request under way during the pause", shot, List.of(act.culpritId(Pool.ALONE)));
            }
        }
        act.expectNobodyEjected(Pool.ALONE);
        act.expect(
                "health after the pause",
                "up",
                act.culprit(Pool.ALONE).path("health").asText());
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
        }
    }
}
