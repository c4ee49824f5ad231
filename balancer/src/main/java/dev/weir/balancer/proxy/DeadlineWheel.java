package dev.weir.balancer.proxy;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A timer wheel that moves as little as possible: most deadlines are pushed back again and again and never expire, so
 * pushing one back only writes a field, and the wheel looks when the old time comes. Setting and clearing allocate nothing.
 *
 * <p>Time that the loop lost in a {@linkplain #lose pause} does not count: whatever was set before is due so much later.
 *
 * <p>Confined to one event loop. A deadline expires up to one tick late, never early. The clock may be negative.
 */
final class DeadlineWheel {
    private static final Logger LOG = LoggerFactory.getLogger(DeadlineWheel.class);

    static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** A power of two; with the tick, 12.8 s: what is due later goes round. */
    private static final int SLOTS = 256;

    private final Slot[] slots = new Slot[SLOTS];
    private long tick;

    /** The wheel's clock is so much behind the callers'. */
    private long lostNanos;

    DeadlineWheel(long nowNanos) {
        tick = Math.floorDiv(nowNanos, TICK_NANOS);
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot();
        }
    }

    void set(Deadline deadline, long atNanos) {
        deadline.atNanos = atNanos == Deadline.NONE ? Deadline.NONE : atNanos - lostNanos;
        if (!deadline.linked()) {
            link(deadline);
        } else if (dueTick(deadline.atNanos) < deadline.slotTick) {
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

    /** The deadline, if there is one, comes earlier by so much. */
    void bringForward(Deadline deadline, long nanos) {
        if (deadline.atNanos != Deadline.NONE) {
            set(deadline, deadline.atNanos + lostNanos - nanos);
        }
    }

    /** Forgets the deadline; for good, unless it is set again. */
    void remove(Deadline deadline) {
        deadline.clear();
        if (deadline.linked()) {
            unlink(deadline);
        }
    }

    /** The loop stood still for a while: what is set is due so much later. */
    void lose(long nanos) {
        lostNanos += nanos;
    }

    /** The time lost so far, by which an absolute time that somebody keeps has to be moved. */
    long lostNanos() {
        return lostNanos;
    }

    /** How many deadlines are due by a time; looks at all of them. */
    int due(long atNanos) {
        int due = 0;
        for (Slot slot : slots) {
            for (Deadline each = slot.next; each != null && each != slot; each = each.next) {
                if (each.atNanos <= atNanos - lostNanos) {
                    due++;
                }
            }
        }
        return due;
    }

    /** Expires what is due. */
    void advance(long nowNanos) {
        long wheelNanos = nowNanos - lostNanos; // one for all: the loop may be found to stand still while they expire
        long target = Math.floorDiv(wheelNanos, TICK_NANOS);
        while (tick < target) {
            tick++;
            Slot slot = slots[(int) tick & (SLOTS - 1)];
            Deadline deadline;
            while ((deadline = slot.first()) != null) { // what is linked meanwhile goes to other slots
                unlink(deadline);
                if (deadline.atNanos <= wheelNanos) {
                    expire(deadline, nowNanos);
                } else if (deadline.atNanos != Deadline.NONE) {
                    link(deadline);
                }
            }
        }
    }

    private static void expire(Deadline deadline, long nowNanos) {
        deadline.clear();
        try {
            deadline.expired(nowNanos);
        } catch (RuntimeException | Error bug) { // must not keep the others in the slot for another round
            LOG.error("a deadline failed to expire, which is a bug of the balancer", bug);
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
        Slot() {
            previous = this;
            next = this;
        }

        @Nullable
        Deadline first() {
            return next == this ? null : next;
        }

        @SuppressWarnings("NullAway") // the ring has no null in it
        void add(Deadline deadline) {
            deadline.previous = previous;
            deadline.next = this;
            previous.next = deadline;
            previous = deadline;
        }

        @SuppressWarnings("NullAway") // the ring has no null in it
        void remove(Deadline deadline) {
            deadline.previous.next = deadline.next;
            deadline.next.previous = deadline.previous;
            deadline.previous = null;
            deadline.next = null;
        }

        @Override
        void expired(long nowNanos) {
            throw new IllegalStateException("an anchor is never due");
        }
    }
}
