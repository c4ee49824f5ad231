package dev.weir.loadtest.keepalive;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Requests by method and outcome. Thread-safe. */
final class Tally {
    private final Map<Method, Map<Outcome, LongAdder>> counts = new EnumMap<>(Method.class);

    Tally() {
        for (Method method : Method.values()) {
            Map<Outcome, LongAdder> outcomes = new EnumMap<>(Outcome.class);
            for (Outcome outcome : Outcome.values()) {
                outcomes.put(outcome, new LongAdder());
            }
            counts.put(method, outcomes);
        }
    }

    void add(Method method, Outcome outcome) {
        adder(method, outcome).increment();
    }

    long count(Method method, Outcome outcome) {
        return adder(method, outcome).sum();
    }

    long total() {
        long sum = 0;
        for (Map<Outcome, LongAdder> outcomes : counts.values()) {
            for (LongAdder adder : outcomes.values()) {
                sum += adder.sum();
            }
        }
        return sum;
    }

    /** Requests that did not get what a backend would have answered. */
    long failed() {
        long sum = total();
        for (Method method : Method.values()) {
            sum -= count(method, Outcome.OK);
        }
        return sum;
    }

    @SuppressWarnings("NullAway") // there is one for each
    private LongAdder adder(Method method, Outcome outcome) {
        return counts.get(method).get(outcome);
    }
}
