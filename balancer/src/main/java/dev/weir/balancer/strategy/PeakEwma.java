package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import io.vertx.core.json.JsonObject;
import java.util.function.LongSupplier;

/**
 * {@code peak-ewma}: of two drawn by weight, the one that will probably answer sooner: its latency, times one for the
 * request itself and one for each that is before it, a backend of double weight bearing two of those as others bear one.
 * After Finagle's {@code p2cPeakEwma}, whose cost this is where weights are equal.
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
            TwoChoices.Load load = (second, secondWeight, first, firstWeight) -> {
                long now = nanoClock.getAsLong();
                return cost(second, secondWeight / usual, now) < cost(first, firstWeight / usual, now);
            };
            return new TwoChoices(weighted, load, environment.random());
        });
    }

    /**
     * A backend without a known latency costs nothing, so that it is probed; but as long as the answer is out it is worse
     * than any other, so that one probe is all that a black hole gets.
     *
     * @param weight 1 is the average
     */
    private static double cost(Backend backend, double weight, long nowNanos) {
        double micros = backend.stats().latency().micros(nowNanos);
        int inFlight = backend.stats().inFlight();
        if (micros == 0 && inFlight > 0) {
            return UNKNOWN_BUT_BUSY + inFlight;
        }
        return micros * (1 + inFlight / weight);
    }
}
