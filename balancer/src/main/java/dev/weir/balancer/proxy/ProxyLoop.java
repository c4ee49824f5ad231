package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.metrics.EventLoopMetrics;
import dev.weir.balancer.node.DirectMemory;
import dev.weir.balancer.node.LoopClock;
import dev.weir.balancer.node.Pause;
import dev.weir.balancer.node.Pauses;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
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

/**
 * What belongs to one event loop: its clock, its deadlines, its client connections and its connections to backends. Confined
 * to that loop, but for what says otherwise.
 */
final class ProxyLoop {
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** Idle client connections that are closed in a tick while descriptors are short: not all at once, it may be over soon. */
    private static final int SHED_A_TICK = 32;

    private final ProxySettings settings;
    private final ContextInternal context;
    private final NetClientInternal client;
    private final AccessLog accessLog;
    private final EventLoopMetrics metrics;
    private final LoopClock clock;
    private final DeadlineWheel wheel;
    private final IdentityHashMap<Backend, BackendConnections> upstreams = new IdentityHashMap<>();
    private final Set<ClientConnection> clients = new HashSet<>();
    private long dateSecond;
    private AsciiString date = AsciiString.EMPTY_STRING;
    private boolean leaving;
    private boolean draining;
    private boolean odd;
    private long waitingBytes;

    ProxyLoop(
            ProxySettings settings,
            ContextInternal context,
            NetClientInternal client,
            AccessLog accessLog,
            EventLoopMetrics metrics) {
        this.settings = settings;
        this.context = context;
        this.client = client;
        this.accessLog = accessLog;
        this.metrics = metrics;
        this.clock = new LoopClock(
                settings.nanoClock(), DeadlineWheel.TICK_NANOS, settings.node().noticedNanos(), this::paused);
        clock.start();
        this.wheel = new DeadlineWheel(clock.now());
    }

    ProxySettings settings() {
        return settings;
    }

    AccessLog accessLog() {
        return accessLog;
    }

    /** The true time, which goes on while the loop stands still. */
    long now() {
        return clock.now();
    }

    DeadlineWheel wheel() {
        return wheel;
    }

    /** Called once a tick of the wheel. */
    void tick() {
        boolean judging = clock.tick();
        long now = clock.now();
        if (judging) {
            wheel.advance(now);
        }
        if (settings.node().descriptors().isShort()) {
            shed();
        }
        countWaiting();
        odd = !odd;
        if (odd) {
            metrics.tick(now);
        }
    }

    /** Gives descriptors back that nobody needs at this moment. */
    private void shed() {
        int closed = 0;
        for (ClientConnection connection : new ArrayList<>(clients)) {
            if (connection.closeIfKeptAlive() && ++closed == SHED_A_TICK) {
                break;
            }
        }
        if (settings.node().descriptors().hasRunOut()) {
            upstreams.values().forEach(BackendConnections::close);
        }
    }

    /** Looks at every connection, but only while memory is tight. */
    private void countWaiting() {
        DirectMemory memory = settings.node().memory();
        if (waitingBytes == 0 && !memory.isTight()) {
            return;
        }
        long bytes = 0;
        if (memory.isTight()) {
            for (ClientConnection connection : clients) {
                bytes += connection.waitingBytes();
            }
        }
        memory.waiting(bytes - waitingBytes);
        waitingBytes = bytes;
    }

    /** What was written and not taken. */
    static long waitingBytes(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes(); // null once it is closed
    }

    private void paused(long fromNanos, long toNanos) {
        long nanos = toNanos - fromNanos;
        metrics.paused(nanos);
        if (nanos >= Pauses.WORTH_A_LINE_NANOS) {
            settings.node().paused(new Pause("event loop " + metrics.number(), fromNanos, toNanos, wheel.due(toNanos)));
        }
        wheel.lose(nanos);
    }

    /** Whether this loop stood still a moment ago: what fails now is perhaps a consequence. */
    boolean isWaking() {
        return clock.isWaking();
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

    void takenOut(Backend backend) {
        BackendConnections connections = upstreams.get(backend);
        if (connections != null) {
            connections.takenOut();
        }
    }

    /** Whether a connection should live no longer than its request. */
    boolean wantsConnectionsBack() {
        return leaving || needsDescriptors();
    }

    boolean needsDescriptors() {
        return settings.node().descriptors().isShort();
    }

    /** From now on a connection lives only as long as its request, and its response says so. */
    void leave() {
        leaving = true;
    }

    /** Idle connections are closed, too. */
    void drain() {
        leaving = true;
        draining = true;
        new ArrayList<>(clients).forEach(ClientConnection::drain);
        upstreams.values().forEach(BackendConnections::close);
    }

    /** Closes what is left. */
    void close() {
        new ArrayList<>(clients).forEach(ClientConnection::abort);
        upstreams.values().forEach(BackendConnections::close);
    }
}
