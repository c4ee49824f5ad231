package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Hearsay;
import io.vertx.core.json.JsonObject;
import java.util.function.LongSupplier;

/**
 * {@code peak-ewma}: of two drawn by weight, the one that will probably answer sooner: its latency, times one for the
 * request itself and one for each that is before it, a backend of double weight bearing two of those as others bear one.
 * After Finagle's {@code p2cPeakEwma}, whose cost this is where weights are equal. In a cluster other nodes' requests and
 * latencies count too, and a backend that one node has probed is known to all.
 *
 * <p>Not for requests that wait on purpose (long polling): their latency says nothing of load.
 */
public final class PeakEwma implements StrategyProvider {
    /** More than any latency in microseconds; more than Finagle needs it to be, for it is a sum's greater part. */
    private static final double UNKNOWN_BUT_BUSY = 1e15;

    @Override
    public String name() {
        return "peak-ewma";
    }

    @Override
    public Strategy create(JsonObject options, Environment environment) {
        new Options(options);
        LongSupplier nanoClock = environment.nanoClock();
        return environment.perZone(candidates -> {
            Weighted weighted = new Weighted(candidates);
            double usual = (double) weighted.totalWeight() / weighted.size();
            TwoChoices.Load load = (second, secondInFlight, secondWeight, first, firstInFlight, firstWeight, one) -> {
                long now = nanoClock.getAsLong();
                return cost(second, secondInFlight, secondWeight / usual, now)
                        < cost(first, firstInFlight, firstWeight / usual, now);
            };
            return new TwoChoices(weighted, load, environment.random(), nanoClock);
        });
    }

    /**
     * A backend without a known latency costs nothing, so that it is probed; but as long as the answer is out it is worse
     * than any other, so that one probe is all that a black hole gets.
     *
     * @param weight 1 is the average
     */
    private static double cost(Backend backend, double inFlight, double weight, long nowNanos) {
        double micros = micros(backend, nowNanos);
        if (micros == 0 && inFlight > 0) {
            return UNKNOWN_BUT_BUSY + inFlight;
        }
        return micros * (1 + inFlight / weight);
    }

    /** Half of it is what this node sees itself: the way to a backend may be slow from here alone. */
    private static double micros(Backend backend, long nowNanos) {
        double own = backend.stats().latency().micros(nowNanos);
        Hearsay hearsay = backend.others().hearsay();
        if (hearsay == null) {
            return own;
        }
        double trust = hearsay.trust(nowNanos);
        double others = backend.others().latencyMicros();
        if (trust == 0 || others == 0) {
            return own;
        }
        return own == 0 ? others : own + trust * (others - own) / 2;
    }
}
