package dev.weir.loadtest.skew;

import dev.weir.loadtest.skew.Journal.Change;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How unevenly backends were loaded, from one moment to another. Loads are requests in flight at a backend; everything is weighed by
 * the time for which it was so.
 *
 * @param variation standard deviation over backends / mean, on average over the time in which there was anything in flight
 * @param peak most loaded backend / mean, likewise
 * @param mean requests in flight at a backend
 * @param most requests that any backend had at any time
 * @param within share of the time in which the most loaded backend had at most so many: from 0 on
 * @param series each backend's load, every {@link #STEP_NANOS}
 */
record Skew(double variation, double peak, double mean, int most, List<Double> within, List<int[]> series) {
    static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** @param changes in order, since nothing was in flight */
    static Skew of(int backends, List<Change> changes, long fromNanos, long toNanos) {
        Count count = new Count(backends, fromNanos);
        for (Change change : changes) {
            count.until(Math.min(toNanos, Math.max(fromNanos, change.nanos())));
            count.loads[change.backend()] = change.inFlight();
        }
        count.until(toNanos);
        return count.skew((double) (toNanos - fromNanos));
    }

    private static final class Count {
        private final int[] loads;
        private final List<Double> nanosAtMost = new ArrayList<>();
        private final List<int[]> series = new ArrayList<>();
        private final long begin;
        private long now;
        private double busy;
        private double variations;
        private double peaks;
        private double requests;

        Count(int backends, long begin) {
            this.loads = new int[backends];
            this.begin = begin;
            this.now = begin;
        }

        /** The loads were as they are until then. */
        void until(long nanos) {
            while (begin + series.size() * STEP_NANOS < nanos) {
                series.add(loads.clone());
            }
            double time = (double) (nanos - now);
            now = nanos;
            if (time == 0) {
                return;
            }
            int most = Arrays.stream(loads).max().orElseThrow();
            while (nanosAtMost.size() <= most) {
                nanosAtMost.add(0.0);
            }
            nanosAtMost.set(most, nanosAtMost.get(most) + time);
            double mean = Arrays.stream(loads).average().orElseThrow();
            if (mean > 0) {
                double squares =
                        Arrays.stream(loads).mapToDouble(load -> load * load).sum();
                variations += time * Math.sqrt(Math.max(0, squares / loads.length - mean * mean)) / mean;
                peaks += time * most / mean;
                requests += time * mean;
                busy += time;
            }
        }

        Skew skew(double nanos) {
            List<Double> within = new ArrayList<>();
            double sum = 0;
            for (double each : nanosAtMost) {
                sum += each;
                within.add(sum / nanos);
            }
            double some = Math.max(1, busy);
            return new Skew(variations / some, peaks / some, requests / nanos, within.size() - 1, within, series);
        }
    }
}
