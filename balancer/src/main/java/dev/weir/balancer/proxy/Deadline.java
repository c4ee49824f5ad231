package dev.weir.balancer.proxy;

import org.jspecify.annotations.Nullable;

/** Something that is overdue at a point in time. Confined to the event loop of its {@link DeadlineWheel}. */
abstract class Deadline {
    static final long NONE = Long.MAX_VALUE;

    /** In the wheel's clock, which stands still while the loop does; {@link #NONE} if nothing is due. */
    long atNanos = NONE;

    /** The tick in whose slot it waits; meaningful only while linked. */
    long slotTick;

    @Nullable
    Deadline previous;

    @Nullable
    Deadline next;

    /**
     * It is overdue; it was reset to {@link #NONE} before.
     *
     * @param nowNanos the true time
     */
    abstract void expired(long nowNanos);

    /** Nothing is due any more. */
    final void clear() {
        atNanos = NONE;
    }

    final boolean linked() {
        return previous != null;
    }
}
