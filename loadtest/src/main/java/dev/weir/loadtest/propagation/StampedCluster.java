package dev.weir.loadtest.propagation;

import dev.weir.balancer.peers.BackendKey;
import dev.weir.cluster.Cluster;
import dev.weir.cluster.ClusterStats;
import dev.weir.cluster.Identity;
import dev.weir.cluster.View;
import dev.weir.loadtest.propagation.Event.Kind;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A cluster that tells with each tick, if there is anything to tell, which one it is, and notes when it began. */
final class StampedCluster implements Cluster {
    /** Of a record that no backend has, but by a chance of 1 in 10^15. */
    static final long STAMP = Long.MIN_VALUE + 7;

    private final Cluster cluster;
    private final int node;
    private final Journal journal;

    /** The cluster's own thread's. */
    private boolean published;

    private long ticks;

    StampedCluster(Cluster cluster, int node, Journal journal) {
        this.cluster = cluster;
        this.node = node;
        this.journal = journal;
    }

    @Override
    public void beforeTick(Hook hook) {
        cluster.beforeTick(early -> {
            long beganNanos = System.nanoTime();
            published = false;
            hook.beforeTick(early);
            if (published) {
                journal.add(new Event(Kind.TICKED, beganNanos, node, ++ticks));
                cluster.publish(
                        STAMP, ByteBuffer.allocate(Long.BYTES).putLong(ticks).array());
            }
        });
    }

    @Override
    public void publish(long key, byte[] value) {
        published |= key != BackendKey.NODE;
        cluster.publish(key, value);
    }

    @Override
    public Identity self() {
        return cluster.self();
    }

    @Override
    public void withdraw(long key) {
        cluster.withdraw(key);
    }

    @Override
    public void hurry() {
        cluster.hurry();
    }

    @Override
    public void configuration(long hash) {
        cluster.configuration(hash);
    }

    @Override
    public void write(String name, byte[] value) {
        cluster.write(name, value);
    }

    @Override
    public void remove(String name) {
        cluster.remove(name);
    }

    @Override
    public View view() {
        return cluster.view();
    }

    @Override
    public void listen(Consumer<View> listener) {
        cluster.listen(listener);
    }

    @Override
    public void leaving() {
        cluster.leaving();
    }

    @Override
    public ClusterStats stats() {
        return cluster.stats();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
