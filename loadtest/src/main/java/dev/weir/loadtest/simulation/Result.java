package dev.weir.loadtest.simulation;

import java.util.List;

/**
 * What a simulation showed. Loads are requests in flight at a backend, sampled every 10 ms.
 *
 * @param peak that of the most loaded backend, as a multiple of the mean, on average
 * @param variation coefficient of variation of loads over backends, on average
 * @param burst requests that a backend got between two ticks: the most that any got, as a multiple of the mean, on average. Pure
 *     chance makes some of it
 * @param p50Millis latency
 * @param p99Millis latency
 * @param peaks the multiple of each sample, in order
 */
record Result(
        Scenario scenario,
        long requests,
        double peak,
        double variation,
        double burst,
        double p50Millis,
        double p99Millis,
        List<Double> peaks) {}
