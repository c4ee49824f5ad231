package dev.weir.balancer.doctor;

import dev.weir.balancer.incident.Amount;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Whether each address accepts TCP connections, and whether the one that is examined further accepts several. */
final class ConnectCheck {
    /** One connection in the first place and so many after it, all held open: enough to fill what is nearly full. */
    private static final int FURTHER = 4;

    private static final long RETRANSMISSION_NANOS = 900_000_000L; // Linux repeats a SYN after 1 s

    /**
     * @param wire null if it failed, or if it was reset as soon as it stood: what that means is found out when it is used
     * @param failure null if it stood
     */
    private record Try(
            InetAddress address,
            @Nullable TcpWire wire,
            @Nullable IOException failure,
            long nanos) {}

    private final Dialer dialer;
    private final LocalListeners listeners;

    ConnectCheck(Dialer dialer, LocalListeners listeners) {
        this.dialer = dialer;
        this.listeners = listeners;
    }

    /** @return the first address that accepts; null if none does, or if it accepts no further connections */
    @Nullable
    InetAddress check(List<InetAddress> addresses, Findings findings) {
        List<Try> tries = tryAll(addresses);
        try {
            List<InetAddress> working = tries.stream()
                    .filter(one -> one.failure() == null)
                    .map(Try::address)
                    .toList();
            for (Try one : tries) {
                if (one.failure() != null) {
                    failed(one, one.failure(), working, findings);
                }
            }
            preferFamily(tries, working, findings);
            facts(tries, findings);
            if (working.isEmpty()) {
                return null;
            }
            Try first = tries.stream()
                    .filter(one -> one.failure() == null)
                    .findFirst()
                    .orElseThrow();
            return several(first, findings);
        } finally {
            tries.forEach(ConnectCheck::close);
        }
    }

    private List<Try> tryAll(List<InetAddress> addresses) {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Try>> futures = new ArrayList<>();
            for (InetAddress address : addresses) {
                Callable<Try> task = () -> attempt(address);
                futures.add(executor.submit(task));
            }
            List<Try> tries = new ArrayList<>();
            for (Future<Try> future : futures) {
                tries.add(future.get());
            }
            return tries;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private Try attempt(InetAddress address) {
        long begin = dialer.nanos();
        try {
            TcpWire wire = dialer.tcp(address, dialer.step());
            return new Try(address, wire, null, dialer.nanos() - begin);
        } catch (IOException e) {
            boolean stood = ConnectFailure.of(e) == ConnectFailure.RESET;
            return new Try(address, null, stood ? null : e, dialer.nanos() - begin);
        }
    }

    /** Connects a few more times, and keeps all connections open: a queue that nobody empties shows itself. */
    private @Nullable InetAddress several(Try first, Findings findings) {
        List<Try> further = new ArrayList<>();
        InetAddress address = first.address();
        try {
            for (int i = 0; i < FURTHER; i++) {
                Try next = attempt(address);
                further.add(next);
                if (next.failure() != null) {
                    break;
                }
            }
            IOException failure = further.getLast().failure();
            if (failure != null) {
                oneFailed(address, further.size(), failure, findings);
                return null;
            }
            allStand(first, further, findings);
            return address;
        } finally {
            further.forEach(ConnectCheck::close);
        }
    }

    private void allStand(Try first, List<Try> further, Findings findings) {
        List<Long> nanos = new ArrayList<>(further.stream().map(Try::nanos).toList());
        nanos.add(first.nanos());
        Spread spread = Spread.of(nanos);
        findings.fact("connect_ms", spread.facts());
        String where = dialer.at(first.address());
        findings.ok(
                "connects",
                where + " accepts: " + nanos.size() + " connections, each within " + Amount.time(spread.max()) + ".");
        if (spread.max() > RETRANSMISSION_NANOS) {
            findings.warning(
                    "syn-lost",
                    "One connection to " + where + " took " + Amount.time(spread.max())
                            + ": its first packet was lost or dropped, and only the repetition got through.",
                    "Look at the accept queue over there (`ss -lnt`, Recv-Q against Send-Q; `nstat -az"
                            + " TcpExtListenDrops`), and at packet loss on the way.");
        }
    }

    private void oneFailed(InetAddress address, int stood, IOException failure, Findings findings) {
        String where = dialer.at(address);
        String text = Amount.count(stood, "connection") + " to " + where + " stood, the next one did not: ";
        if (ConnectFailure.of(failure) == ConnectFailure.NO_ANSWER) {
            findings.problem(
                    "accept-queue-full",
                    text + "no answer within " + Amount.time(dialer.timeout()) + ". It is up, but accepts no new ones"
                            + queue(address) + ".",
                    "Its accept queue is full: look at `ss -lnt` over there (Recv-Q against Send-Q), raise the backlog,"
                            + " and find out what keeps its threads from accepting.");
        } else {
            findings.problem(
                    "connection-limit",
                    text + failure.getMessage() + ".",
                    "Look for a limit of connections over there, or a firewall that counts them.");
        }
    }

    private void failed(Try one, IOException failure, List<InetAddress> working, Findings findings) {
        InetAddress address = one.address();
        ConnectFailure kind = ConnectFailure.of(failure);
        Severity severity = Candidates.severity(address, working);
        String where = dialer.at(address);
        switch (kind) {
            case REFUSED ->
                findings.add(
                        severity,
                        kind.code(),
                        where + " refused the connection after " + Amount.time(one.nanos())
                                + ": nothing listens there, or a firewall rejects.",
                        refusedAdvice(address));
            case NO_ANSWER ->
                findings.add(
                        severity,
                        queueLength(address) > 0 ? "accept-queue-full" : kind.code(),
                        where + " did not answer within " + Amount.time(one.nanos())
                                + ": packets are dropped, or its accept queue is full" + queue(address) + ".",
                        queueLength(address) > 0
                                ? "Find out what keeps the process from accepting (stuck threads?), and raise the backlog."
                                : "Look for a firewall, NetworkPolicy or security group that drops, and for a dead node."
                                        + " If the process is up: `ss -lnt` over there shows a full queue (Recv-Q above"
                                        + " Send-Q).");
            case NO_ROUTE, HOST_UNREACHABLE, FORBIDDEN, BLACKHOLE, NO_SOURCE_ADDRESS, RESET, OTHER ->
                findings.add(
                        severity,
                        kind.code(),
                        RouteCheck.text(kind, Addresses.text(address), failure),
                        RouteCheck.advice(kind, Addresses.text(address), address));
        }
    }

    private String refusedAdvice(InetAddress address) {
        String usual = "Is the process up, is the port right, and does it listen on 0.0.0.0 (or ::) rather than on"
                + " 127.0.0.1 alone?";
        if (!LocalListeners.isHere(address)) {
            return usual;
        }
        List<String> there = listeners.on(dialer.port()).stream()
                .map(listener -> Addresses.text(listener.address()))
                .toList();
        return there.isEmpty()
                ? "Nothing listens on port " + dialer.port() + " of this host at all: start the process, or correct the"
                        + " port."
                : "On this host, port " + dialer.port() + " is listened on at " + String.join(", ", there)
                        + " only: let the process listen on " + Addresses.text(address)
                        + " too (0.0.0.0 or ::), or use that address.";
    }

    private long queueLength(InetAddress address) {
        if (!LocalListeners.isHere(address)) {
            return 0;
        }
        return listeners.on(dialer.port()).stream()
                .mapToLong(LocalListeners.Listener::waiting)
                .max()
                .orElse(0);
    }

    private String queue(InetAddress address) {
        long waiting = queueLength(address);
        return waiting == 0 ? "" : " (" + Amount.count(waiting, "connection") + " wait there to be accepted)";
    }

    /** One family works and the other does not: the remedy is the other family's address. */
    private static void preferFamily(List<Try> tries, List<InetAddress> working, Findings findings) {
        boolean families = tries.stream()
                        .map(one -> Candidates.family(one.address()))
                        .distinct()
                        .count()
                > 1;
        if (!families || working.isEmpty()) {
            return;
        }
        List<String> left = working.stream().map(Candidates::family).distinct().toList();
        if (left.size() == 1) {
            findings.warning(
                    "one-family",
                    "The name has IPv4 and IPv6 addresses, and only "
                            + left.getFirst() + " answers ("
                            + Addresses.text(working.getFirst()) + ").",
                    "Let the process listen on both families, or write " + Addresses.text(working.getFirst())
                            + " in place of the name.");
        }
    }

    private static void facts(List<Try> tries, Findings findings) {
        List<Object> list = new ArrayList<>();
        for (Try one : tries) {
            Map<String, Object> fact = new LinkedHashMap<>();
            fact.put("address", Addresses.text(one.address()));
            fact.put(
                    "outcome",
                    one.failure() == null
                            ? "connected"
                            : ConnectFailure.of(one.failure()).code());
            fact.put("ms", Amount.millis(one.nanos()));
            list.add(fact);
        }
        findings.fact("addresses", list);
    }

    private static void close(Try one) {
        if (one.wire() != null) {
            one.wire().close();
        }
    }
}
