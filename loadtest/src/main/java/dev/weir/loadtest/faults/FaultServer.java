package dev.weir.loadtest.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A backend that has one {@link Fault}. Healed, it is a correct HTTP/1.1 server that keeps connections open, answers every
 * request with 200 and its own name, and holds whatever is ambiguous against who sent it. Safe for use by several threads.
 */
public final class FaultServer implements AutoCloseable {
    private final Fault fault;
    private final Settings settings;
    private final Ports ports;
    private final Visitors visitors = new Visitors();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Semaphore free;
    private final AtomicLong occasions = new AtomicLong();
    private final AtomicLong timesShown = new AtomicLong();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final @Nullable FakeResolver resolver;
    private volatile boolean healed;
    private volatile long startNanos;

    private FaultServer(Fault fault, Settings settings) throws IOException {
        this.fault = fault;
        this.settings = settings;
        this.free = new Semaphore(settings.maxConnections());
        this.startNanos = settings.nanoClock().getAsLong();
        this.resolver =
                fault.isAboutNames() && settings.resolver() == null ? FakeResolver.start() : settings.resolver();
        try {
            this.ports = Ports.reserve(fault, settings.host(), settings.port(), this::accept);
        } catch (IOException e) {
            closeResolver();
            throw e;
        }
    }

    /** With {@link Settings#DEFAULT}: on a free port of 127.0.0.1, and always at fault. */
    public static FaultServer start(Fault fault) {
        try {
            return start(fault, Settings.DEFAULT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @throws IOException if the port is taken, or an address is not one of this machine
     * @throws IllegalArgumentException if the fault knows no occasions, and the settings want it at some of them only
     */
    public static FaultServer start(Fault fault, Settings settings) throws IOException {
        if (!settings.mode().equals(Mode.ALWAYS) && !fault.hasModes()) {
            throw new IllegalArgumentException(
                    fault + " lasts until it is healed: it has no occasions for " + settings.mode());
        }
        FaultServer server = new FaultServer(fault, settings);
        try {
            server.become(false);
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    public Fault fault() {
        return fault;
    }

    /** The same for all addresses that it has. */
    public int port() {
        return ports.number();
    }

    /** A literal address or a name, without port. */
    public String host() {
        return fault.targetAt(settings.host());
    }

    /** Where clients are meant to send their requests, whether or not that can work. */
    public String url() {
        return url(host(), port());
    }

    static String url(String host, int port) {
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Answers for {@link #host}; null if that is not a matter of names. */
    public @Nullable FakeResolver resolver() {
        return fault.isAboutNames() ? resolver : null;
    }

    /** From now on, connections and requests are served well. What is under way stays as it is. */
    public void heal() {
        become(true);
    }

    /** From now on, the fault shows again, as if the server had just been started. */
    public void breakAgain() {
        startNanos = settings.nanoClock().getAsLong();
        occasions.set(0);
        become(false);
    }

    public boolean isHealed() {
        return healed;
    }

    /** How often the fault has shown. Of use for faults with modes only. */
    public long timesShown() {
        return timesShown.get();
    }

    /** Accepted so far. */
    public long connections() {
        return visitors.connections();
    }

    public int openConnections() {
        return open.size();
    }

    /** So far, in part or whole. */
    public long requestCount() {
        return visitors.requestCount();
    }

    /** The first of them, up to half a megabyte in all, in the order in which they began; incomplete ones, too. */
    public List<ReceivedRequest> requests() {
        return visitors.requests();
    }

    /** Waits for requests to begin; false if fewer have begun by then. */
    public boolean awaitRequests(long count, Duration limit) throws InterruptedException {
        return visitors.await(() -> visitors.requestCount() >= count, limit);
    }

    /** Waits for connections to be accepted; false if fewer have been by then. */
    public boolean awaitConnections(long count, Duration limit) throws InterruptedException {
        return visitors.await(() -> visitors.connections() >= count, limit);
    }

    /** What was received so far, and how much that was. Connections stay open. */
    public void forget() {
        visitors.forget();
    }

    /** Ends it with all its connections. */
    @Override
    public void close() {
        closed.countDown();
        ports.close();
        open.forEach(FaultServer::closeQuietly);
        closeResolver();
    }

    /** The one of its own; another one lives on without this name. */
    private void closeResolver() {
        if (resolver != null) {
            if (settings.resolver() == null) {
                resolver.close();
            } else {
                resolver.forget(host());
            }
        }
    }

    Settings settings() {
        return settings;
    }

    String greeting() {
        return fault.id() + " is well\n";
    }

    /** Exchanges that have begun and not ended. */
    AtomicInteger inFlight() {
        return inFlight;
    }

    /** Time since it was started or broken again. */
    Duration age() {
        return Duration.ofNanos(settings.nanoClock().getAsLong() - startNanos);
    }

    /** Waits so long, or until the server is closed. */
    boolean isClosedWithin(Duration time) {
        try {
            return closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    void stopListening() {
        ports.stopListening();
    }

    void resetConnections() {
        for (Socket socket : open) {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                // closed already
            }
            closeQuietly(socket);
        }
    }

    /** Counts an occasion for the fault. */
    boolean showsNow() {
        boolean shows = settings.mode().showsAt(occasions.incrementAndGet());
        if (shows) {
            timesShown.incrementAndGet();
        }
        return shows;
    }

    Visitors visitors() {
        return visitors;
    }

    private synchronized void become(boolean well) {
        healed = well;
        ports.become(well);
        if (!well && fault.ports().containsValue(PortState.REFUSES)) {
            resetConnections(); // a process that goes takes its connections along; one that is overloaded keeps them
        }
        NameAnswers names = fault.names();
        if (names != null && resolver != null) {
            resolver.answer(host(), well ? names.healed() : names.broken());
        }
    }

    private void accept(Socket socket) {
        try {
            free.acquire();
        } catch (InterruptedException e) { // it no longer listens, and nobody has begun to serve this one
            Thread.currentThread().interrupt();
            closeQuietly(socket);
            return;
        }
        open.add(socket);
        long number = visitors.connected();
        Thread.ofVirtual().name(fault.id() + "-" + number).start(() -> serve(socket, number));
    }

    private void serve(Socket socket, long number) {
        try (socket) {
            if (closed.getCount() > 0) {
                new Service(this, socket, number).run();
            }
        } catch (IOException e) {
            // the other side, or close(), ended it
        } finally {
            open.remove(socket);
            free.release();
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // closed already
        }
    }
}
