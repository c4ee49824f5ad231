package dev.weir.loadtest.skew;

/**
 * What one arm showed in one round.
 *
 * @param p50Millis latency that clients saw
 * @param p99Millis likewise
 */
record Round(Arm arm, int number, int requests, Skew skew, double p50Millis, double p99Millis) {}
