package dev.weir.balancer.incident;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The newest items, as many as it has room for. Thread-safe and lock-free: adding is one atomic increment and one write. */
final class Ring<T> {
    private final AtomicReferenceArray<T> slots;
    private final AtomicLong next = new AtomicLong();

    Ring(int capacity) {
        slots = new AtomicReferenceArray<>(capacity);
    }

    void add(T item) {
        slots.set((int) (next.getAndIncrement() % slots.length()), item);
    }

    /** Items that were ever added. */
    long added() {
        return next.get();
    }

    /** Newest first. One that is being added at this moment may be missing. */
    List<T> newestFirst() {
        long end = next.get();
        List<T> items = new ArrayList<>();
        for (long i = end - 1; i >= Math.max(0, end - slots.length()); i--) {
            T item = slots.get((int) (i % slots.length()));
            if (item != null) {
                items.add(item);
            }
        }
        return items;
    }
}
