package dev.weir.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node among others: one thread, on which the {@link Conversation} is held and listeners are called. */
final class ClusterNode implements Cluster, Transport.Receiver {
    /** Of what waits to be heard. Some 256 of the longest messages. */
    static final long MAX_INBOX_BYTES = 16 * 1024 * 1024;

    /** What the heap holds of a message beyond its bytes: anybody who reaches the port may send any number of empty ones. */
    static final int INBOX_OVERHEAD = 64;

    /**
     * Views and their listeners get one part in so many of the thread's time, when there is much to hear. What a listener does with
     * thousands of records takes some milliseconds, and what is urgent should not wait for long after that.
     */
    private static final int LOOK_SHARE = 8;

    /** Ticks that are hurried follow each other after one part in so many of a tick's time, at the earliest. */
    private static final int HURRY = 5;

    private static final long MAX_BLIND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);

    private final Identity self;
    private final Transport transport;
    private final Conversation conversation;
    private final LongSupplier nanoClock;
    private final long tickNanos;
    private final Thread thread;

    private final Queue<byte[]> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicLong inboxBytes = new AtomicLong();
    private final Queue<Consumer<View>> newListeners = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean membershipChanged;
    private volatile boolean leaving;
    private volatile long configuration;
    private volatile boolean hurried;
    private volatile Hook hook = early -> {};

    /** The thread's own. */
    private final List<Consumer<View>> listeners = new ArrayList<>();

    private long tickedNanos;
    private long nextTickNanos;
    private long nextLookNanos;
    private boolean heard;

    ClusterNode(Identity self, Pace pace, Transport transport, Conversation conversation, LongSupplier nanoClock) {
        this.self = self;
        this.transport = transport;
        this.conversation = conversation;
        this.nanoClock = nanoClock;
        this.tickNanos = pace.tick().toNanos();
        this.nextTickNanos = nanoClock.getAsLong();
        this.tickedNanos = nextTickNanos;
        this.nextLookNanos = nextTickNanos;
        this.thread = Thread.ofPlatform().name("weir-cluster").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
        transport.start(this);
    }

    private void run() {
        while (!closed.get()) {
            try {
                turn();
            } catch (RuntimeException | Error e) {
                // Not even for want of memory: what the others said last would be taken for true for ever.
                LOG.error("The cluster's thread goes on after what should not have happened", e);
            }
        }
        conversation.goodbye();
    }

    private void turn() {
        hearAll();
        long nowNanos = nanoClock.getAsLong();
        if (nowNanos - nextTickNanos >= 0) {
            // Ticks that were missed are not made up for.
            nextTickNanos = Math.max(nextTickNanos + tickNanos, nowNanos + tickNanos / 2);
            tick(nowNanos, false);
        } else if (hurried && nowNanos - tickedNanos >= tickNanos / HURRY) {
            tick(nowNanos, true);
        }
        if (heard && (conversation.wrote() || nowNanos - nextLookNanos >= 0)) {
            heard = false;
            look(nowNanos);
        }
        if (inbox.isEmpty() && newListeners.isEmpty() && !closed.get()) {
            LockSupport.parkNanos(this, wakeNanos() - nanoClock.getAsLong());
        }
    }

    private long wakeNanos() {
        long wake = heard && nextLookNanos - nextTickNanos < 0 ? nextLookNanos : nextTickNanos;
        long hurry = tickedNanos + tickNanos / HURRY;
        return hurried && hurry - wake < 0 ? hurry : wake;
    }

    private void hearAll() {
        // No longer than until the next tick: who speaks too fast may not keep this node from speaking.
        while (nanoClock.getAsLong() - nextTickNanos < 0) {
            byte[] message = inbox.poll();
            if (message == null) {
                return;
            }
            inboxBytes.addAndGet(-cost(message));
            conversation.hear(message);
            heard = true;
        }
    }

    /** @param early it is not the time, but somebody is in a hurry */
    private void tick(long nowNanos, boolean early) {
        tickedNanos = nowNanos;
        hurried = false;
        heard = true;
        try {
            hook.beforeTick(early);
        } catch (RuntimeException | Error e) {
            LOG.warn("What is called before each tick failed", e);
        }
        if (membershipChanged) {
            membershipChanged = false;
            conversation.membershipChanged();
        }
        conversation.configuration(configuration);
        if (leaving) {
            conversation.leaving();
        }
        conversation.tick(early);
    }

    private void look(long nowNanos) {
        View news = conversation.look();
        if (news != null) {
            listeners.forEach(listener -> call(listener, news));
        }
        for (Consumer<View> listener = newListeners.poll(); listener != null; listener = newListeners.poll()) {
            listeners.add(listener);
            call(listener, conversation.view());
        }
        long tookNanos = nanoClock.getAsLong() - nowNanos;
        nextLookNanos = nowNanos + Math.min(LOOK_SHARE * tookNanos, MAX_BLIND_NANOS);
    }

    private static void call(Consumer<View> listener, View view) {
        try {
            listener.accept(view);
        } catch (RuntimeException | Error e) {
            LOG.warn("A listener failed", e);
        }
    }

    @Override
    public void received(byte[] message) {
        if (inboxBytes.get() + cost(message) > MAX_INBOX_BYTES) {
            conversation.counters().dropped(Drop.RECEIVED_TOO_FAST);
            return;
        }
        inboxBytes.addAndGet(cost(message));
        inbox.add(message);
        LockSupport.unpark(thread);
    }

    private static int cost(byte[] message) {
        return message.length + INBOX_OVERHEAD;
    }

    @Override
    public void membershipChanged() {
        membershipChanged = true;
    }

    @Override
    public Identity self() {
        return self;
    }

    @Override
    public void publish(long key, byte[] value) {
        Bounds.record(value);
        if (Thread.currentThread().equals(thread)) {
            conversation.records().change(key, value);
        } else {
            conversation.records().publish(key, value);
        }
    }

    @Override
    public void withdraw(long key) {
        if (Thread.currentThread().equals(thread)) {
            conversation.records().change(key, null);
        } else {
            conversation.records().withdraw(key);
        }
    }

    @Override
    public void beforeTick(Hook asked) {
        hook = asked;
    }

    @Override
    public void hurry() {
        hurried = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void configuration(long hash) {
        configuration = hash;
    }

    @Override
    public void write(String name, byte[] value) {
        if (!conversation.write(Bounds.entryName(name), Bounds.entry(value))) {
            throw Bounds.tooManyEntries();
        }
        hurry();
    }

    @Override
    public void remove(String name) {
        conversation.remove(name);
        hurry();
    }

    @Override
    public View view() {
        return conversation.view();
    }

    @Override
    public void listen(Consumer<View> listener) {
        newListeners.add(listener);
        LockSupport.unpark(thread);
    }

    @Override
    public void leaving() {
        leaving = true;
    }

    @Override
    public ClusterStats stats() {
        return conversation.stats();
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        LockSupport.unpark(thread);
        if (!Thread.currentThread().equals(thread)) {
            awaitGoodbye();
        }
        transport.close();
    }

    /** A listener that hangs does not hold up the end. */
    private void awaitGoodbye() {
        try {
            if (!thread.join(GOODBYE)) {
                LOG.warn("Left the cluster without a goodbye: a listener is still busy");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
