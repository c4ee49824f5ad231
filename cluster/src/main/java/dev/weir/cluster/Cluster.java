package dev.weir.cluster;

import java.util.function.Consumer;

/**
 * What one node learns, all know. Each node tells the others its own <em>records</em>, several times a second, and all of them
 * keep the same <em>shared entries</em>.
 *
 * <p><b>Records</b> are a table of this node alone, {@code long} key to bytes: what it says of itself and of what it sees. The
 * others see them in their {@link View} as this node's, for as long as it goes on to speak. The last value of a key wins; in
 * between, values may go unseen.
 *
 * <p><b>Shared entries</b> are a table of all nodes, name to bytes: the last writer wins. They outlive the node that wrote them,
 * hold for nodes that join later, and survive a partition and its healing, for as long as one node that knows them lives.
 *
 * <p>The cluster is advice: it may be late, stale or empty, it is usable from the first instant, and it never fails. Nothing
 * here blocks, except {@link #close}; every method may be called from any thread, at any time. After {@link #close} they do
 * nothing.
 *
 * <p>Arrays are handed over, not copied: whoever gave or got one must not change it.
 */
public interface Cluster extends AutoCloseable {

    /** Longest value of a record, bytes. */
    int MAX_RECORD_BYTES = 1_024;

    /** Most records of one node; what goes beyond is dropped and {@linkplain Drop#TOO_MANY_RECORDS counted}. */
    int MAX_RECORDS = 100_000;

    /** Longest name of a shared entry, bytes of UTF-8. */
    int MAX_ENTRY_NAME_BYTES = 512;

    /** Longest value of a shared entry, bytes. */
    int MAX_ENTRY_BYTES = 4_096;

    /** Most shared entries, those that were removed of late included. */
    int MAX_ENTRIES = 10_000;

    /** Who this node is: drawn at start, and kept until the end. */
    Identity self();

    /**
     * Tells the others this value with the next tick. To publish what they were told already costs nothing on the wire.
     *
     * @throws IllegalArgumentException for more than {@value #MAX_RECORD_BYTES} bytes
     */
    void publish(long key, byte[] value);

    /** Tells the others with the next tick that there is no such record any more. */
    void withdraw(long key);

    /** Has something to do right before each tick. */
    @FunctionalInterface
    interface Hook {
        /** @param early it is not the time, but somebody was in a {@linkplain Cluster#hurry hurry} */
        void beforeTick(boolean early);
    }

    /**
     * Calls the hook, on the cluster's own thread, right before each tick: what it publishes goes out with that very tick, and
     * so nothing has to wait for two. It delays all that the cluster does. One hook at most; what it throws is logged.
     */
    void beforeTick(Hook hook);

    /**
     * For what was published, or is about to be by the {@linkplain #beforeTick hook}, and should not wait for a tick to be due:
     * there is one at once, but a fifth of a tick's time after the last at the earliest. What is told then counts as much as ever
     * towards what may be sent: if that is too little, it has to wait after all. Shared entries do so by themselves.
     */
    void hurry();

    /** Tells the others by which configuration this node works: they see whether it is theirs. 0 until told. */
    void configuration(long hash);

    /**
     * Writes a shared entry, for all nodes. Listeners hear of it soon, on this node too.
     *
     * @throws IllegalArgumentException for a name or a value that is too long, and for an empty name
     * @throws IllegalStateException when there are {@value #MAX_ENTRIES} entries already
     */
    void write(String name, byte[] value);

    /** Removes a shared entry, for all nodes: also one that was written before on a node that is not heard at present. */
    void remove(String name);

    /** What is known at present: one volatile read. */
    View view();

    /**
     * Calls the listener, on the cluster's own thread, soon with the present view, and again when there is a new one. Views
     * may be skipped. A listener may call back into this cluster. What it throws is logged.
     */
    void listen(Consumer<View> listener);

    /** Tells the others that this node is about to leave: it still speaks, and should be counted on no more. */
    void leaving();

    ClusterStats stats();

    /** Says goodbye and leaves. Ends within a bound, whatever hangs. */
    @Override
    void close();
}
