package dev.weir.balancer.node;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The clock of one event loop, which notices when the loop stood still: a garbage collection, a task that blocked, SIGSTOP, a
 * host without CPU to give. Backends are not to blame for time in which nobody listened to them.
 *
 * <p>A pause is noticed by the first who asks for the time after it, be it the tick or whoever handles what arrived
 * meanwhile. From then on, until a tick later, the loop {@linkplain #isWaking() wakes up}: what it finds may be a consequence
 * of its own absence, such as a backend that gave up on a request whose body did not go on. One that is late again and again
 * is overloaded: it may not wait for better times, or nothing would ever be given up, and nobody ever be blamed.
 *
 * <p>Confined to its event loop. The clock behind it never goes back, and may be negative.
 */
public final class LoopClock {
    /** Shorter delays are the daily noise of schedulers, and shorter than any sensible deadline. */
    public static final long NOTICED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Pauses in which the loop may wake up, with no tick on time between them. */
    static final int MOST_IN_A_ROW = 5;

    private final LongSupplier nanoClock;
    private final long tickNanos;
    private final long noticedNanos;
    private final Listener listener;

    /** Not to tick by then is a pause. */
    private long lateNanos;

    private long wokeNanos;
    private boolean waking;
    private boolean tickedSince;
    private int inARow;
    private long lostNanos;

    /** Hears of a pause at its end, on the loop. */
    @FunctionalInterface
    public interface Listener {
        /** @param fromNanos when the loop should have ticked */
        void paused(long fromNanos, long toNanos);
    }

    /**
     * @param tickNanos how often {@link #tick} will be called, once the clock was {@linkplain #start started}
     * @param noticedNanos a tick that comes later than this is a pause; in production {@link #NOTICED_NANOS}
     */
    public LoopClock(LongSupplier nanoClock, long tickNanos, long noticedNanos, Listener listener) {
        this.nanoClock = nanoClock;
        this.tickNanos = tickNanos;
        this.noticedNanos = noticedNanos;
        this.listener = listener;
        this.lateNanos = nanoClock.getAsLong() + Long.MAX_VALUE / 2;
    }

    /** From now on it ticks; what has to be done before may take its time. */
    public void start() {
        expectTick(nanoClock.getAsLong());
    }

    private void expectTick(long nowNanos) {
        lateNanos = nowNanos + tickNanos + noticedNanos;
    }

    /** The true time: it goes on in pauses. */
    public long now() {
        long now = nanoClock.getAsLong();
        if (now - lateNanos > 0) {
            woke(now);
        }
        return now;
    }

    private void woke(long now) {
        long from = lateNanos - noticedNanos;
        lostNanos += now - from;
        wokeNanos = now;
        waking = ++inARow <= MOST_IN_A_ROW;
        tickedSince = false;
        expectTick(now);
        listener.paused(from, now);
    }

    /**
     * The loop goes round once more.
     *
     * @return whether deadlines may be judged; after a pause, not before what arrived in it was read: Netty turns to its
     *     sockets between two ticks, but perhaps not between the pause and the first tick
     */
    public boolean tick() {
        long now = now();
        expectTick(now);
        if (tickedSince && now - wokeNanos >= tickNanos) {
            waking = false;
            inARow = 0;
        }
        tickedSince = true;
        return !waking;
    }

    /** Whether the loop has just come back from a pause: what fails now tells nothing about who failed. */
    public boolean isWaking() {
        now(); // or who comes first after a pause would not know of it
        return waking;
    }

    /** The sum of all pauses so far. */
    public long lostNanos() {
        return lostNanos;
    }
}
