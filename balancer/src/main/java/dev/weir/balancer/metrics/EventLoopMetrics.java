package dev.weir.balancer.metrics;

import java.util.concurrent.TimeUnit;

/**
 * The pulse of one event loop: how late its timer fires, and when it fired last.
 *
 * <p>Threads: the event loop calls {@link #tick}; anybody reads.
 */
public final class EventLoopMetrics {
    /** How often {@link #tick} is to be called. */
    public static final long TICK_MILLIS = 100;

    /** The maximum is that of the current window and the one before it: it covers any usual scrape interval. */
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final String number;
    private final DurationHistogram pauses = new DurationHistogram();
    private volatile long lastTickNanos;
    private volatile long lagNanos;
    private volatile Peak peak;

    /** @param max so far in this window */
    private record Peak(long windowStartNanos, long max, long maxBefore) {}

    /** @param number the label: from 0, or {@code control} */
    EventLoopMetrics(String number, long nowNanos) {
        this.number = number;
        lastTickNanos = nowNanos;
        peak = new Peak(nowNanos, 0, 0);
    }

    /** Its label. */
    public String number() {
        return number;
    }

    /** The loop stood still. */
    public void paused(long nanos) {
        pauses.record(nanos);
    }

    /** The timer fired. */
    public void tick(long nowNanos) {
        long lag = Math.max(0, nowNanos - lastTickNanos - TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS));
        lagNanos = lag;
        Peak before = peak;
        if (nowNanos - before.windowStartNanos >= WINDOW_NANOS) {
            peak = new Peak(nowNanos, lag, before.max);
        } else if (lag > before.max) {
            peak = new Peak(before.windowStartNanos, lag, before.maxBefore);
        }
        lastTickNanos = nowNanos;
    }

    /** When the timer fired last, or when this object was made. */
    public long lastTickNanos() {
        return lastTickNanos;
    }

    /** How late the timer fired the last time. */
    public long lagNanos() {
        return lagNanos;
    }

    /** How late it fired at most within the last one to two minutes. */
    public long maxLagNanos() {
        Peak now = peak;
        return Math.max(now.max, now.maxBefore);
    }

    void collect(Exposition to) {
        to.add(Meter.EVENT_LOOP_LAG, lagNanos() / 1e9, number);
        to.add(Meter.EVENT_LOOP_LAG_MAX, maxLagNanos() / 1e9, number);
        to.add(Meter.EVENT_LOOP_PAUSES, pauses, number);
    }
}
