package dev.weir.loadtest.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Measures from the time that it is made. */
final class Gauge {
    private static final double MICROS_PER_MILLI = 1_000;

    private final Histogram micros = new Histogram(3);
    private final List<Double> peaks = new ArrayList<>();
    private final int[] arrivals;
    private double variations;
    private double bursts;
    private int ticks;

    Gauge(int backends) {
        arrivals = new int[backends];
    }

    void arrived(int backend) {
        arrivals[backend]++;
    }

    void completed(long latencyNanos) {
        micros.recordValue(latencyNanos / 1_000);
    }

    /** To be called every 10 ms. */
    void sample(Server[] servers) {
        double sum = 0;
        double squares = 0;
        double most = 0;
        for (Server server : servers) {
            double load = server.inFlight();
            sum += load;
            squares += load * load;
            most = Math.max(most, load);
        }
        double mean = sum / servers.length;
        if (mean > 0) {
            peaks.add(most / mean);
            variations += Math.sqrt(Math.max(0, squares / servers.length - mean * mean)) / mean;
        }
    }

    /** To be called with every tick. */
    void tick() {
        double mean = Arrays.stream(arrivals).average().orElse(0);
        if (mean > 0) {
            bursts += Arrays.stream(arrivals).max().orElse(0) / mean;
            ticks++;
        }
        Arrays.fill(arrivals, 0);
    }

    Result result(Scenario scenario) {
        return new Result(
                scenario,
                micros.getTotalCount(),
                peaks.stream().mapToDouble(Double::doubleValue).average().orElse(0),
                variations / Math.max(1, peaks.size()),
                bursts / Math.max(1, ticks),
                micros.getValueAtPercentile(50) / MICROS_PER_MILLI,
                micros.getValueAtPercentile(99) / MICROS_PER_MILLI,
                List.copyOf(peaks));
    }
}
