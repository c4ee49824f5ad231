package dev.weir.cluster;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cluster of a node that has none: nobody to tell, and entries that are this node's own. No thread while nothing happens. */
public final class SingleNode implements Cluster {
    private static final Logger LOG = LoggerFactory.getLogger(SingleNode.class);
    private static final ClusterStats STATS =
            new ClusterStats("no cluster is configured", false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of());

    private final Identity self;
    private final LongSupplier nanoClock;
    private final EntryTable table;
    private final List<Consumer<View>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean outdated = new AtomicBoolean();
    private final ThreadPoolExecutor caller;
    private volatile View view;

    public SingleNode(Identity self, LongSupplier nanoClock, LongSupplier epochMillis) {
        this.self = self;
        this.nanoClock = nanoClock;
        this.table = new EntryTable(self.id(), epochMillis);
        this.view = new View(self, nanoClock.getAsLong(), List.of(), Map.of());
        // What is discarded comes after the end.
        this.caller = new ThreadPoolExecutor(
                0,
                1,
                1,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> Thread.ofPlatform().name("weir-cluster").daemon().unstarted(task),
                new ThreadPoolExecutor.DiscardPolicy());
    }

    @Override
    public Identity self() {
        return self;
    }

    @Override
    public void publish(long key, byte[] value) {
        Bounds.record(value);
    }

    @Override
    public void withdraw(long key) {}

    /** Nobody is told anything: there are no ticks. */
    @Override
    public void beforeTick(Hook hook) {}

    @Override
    public void hurry() {}

    @Override
    public void configuration(long hash) {}

    @Override
    public synchronized void write(String name, byte[] value) {
        if (!table.write(Bounds.entryName(name), Bounds.entry(value), nanoClock.getAsLong())) {
            throw Bounds.tooManyEntries();
        }
        show();
    }

    @Override
    public synchronized void remove(String name) {
        if (table.remove(name, nanoClock.getAsLong())) {
            show();
        }
    }

    /** Many changes at once make one view. */
    private void show() {
        if (!outdated.getAndSet(true)) {
            caller.execute(() -> {
                outdated.set(false);
                view = new View(self, nanoClock.getAsLong(), List.of(), live());
                listeners.forEach(this::call);
            });
        }
    }

    private synchronized Map<String, Entry> live() {
        return table.live();
    }

    @Override
    public View view() {
        return view;
    }

    @Override
    public void listen(Consumer<View> listener) {
        listeners.add(listener);
        caller.execute(() -> call(listener));
    }

    private void call(Consumer<View> listener) {
        try {
            listener.accept(view);
        } catch (RuntimeException e) {
            LOG.warn("A listener failed", e);
        }
    }

    @Override
    public void leaving() {}

    @Override
    public ClusterStats stats() {
        return STATS;
    }

    @Override
    public void close() {
        caller.shutdown();
    }
}
