package dev.weir.balancer.doctor;

import dev.weir.balancer.incident.Amount;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Of some measured times, in nanoseconds: the least, the middle, the 99th percentile by nearest rank, the greatest. */
record Spread(int count, long min, long median, long p99, long max) {
    /** @param nanos at least one */
    static Spread of(List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        int count = sorted.size();
        return new Spread(
                count,
                sorted.getFirst(),
                sorted.get(rank(0.5, count)),
                sorted.get(rank(0.99, count)),
                sorted.getLast());
    }

    private static int rank(double quantile, int count) {
        return (int) Math.ceil(quantile * count) - 1;
    }

    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("count", count);
        facts.put("min", Amount.millis(min));
        facts.put("median", Amount.millis(median));
        facts.put("p99", Amount.millis(p99));
        facts.put("max", Amount.millis(max));
        return facts;
    }
}
