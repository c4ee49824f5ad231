package dev.weir.balancer.backend;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A moving average of latencies that takes a peak at once and forgets it slowly: an exponentially weighted average over
 * unevenly spaced samples (Eckner, "Algorithms for Unevenly Spaced Time Series", 2012), with the peak rule of Finagle.
 *
 * <p>One word holds the average (float bits, in microseconds) and the time of the last sample (milliseconds since the
 * creation, 32 bits: it wraps every 49.7 days, and who was silent for just that long is forgiven a minute late).
 * Thread-safe, lock-free, allocation-free.
 */
public final class PeakEwma {
    /** After this time a sample weighs 1/e. Finagle's default. */
    private static final double DECAY_MILLIS = 10_000;

    /**
     * After this time without a sample nothing is known. A twentieth is left of the average then: with still less a backend that
     * accepts requests and answers none would look faster than all others, however many it holds.
     */
    private static final int KNOWN_MILLIS = 30_000;

    /** Event loops read their clocks a moment apart; what seems to come from further ahead is older than 24.8 days. */
    private static final int MOST_AHEAD_MILLIS = 60_000;

    /** A day: what seems to come from further behind is older than 48.7 days. */
    private static final int MOST_LATER_MILLIS = 86_400_000;

    /** An hour: what is told later than that after its time is taken for new. */
    private static final int MOST_LATE_MILLIS = 3_600_000;

    private final long originNanos;
    private final AtomicLong word = new AtomicLong();

    PeakEwma(long originNanos) {
        this.originNanos = originNanos;
    }

    /** Adds a sample; one that is told late does not make the last one older. */
    public void add(long latencyNanos, long nowNanos) {
        float sample = latencyNanos / 1_000f;
        int nowMillis = millis(nowNanos);
        long before;
        long after;
        do {
            before = word.get();
            float average = Float.intBitsToFloat((int) (before >>> 32));
            int ageMillis = nowMillis - (int) before;
            float next = sample > average ? sample : (float) (sample + (average - sample) * retained(ageMillis));
            boolean late = ageMillis < 0 && ageMillis > -MOST_LATE_MILLIS && before != 0;
            after = ((long) Float.floatToRawIntBits(next) << 32) | ((late ? before : nowMillis) & 0xffffffffL);
        } while (!word.compareAndSet(before, after));
    }

    /**
     * The average in microseconds, decayed up to now: a backend without traffic is worth another try.
     *
     * @return 0: not known, or not any more
     */
    public double micros(long nowNanos) {
        long last = word.get();
        int ageMillis = millis(nowNanos) - (int) last;
        return ageMillis > KNOWN_MILLIS ? 0 : Float.intBitsToFloat((int) (last >>> 32)) * retained(ageMillis);
    }

    /** Another number after each sample, within a millisecond: who reads the same one twice has missed none. */
    public long stamp() {
        return word.get();
    }

    /** Whether there ever was a sample that took any time. */
    public boolean everSampled() {
        return word.get() != 0;
    }

    /**
     * Whether a sample is younger than that moment, by a millisecond at least.
     *
     * @param nanos not more than a day ago
     */
    public boolean sampledAfter(long nanos) {
        long last = word.get();
        if (last == 0) {
            return false;
        }
        int laterMillis = (int) last - millis(nanos);
        return laterMillis > 0 && laterMillis < MOST_LATER_MILLIS;
    }

    private static double retained(int ageMillis) {
        return ageMillis < -MOST_AHEAD_MILLIS ? 0 : Math.exp(-Math.max(ageMillis, 0) / DECAY_MILLIS);
    }

    private int millis(long nowNanos) {
        return (int) ((nowNanos - originNanos) / 1_000_000);
    }
}
