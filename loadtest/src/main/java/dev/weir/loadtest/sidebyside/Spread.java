package dev.weir.loadtest.sidebyside;

import java.util.Arrays;
import java.util.Collection;

/** The least, the middle and the greatest of a few measurements, in whatever unit those had. */
public record Spread(double min, double median, double max) {

    /** @throws IllegalArgumentException if there is none, or one is not a number */
    public static Spread of(Collection<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0 || Arrays.stream(sorted).anyMatch(Double::isNaN)) {
            throw new IllegalArgumentException("values: " + values + " (expected: at least one, all numbers)");
        }
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(sorted[0], median, sorted[sorted.length - 1]);
    }
}
