package dev.weir.loadtest.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Who came, and with what. Bounded; safe for use by several threads. */
final class Visitors {
    /** What a request takes, roughly, whose head is short and whose body is kept by {@link ReceivedRequest} itself. */
    private static final int BYTES_OF_A_REQUEST = 512;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<ReceivedRequest> requests = new ArrayList<>();
    private final KeptBytes room = new KeptBytes();
    private long connections;
    private long requestCount;

    /** @return its number, from 1 */
    long connected() {
        lock.lock();
        try {
            changed.signalAll();
            return ++connections;
        } finally {
            lock.unlock();
        }
    }

    void requested(ReceivedRequest request) {
        lock.lock();
        try {
            requestCount++;
            if (room.take(BYTES_OF_A_REQUEST) == BYTES_OF_A_REQUEST) {
                requests.add(request);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    KeptBytes room() {
        return room;
    }

    List<ReceivedRequest> requests() {
        lock.lock();
        try {
            return List.copyOf(requests);
        } finally {
            lock.unlock();
        }
    }

    long connections() {
        return count(() -> connections);
    }

    long requestCount() {
        return count(() -> requestCount);
    }

    private long count(LongSupplier counter) {
        lock.lock();
        try {
            return counter.getAsLong();
        } finally {
            lock.unlock();
        }
    }

    void forget() {
        lock.lock();
        try {
            requests.clear();
            room.clear();
            connections = 0;
            requestCount = 0;
        } finally {
            lock.unlock();
        }
    }

    /** @return false if it has not come about within the limit */
    boolean await(BooleanSupplier condition, Duration limit) throws InterruptedException {
        lock.lock();
        try {
            long left = limit.toNanos();
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
