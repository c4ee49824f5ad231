package dev.weir.balancer.proxy;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Requests of one pool that wait until one of its backends may take another one. First come, first served over all event
 * loops; bounded. Thread-safe, lock-free.
 */
final class WaitQueue {
    /** One who waits. */
    interface Waiter {
        /** Called at most once, by any thread: there may be room now. It queues again if there is none. */
        void wake();

        /** Whether it left without having been woken; read by any thread. */
        boolean gone();
    }

    private final int capacity;
    private final ConcurrentLinkedQueue<Waiter> waiters = new ConcurrentLinkedQueue<>();
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
        waiters.add(waiter);
        return true;
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

    int size() {
        return size.get();
    }
}
