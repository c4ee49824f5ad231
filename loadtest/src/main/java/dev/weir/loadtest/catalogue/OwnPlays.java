package dev.weir.loadtest.catalogue;

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
            List<Future<Reply>> held = new ArrayList<>();
            for (int i = 0; i < PORTS; i++) {
                held.add(holders.submit(() -> one(act)));
            }
            act.expect(
                    "connections that hold the ports",
                    cast.backend().awaitRequests(PORTS, Duration.ofSeconds(3)),
                    "not there in time");
            Standard.play(act);
            for (Future<Reply> future : held) {
                act.expect("requests that hold the ports", "200", future.get().summary());
            }
        } finally {
            cast.heal();
        }
    }

    private static Reply one(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            return act.send(visitor, Request.GET).reply();
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
                act.expectAnswer("before", 200, act.send(visitor, Request.GET));
            }
            boolean settled = Deadline.await(SETTLED, () -> act.weir().metrics().sum("weir_backend_connections") == 0);
            act.expect("connections to backends", settled, "still open");
            long pid = act.weir().pid();
            String before = limit(pid);
            try {
                strike(act, pid, alone);
                Shot other = act.send(masked, Request.POST);
                act.found(Finding.MASKED_POST, other.reply().summary());
                boolean told = other.reply().isWhole(503) || other.reply().isWhole(200);
                act.expect(
                        "with a partner",
                        told,
                        "expected 503 or 200, got " + other.reply().summary());
                act.expectNobodyEjected(Pool.MASKED);
                act.expectNobodyEjected(Pool.ALONE);
            } finally {
                setLimit(pid, before);
            }
            Shot next = act.sendUntil(200, alone.getLast(), Request.GET, SETTLED);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectAnswer("next request, alone", 200, next);
        } finally {
            alone.forEach(Visitor::close);
        }
    }

    private static void strike(Act act, long pid, List<Visitor> visitors) throws IOException {
        for (Visitor visitor : visitors) {
            setLimit(pid, firstFree(pid) + ":");
            Shot shot = act.send(visitor, Request.GET);
            if (!shot.reply().isWhole(200)) {
                act.found(Finding.ALONE, shot.reply().summary());
                act.found(Finding.TYPE, shot.error());
                act.expect("alone", "503", shot.reply().summary());
                act.expect("alone, type", "proxy_internal_error", shot.error());
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
            List<Future<Reply>> held = new ArrayList<>();
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
            for (Future<Reply> future : held) {
                Reply reply = future.get();
                act.found(Finding.ALONE, reply.summary());
                act.expect("request under way during the pause", "200", reply.summary());
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
            act.expectAnswer("next request", 200, next);
        }
    }
}
