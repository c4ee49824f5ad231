package dev.weir.loadtest.clusterlab;

import dev.weir.loadtest.keepalive.Http;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Steady traffic through each node, by clients that try nothing twice: each sends GET at a fixed rate on one connection, which it
 * keeps for as long as it can. What is no 200 of a backend is kept with its time. Thread-safe.
 */
final class Traffic implements AutoCloseable {
    private static final int CLIENTS = 4;
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int MOST_KEPT = 100_000;
    /** Faster answers are not told apart. */
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final String BALANCERS_OWN = "proxy-status:";

    private final List<Thread> threads = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final List<Absence> absences = new ArrayList<>();
    private final AtomicLong good = new AtomicLong();
    private final List<Failure> slow = new ArrayList<>();
    private volatile boolean closed;

    /**
     * A request that did not get what a backend answers, or got it late.
     *
     * @param what came instead
     */
    record Failure(int node, long fromNanos, long toNanos, String what) {}

    /** A time in which a node did not exist or was stopped: what its own clients get then is nobody's fault. */
    private record Absence(int node, long fromNanos, long toNanos) {
        boolean excuses(Failure failure) {
            return failure.node == node && failure.fromNanos - toNanos <= 0 && failure.toNanos - fromNanos >= 0;
        }
    }

    /** The clients of a node begin. */
    synchronized void begin(int node) {
        for (int i = 0; i < CLIENTS; i++) {
            long delay = PERIOD_NANOS * i / CLIENTS;
            threads.add(Thread.ofPlatform()
                    .name("client of node-" + node)
                    .daemon()
                    .start(() -> new Client(node).ask(System.nanoTime() + delay)));
        }
    }

    /** To be told once it is over. */
    synchronized void excuse(int node, long fromNanos, long toNanos) {
        absences.add(new Absence(node, fromNanos, toNanos));
    }

    private synchronized void keep(List<Failure> where, Failure failure) {
        if (where.size() < MOST_KEPT) {
            where.add(failure);
        }
    }

    /** Answers that were a backend's 200. */
    long good() {
        return good.get();
    }

    /** The longest time that one of these took, if its client's node was there and it was longer than {@link #SLOW_NANOS}. */
    synchronized double slowestSeconds() {
        return slow.stream()
                        .filter(each -> !isExcused(each))
                        .mapToLong(each -> each.toNanos - each.fromNanos)
                        .max()
                        .orElse(SLOW_NANOS)
                / 1e9;
    }

    /** Those of clients whose node was there. */
    synchronized List<Failure> failures() {
        return failures.stream().filter(failure -> !isExcused(failure)).toList();
    }

    /** Those of clients whose node was not. */
    synchronized List<Failure> excused() {
        return failures.stream().filter(this::isExcused).toList();
    }

    private boolean isExcused(Failure failure) {
        return absences.stream().anyMatch(absence -> absence.excuses(failure));
    }

    /** Ends it; what is under way ends first. */
    @Override
    public void close() {
        closed = true;
        List<Thread> all;
        synchronized (this) {
            all = List.copyOf(threads);
        }
        try {
            for (Thread thread : all) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Client {
        private final int node;
        private final byte[] request;
        private @Nullable Socket socket;
        private @Nullable InputStream in;

        Client(int node) {
            this.node = node;
            this.request = ("GET /lab HTTP/1.1\r\nHost: " + Network.worldAddress(node) + "\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1);
        }

        void ask(long firstNanos) {
            long next = firstNanos;
            while (!closed) {
                LockSupport.parkNanos(next - System.nanoTime());
                long now = System.nanoTime();
                if (now - next >= 0) {
                    next = Math.max(next + PERIOD_NANOS, now); // what was missed is not made up for
                    askOnce(now);
                }
            }
            hangUp();
        }

        private void askOnce(long now) {
            String wrong = exchange();
            long end = System.nanoTime();
            if (wrong != null) {
                keep(failures, new Failure(node, now, end, wrong));
                return;
            }
            good.incrementAndGet();
            if (end - now > SLOW_NANOS) {
                keep(slow, new Failure(node, now, end, "late"));
            }
        }

        /** @return null: all is well */
        private @Nullable String exchange() {
            try {
                InputStream answers = in == null ? connect() : in;
                Socket open = socket;
                if (open == null) {
                    return "not connected";
                }
                open.getOutputStream().write(request);
                String head = Http.readMessage(answers);
                if (head == null) {
                    hangUp();
                    return "closed without an answer";
                }
                if (head.toLowerCase(Locale.ROOT).contains("\r\nconnection: close\r\n")) {
                    hangUp();
                }
                return wrong(head);
            } catch (IOException e) {
                hangUp();
                return e.toString();
            }
        }

        private InputStream connect() throws IOException {
            Socket made = new Socket();
            socket = made;
            made.connect(new InetSocketAddress(Network.worldAddress(node), Node.PORT), PATIENCE_MILLIS);
            made.setTcpNoDelay(true);
            made.setSoTimeout(PATIENCE_MILLIS);
            InputStream answers = new BufferedInputStream(made.getInputStream());
            in = answers;
            return answers;
        }

        private void hangUp() {
            Socket open = socket;
            socket = null;
            in = null;
            if (open != null) {
                try {
                    open.close();
                } catch (IOException e) {
                    // it is of no use any more either way
                }
            }
        }
    }

    /** @return null: it is a backend's 200, with nothing in it that the balancer says of itself */
    static @Nullable String wrong(String head) {
        String status = head.lines().findFirst().orElse("");
        String own = head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(BALANCERS_OWN))
                .findFirst()
                .orElse("");
        return status.startsWith("HTTP/1.1 200 ") && own.isEmpty() ? null : (status + " " + own).strip();
    }
}
