package dev.weir.balancer;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.weir.balancer.admin.Readiness;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.config.BalancerConfig;
import dev.weir.balancer.config.ListenerConfig;
import dev.weir.balancer.failure.FailureClassifier;
import dev.weir.balancer.failure.RouteLookup;
import dev.weir.balancer.incident.Changes;
import dev.weir.balancer.metrics.Metrics;
import dev.weir.balancer.node.Descriptors;
import dev.weir.balancer.node.DirectMemory;
import dev.weir.balancer.node.LoopClock;
import dev.weir.balancer.node.Pause;
import dev.weir.balancer.node.Pauses;
import dev.weir.balancer.node.ThisNode;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.Context;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how this node itself is, and takes it out of readiness while it lacks something. Made and called on the control
 * context, but for what says otherwise.
 */
final class NodeWatch {
    private static final Logger LOG = LoggerFactory.getLogger(NodeWatch.class);

    /** How often {@link #tick} is to be called. */
    static final long TICK_MILLIS = 100;

    private static final int TICKS_A_COUNT = 10;

    /** Jars, logs, event loops, the admin port, health checks. */
    private static final int OTHER_DESCRIPTORS = 200;

    private final Metrics metrics;
    private final Changes changes;
    private final Context control;
    private final Readiness readiness;
    private final List<BackendPool> pools;
    private final LoopClock clock;
    private final Pauses pauses;
    private final Descriptors descriptors = new Descriptors(mostDescriptors());
    private final DirectMemory memory =
            new DirectMemory(PlatformDependent::usedDirectMemory, PlatformDependent.maxDirectMemory());
    private final ThisNode node = new ThisNode(this::paused, LoopClock.NOTICED_NANOS, descriptors, memory);
    private int ticks;
    private @Nullable String shortage;
    private Supplier<@Nullable String> suspicion = () -> null;

    /**
     * @param eventLoops that carry traffic
     * @param pools may grow
     */
    NodeWatch(
            Metrics metrics,
            int eventLoops,
            Context control,
            Readiness readiness,
            List<BackendPool> pools,
            Changes changes,
            LongSupplier nanoClock) {
        this.changes = changes;
        this.metrics = metrics;
        this.control = control;
        this.readiness = readiness;
        this.pools = pools;
        this.pauses = new Pauses(
                eventLoops + 1, NodeWatch::collectedMillis, nanoClock, report -> changes.balancer(report.what()));
        this.clock = new LoopClock(
                nanoClock, TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS), LoopClock.NOTICED_NANOS, (from, to) -> {
                    metrics.control().paused(to - from);
                    pauses.add(new Pause("control context", from, to, 0));
                });
        metrics.watch(node);
        loadClasses();
    }

    /** While there are descriptors to read them with. */
    private static void loadClasses() {
        FailureClassifier.ownFault(new BindException());
        RouteLookup.findsNone(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9));
    }

    /** Warns of a limit of descriptors that is too small for what the configuration allows. */
    void checkLimits(BalancerConfig config) {
        long clients = 0;
        for (ListenerConfig listener : config.listeners()) {
            clients += listener.maxConnections();
        }
        long needed = 2 * clients + OTHER_DESCRIPTORS; // each client's request may need a connection to a backend
        if (descriptors.limit() > 0 && needed > descriptors.limit()) {
            LOG.warn(
                    "this process may open {} files, but {} connections of clients are allowed, and as many to backends: raise"
                            + " the limit (ulimit -n, LimitNOFILE) to {}, or lower listeners' limits.connections; near the"
                            + " limit no more clients are accepted",
                    descriptors.limit(),
                    clients,
                    needed);
        }
    }

    /** @param words tells why this node suspects itself: a clause that follows "this node is"; null: it does not */
    void suspect(Supplier<@Nullable String> words) {
        suspicion = words;
    }

    /** The clock of the control context. */
    LoopClock clock() {
        return clock;
    }

    /** What event loops have to know of it. */
    ThisNode node() {
        return node;
    }

    /** An event loop stood still. Any thread. */
    private void paused(Pause pause) {
        control.runOnContext(ignored -> pauses.add(pause));
    }

    void tick() {
        clock.tick();
        metrics.control().tick(clock.now());
        pauses.tick();
        if (ticks++ % TICKS_A_COUNT == 0) {
            memory.forgive();
            countDescriptors();
        } else {
            descriptors.update();
        }
        judge();
    }

    /** A worker does it: it lists a directory with a file for each. */
    private void countDescriptors() {
        control.owner()
                .executeBlocking(NodeWatch::openDescriptors, false)
                .onSuccess(open -> descriptors.counted(Objects.requireNonNull(open)))
                .onFailure(none -> descriptors.ranOut()); // listing takes a descriptor, too
    }

    private void judge() {
        String now = node.shortage();
        if (now == null && nothingIsReachable()) {
            now = "without a route to any backend: look at its interfaces and routes";
        }
        now = now == null ? suspicion.get() : now;
        if ((now == null) != (shortage == null)) {
            if (now == null) {
                LOG.info("this node lacks nothing any more ({})", descriptors);
                changes.balancer("this node lacked nothing any more");
            } else {
                LOG.warn("this node is {}; it is not ready until that is over", now);
                changes.balancer("this node was " + now);
            }
        }
        shortage = now;
        readiness.obstacle(now);
    }

    /** Of one backend without a route it cannot be told whose fault that is; of all of them it can. */
    private boolean nothingIsReachable() {
        long now = clock.now();
        boolean any = false;
        for (BackendPool pool : pools) {
            for (Backend backend : pool.backends()) {
                if (!backend.stats().hasNoRoute(now)) {
                    return false;
                }
                any = true;
            }
        }
        return any;
    }

    /** Pauses for garbage collection, as far as the collectors tell; cycles of concurrent ones stop nobody. */
    private static long collectedMillis() {
        long millis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (!collector.getName().endsWith("Cycles")) {
                millis += Math.max(0, collector.getCollectionTime());
            }
        }
        return millis;
    }

    private static long mostDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : 0;
    }

    private static long openDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : -1;
    }
}
