package dev.weir.balancer.proxy;

import java.util.concurrent.TimeUnit;

/**
 * A timer wheel that moves as little as possible: most deadlines are pushed back again and again and never expire, so
 * pushing one back only writes a field, and the wheel looks when the old time comes. Setting and clearing allocate nothing.
 *
 * <p>Confined to one event loop. A deadline expires up to one tick late, never early.
 */
final class DeadlineWheel {
    static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** A power of two; with the tick, 12.8 s: what is due later goes round. */
    private static final int SLOTS = 256;

    private final Slot[] slots = new Slot[SLOTS];
    private long tick;

    DeadlineWheel(long nowNanos) {
        tick = nowNanos / TICK_NANOS;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot();
        }
    }

    void set(Deadline deadline, long atNanos) {
        deadline.atNanos = atNanos;
        if (!deadline.linked()) {
            link(deadline);
        } else if (dueTick(atNanos) < deadline.slotTick) {
            unlink(deadline);
            link(deadline);
        }
    }

    /** Sets the deadline a timeout from now; a timeout of 0 clears it. */
    void setAfter(Deadline deadline, long nowNanos, long timeoutNanos) {
        if (timeoutNanos == 0) {
            deadline.clear();
        } else {
            set(deadline, nowNanos + timeoutNanos);
        }
    }

    /** Forgets the deadline; for good, unless it is set again. */
    void remove(Deadline deadline) {
        deadline.clear();
        if (deadline.linked()) {
            unlink(deadline);
        }
    }

    /** Expires what is due. */
    void advance(long nowNanos) {
        long target = nowNanos / TICK_NANOS;
        while (tick < target) {
            tick++;
            Slot slot = slots[(int) tick & (SLOTS - 1)];
            // expired() may link into this very slot (one round later); so only what is there now is looked at
            int waiting = slot.size;
            while (waiting-- > 0) {
                Deadline deadline = slot.first();
                if (deadline == null) {
                    break; // another deadline's expiry has removed the rest
                }
                unlink(deadline);
                if (deadline.atNanos <= nowNanos) {
                    deadline.clear();
                    deadline.expired(nowNanos);
                } else if (deadline.atNanos != Deadline.NONE) {
                    link(deadline);
                }
            }
        }
    }

    private void link(Deadline deadline) {
        long due = Math.min(Math.max(dueTick(deadline.atNanos), tick + 1), tick + SLOTS - 1);
        deadline.slotTick = due;
        slots[(int) due & (SLOTS - 1)].add(deadline);
    }

    private void unlink(Deadline deadline) {
        slots[(int) deadline.slotTick & (SLOTS - 1)].remove(deadline);
    }

    /** The first tick that lies at or after the time. */
    private static long dueTick(long atNanos) {
        return atNanos == Deadline.NONE ? Long.MAX_VALUE : Math.ceilDiv(atNanos, TICK_NANOS);
    }

    /** A ring with itself as the anchor. */
    private static final class Slot extends Deadline {
        private int size;

        Slot() {
            previous = this;
            next = this;
        }

        @org.jspecify.annotations.Nullable
        Deadline first() {
            return next == this ? null : next;
        }

        @SuppressWarnings("NullAway") // the ring has no null in it
        void add(Deadline deadline) {
            deadline.previous = previous;
            deadline.next = this;
            previous.next = deadline;
            previous = deadline;
            size++;
        }

        @SuppressWarnings("NullAway") // the ring has no null in it
        void remove(Deadline deadline) {
            deadline.previous.next = deadline.next;
            deadline.next.previous = deadline.previous;
            deadline.previous = null;
            deadline.next = null;
            size--;
        }

        @Override
        void expired(long nowNanos) {
            throw new IllegalStateException("an anchor is never due");
        }
    }
}
