package dev.weir.balancer.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A histogram of durations with fixed buckets, written by many event loops at once: an adder for each bucket, so that they
 * do not contend for a cache line. Thread-safe; recording allocates nothing.
 */
final class DurationHistogram {
    /** Upper bounds in seconds, inclusive. */
    private static final double[] BOUNDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, Double.POSITIVE_INFINITY
    };

    private static final long[] BOUNDS_NANOS = boundsNanos();

    private final LongAdder[] buckets = new LongAdder[BOUNDS.length];
    private final LongAdder sumNanos = new LongAdder();

    DurationHistogram() {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    void record(long nanos) {
        int bucket = 0;
        while (nanos > BOUNDS_NANOS[bucket]) { // most are in the first few
            bucket++;
        }
        buckets[bucket].increment();
        sumNanos.add(nanos);
    }

    ClassicHistogramBuckets buckets() {
        long[] counts = new long[buckets.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = buckets[i].sum();
        }
        return ClassicHistogramBuckets.of(BOUNDS, counts);
    }

    List<DurationBucket> read() {
        List<DurationBucket> read = new ArrayList<>(buckets.length);
        for (int i = 0; i < buckets.length; i++) {
            read.add(new DurationBucket(BOUNDS[i], buckets[i].sum()));
        }
        return read;
    }

    double sumSeconds() {
        return sumNanos.sum() / 1e9;
    }

    private static long[] boundsNanos() {
        long[] nanos = new long[BOUNDS.length];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = BOUNDS[i] == Double.POSITIVE_INFINITY
                    ? Long.MAX_VALUE
                    : Math.round(BOUNDS[i] * TimeUnit.SECONDS.toNanos(1));
        }
        return nanos;
    }
}
