package dev.weir.balancer.metrics;

import com.sun.management.OperatingSystemMXBean;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.PoolSnapshot;
import dev.weir.balancer.failure.OwnFault;
import dev.weir.balancer.node.ThisNode;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every meter, in one place: those of the JVM through Micrometer, Weir's own through counters that event loops write and a
 * scrape reads.
 *
 * <p>Thread-safe. Objects for pools, listeners and event loops are asked for when the configuration changes and then kept;
 * nothing on the request path looks anything up.
 */
public final class Metrics implements AutoCloseable {
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final int FIRST_BAD_STATUS = 400;
    private static final int LAST_BAD_STATUS = 599;

    private final String version;
    private final LongSupplier nanoClock;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final ConcurrentMap<String, PoolMetrics> pools = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, BackendPool> watched = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, ListenerMetrics> listeners = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, ConcurrentMap<String, LongAdder>> resolutions = new ConcurrentHashMap<>();
    private final List<EventLoopMetrics> eventLoops = new CopyOnWriteArrayList<>();
    private final EventLoopMetrics control;
    private final Map<OwnFault, LongAdder> ownFaults = new EnumMap<>(OwnFault.class); // is not changed any more
    private final LongAdder unrouted = new LongAdder();
    private final LongAdder[] bad = PoolMetrics.adders(LAST_BAD_STATUS - FIRST_BAD_STATUS + 1);
    private volatile LongSupplier droppedLogLines = () -> 0;
    private volatile LongSupplier openIncidents = () -> 0;
    private volatile LongSupplier incidents = () -> 0;
    private volatile @Nullable Supplier<ClusterFigures> cluster;
    private volatile @Nullable ThisNode node;
    private volatile @Nullable String transport;
    private volatile @Nullable Long configLoadedMillis;

    /** @param nanoClock never goes back */
    public Metrics(String version, LongSupplier nanoClock) {
        this.version = version;
        this.nanoClock = nanoClock;
        this.control = new EventLoopMetrics("control", nanoClock.getAsLong());
        for (OwnFault fault : OwnFault.values()) {
            ownFaults.put(fault, new LongAdder());
        }
        bindJvm();
        MultiCollector own = this::collect;
        registry.getPrometheusRegistry().register(own);
    }

    private void bindJvm() {
        // Names against Prometheus' conventions: only histograms end in _count, and time is in seconds.
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        FunctionCounter.builder("process.cpu", system, bean -> bean.getProcessCpuTime() / 1e9)
                .baseUnit("seconds")
                .description("CPU time of the process, user and system.")
                .register(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new JvmInfoMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    /** The counters of a pool: the same object each time. */
    public PoolMetrics pool(String name) {
        return pools.computeIfAbsent(name, first -> new PoolMetrics());
    }

    /** The counters of a pool's backend: the same object each time. */
    public BackendMetrics backend(String pool, Backend backend) {
        return pool(pool).backend(backend);
    }

    /** From now on scrapes show what this node has left. */
    public void watch(ThisNode watchedNode) {
        node = watchedNode;
    }

    /**
     * From now on scrapes show how this node talks with the others.
     *
     * @param figures thread-safe
     */
    public void cluster(Supplier<ClusterFigures> figures) {
        cluster = figures;
    }

    /** Something failed for what this node itself lacks. */
    public void ownFault(OwnFault fault) {
        Objects.requireNonNull(ownFaults.get(fault)).increment();
    }

    /** From now on scrapes show this pool's backends and their states, and ejections are counted. Control context only. */
    public void watch(BackendPool pool) {
        PoolMetrics counters = pool(pool.name());
        pool.listen(change -> {
            if (change.after().ejected() && !change.before().ejected()) {
                counters.backend(change.backend()).ejected();
            }
        });
        watched.put(pool.name(), pool);
    }

    /**
     * The counters of a listener: the same object each time.
     *
     * @param address as configured; the label
     */
    public ListenerMetrics listener(String address) {
        return listeners.computeIfAbsent(address, first -> new ListenerMetrics());
    }

    /** The pulse of one more event loop, labelled by its number from 0. */
    public EventLoopMetrics eventLoop() {
        EventLoopMetrics loop = new EventLoopMetrics(Integer.toString(eventLoops.size()), nanoClock.getAsLong());
        eventLoops.add(loop);
        return loop;
    }

    /** The pulse of the control context. */
    public EventLoopMetrics control() {
        return control;
    }

    /** All event loops that there are so far. */
    public List<EventLoopMetrics> eventLoops() {
        return Collections.unmodifiableList(eventLoops);
    }

    /**
     * A name of backends was asked for. Not for the request path.
     *
     * @param result one of a few: {@code success}, or what the resolver said, in lower case
     */
    public void nameResolved(String name, String result) {
        resolutions
                .computeIfAbsent(name, first -> new ConcurrentHashMap<>())
                .computeIfAbsent(result, first -> new LongAdder())
                .increment();
    }

    /** A request that no route matches. */
    public void unrouted() {
        unrouted.increment();
    }

    /**
     * A request that never got as far as a route.
     *
     * @param status of the response, 400 to 599
     */
    public void badRequest(int status) {
        bad[status - FIRST_BAD_STATUS].increment();
    }

    /** @param dropped lines so far; any thread calls it */
    public void accessLog(LongSupplier dropped) {
        droppedLogLines = dropped;
    }

    /**
     * @param open at present; any thread calls it
     * @param total so far; any thread calls it
     */
    public void incidents(LongSupplier open, LongSupplier total) {
        openIncidents = open;
        incidents = total;
    }

    /** @param name such as {@code io_uring} */
    public void transport(String name) {
        transport = name;
    }

    /** A configuration is in use from now on. */
    public void configLoaded(long epochMillis) {
        configLoadedMillis = epochMillis;
    }

    /**
     * Everything as text. Takes milliseconds: not for a proxying event loop.
     *
     * @param accept the scraper's {@code Accept} field; null: the Prometheus text format
     */
    public String scrape(@Nullable String accept) {
        return registry.scrape(contentType(accept));
    }

    /** The media type of {@link #scrape}. */
    public static String contentType(@Nullable String accept) {
        return accept != null && accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }

    private MetricSnapshots collect() {
        Exposition to = new Exposition();
        pools.forEach((name, pool) -> pool.collect(name, to));
        watched.forEach((name, pool) -> collectBackends(name, pool.snapshot(), to));
        listeners.forEach((address, listener) -> listener.collect(address, to));
        resolutions.forEach((name, results) ->
                results.forEach((result, count) -> to.add(Meter.NAME_RESOLUTIONS, count.sum(), name, result)));
        collectRequestsWithoutPool(to);
        collectProcess(to);
        return to.snapshots();
    }

    private void collectBackends(String name, PoolSnapshot snapshot, Exposition to) {
        Set<Backend> eligible = new HashSet<>();
        boolean panic = false;
        for (Eligibility.Tier tier : snapshot.eligible().tiers()) {
            panic |= tier.panic();
            for (Candidate candidate : tier.candidates()) {
                eligible.add(candidate.backend());
            }
        }
        to.add(Meter.POOL_BACKENDS, snapshot.all().size(), name);
        to.add(Meter.POOL_ELIGIBLE, eligible.size(), name);
        to.add(Meter.POOL_PANIC, panic ? 1 : 0, name);
        to.add(Meter.POOL_MAINTENANCE, snapshot.maintenance() == null ? 0 : 1, name);
        PoolMetrics pool = pool(name);
        for (Backend backend : snapshot.all()) {
            pool.backend(backend).collect(name, backend, eligible.contains(backend), to);
        }
    }

    private void collectRequestsWithoutPool(Exposition to) {
        to.add(Meter.UNROUTED_REQUESTS, unrouted.sum());
        for (int i = 0; i < bad.length; i++) {
            long count = bad[i].sum();
            if (count > 0) {
                to.add(Meter.BAD_REQUESTS, count, Integer.toString(FIRST_BAD_STATUS + i));
            }
        }
    }

    private void collectProcess(Exposition to) {
        eventLoops.forEach(loop -> loop.collect(to));
        control.collect(to);
        ownFaults.forEach((fault, count) -> to.add(Meter.OWN_FAULTS, count.sum(), fault.label()));
        ThisNode nodeNow = node;
        if (nodeNow != null) {
            to.add(Meter.DIRECT_MEMORY_RESERVED, nodeNow.memory().reserved());
            to.add(Meter.DIRECT_MEMORY_MAX, nodeNow.memory().max());
            to.add(Meter.NODE_SHORT, nodeNow.descriptors().isShort() ? 1 : 0, "descriptors");
            to.add(Meter.NODE_SHORT, nodeNow.memory().isShort() ? 1 : 0, "memory");
        }
        Supplier<ClusterFigures> clusterNow = cluster;
        if (clusterNow != null) {
            clusterNow.get().collect(to);
        }
        to.add(Meter.INCIDENTS_OPEN, openIncidents.getAsLong());
        to.add(Meter.INCIDENTS, incidents.getAsLong());
        to.add(Meter.ACCESS_LOG_DROPPED, droppedLogLines.getAsLong());
        to.info(Meter.BUILD_INFO, version);
        String transportNow = transport;
        if (transportNow != null) {
            to.info(Meter.TRANSPORT_INFO, transportNow);
        }
        Long configLoaded = configLoadedMillis;
        if (configLoaded != null) {
            to.add(Meter.CONFIG_LOADED, configLoaded / 1e3);
        }
    }
}
