package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetClientInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetSocket;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What belongs to one event loop: its clock, its deadlines, its client connections and its connections to backends. Confined
 * to that loop, but for what says otherwise.
 */
final class ProxyLoop {
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final ProxySettings settings;
    private final ContextInternal context;
    private final NetClientInternal client;
    private final AccessLog accessLog;
    private final LongSupplier nanoClock;
    private final DeadlineWheel wheel;
    private final IdentityHashMap<Backend, BackendConnections> upstreams = new IdentityHashMap<>();
    private final Set<ClientConnection> clients = new HashSet<>();
    private long dateSecond;
    private AsciiString date = AsciiString.EMPTY_STRING;
    private boolean draining;
    private volatile long lastTickNanos;

    ProxyLoop(ProxySettings settings, ContextInternal context, NetClientInternal client, AccessLog accessLog) {
        this.settings = settings;
        this.context = context;
        this.client = client;
        this.accessLog = accessLog;
        this.nanoClock = settings.nanoClock();
        this.wheel = new DeadlineWheel(nanoClock.getAsLong());
        this.lastTickNanos = nanoClock.getAsLong();
    }

    ProxySettings settings() {
        return settings;
    }

    AccessLog accessLog() {
        return accessLog;
    }

    long now() {
        return nanoClock.getAsLong();
    }

    DeadlineWheel wheel() {
        return wheel;
    }

    /** Called once a tick of the wheel. */
    void tick() {
        long now = now();
        wheel.advance(now);
        lastTickNanos = now;
    }

    /** When the loop last turned. Any thread. */
    long lastTickNanos() {
        return lastTickNanos;
    }

    EventExecutor executor() {
        return context.nettyEventLoop();
    }

    /** Runs a task on this loop. Any thread. */
    void execute(Runnable task) {
        context.nettyEventLoop().execute(task);
    }

    BackendConnections connections(Backend backend, UpstreamPool pool) {
        BackendConnections found = upstreams.get(backend);
        if (found == null) {
            found = new BackendConnections(this, backend, pool);
            upstreams.put(backend, found);
        }
        return found;
    }

    void connect(ConnectOptions options, Promise<NetSocket> promise) {
        client.connectInternal(options, promise, context);
    }

    /** The value of a Date field, made once a second. */
    AsciiString date() {
        long second = settings.epochMillis().getAsLong() / 1_000;
        if (second != dateSecond || date.isEmpty()) {
            dateSecond = second;
            date = AsciiString.of(HTTP_DATE.format(Instant.ofEpochSecond(second)));
        }
        return date;
    }

    void opened(ClientConnection connection) {
        clients.add(connection);
    }

    void closed(ClientConnection connection) {
        clients.remove(connection);
    }

    boolean isDraining() {
        return draining;
    }

    /** The backend is to be found elsewhere, or not everywhere any more. */
    void addressesChanged(Backend backend) {
        BackendConnections connections = upstreams.get(backend);
        if (connections != null) {
            connections.addressesChanged();
        }
    }

    /** From now on a connection lives only as long as its request; idle ones are closed. */
    void drain() {
        draining = true;
        new ArrayList<>(clients).forEach(ClientConnection::closeIfIdle);
        upstreams.values().forEach(BackendConnections::close);
    }

    /** Closes what is left. */
    void close() {
        new ArrayList<>(clients).forEach(ClientConnection::abort);
        upstreams.values().forEach(BackendConnections::close);
    }
}
