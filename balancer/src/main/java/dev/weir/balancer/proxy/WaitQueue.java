package dev.weir.balancer.proxy;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Requests of one pool that wait until one of its backends may take another one. First come, first served over all event
 * loops; bounded. Thread-safe, lock-free.
 *
 * <p>No wake-up is lost: whoever makes room calls {@link #wakeOne} after that, and whoever queues looks for room after that.
 */
final class WaitQueue {
    /** One who waits. */
    interface Waiter {
        /**
         * Called once for each time it queued, by any thread: there may be room now. It queues {@linkplain #offerAgain again}
         * if there is none, and wakes the next one if it does not need it.
         */
        void wake();

        /** Whether it left without having been woken; read by any thread. */
        boolean gone();

        /** Whether there is room at this moment where it found none before; read by its own thread. */
        boolean seesRoom();
    }

    private final int capacity;
    private final ConcurrentLinkedDeque<Waiter> waiters = new ConcurrentLinkedDeque<>();
    private final AtomicInteger size = new AtomicInteger();

    WaitQueue(int capacity) {
        this.capacity = capacity;
    }

    /** @return false if the queue is full */
    boolean offer(Waiter waiter) {
        if (size.incrementAndGet() > capacity) {
            size.decrementAndGet();
            return false;
        }
        waiters.addLast(waiter);
        wakeOneIfRoom(waiter);
        return true;
    }

    /** For one who was woken, but found that somebody else had taken the room: it keeps its place. */
    void offerAgain(Waiter waiter) {
        size.incrementAndGet();
        waiters.addFirst(waiter);
        wakeOneIfRoom(waiter);
    }

    private void wakeOneIfRoom(Waiter waiter) {
        if (waiter.seesRoom()) { // it came up just before this one queued: nobody else will say so
            wakeOne();
        }
    }

    /** The waiter must say {@link Waiter#gone} by now. */
    void leave(Waiter waiter) {
        if (waiters.remove(waiter)) { // linear, but only for those who give up
            size.decrementAndGet();
        }
    }

    /** Room for one more has come up. */
    void wakeOne() {
        while (size.get() > 0) {
            Waiter waiter = waiters.poll();
            if (waiter == null) {
                return;
            }
            size.decrementAndGet();
            if (!waiter.gone()) {
                waiter.wake();
                return;
            }
        }
    }

    /** Whether nobody waits: who comes now need not queue behind others. */
    boolean isEmpty() {
        return size.get() == 0;
    }

    int size() {
        return size.get();
    }
}
