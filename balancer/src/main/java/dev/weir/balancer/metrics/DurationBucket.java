package dev.weir.balancer.metrics;

/**
 * How many took so long: longer than the bound of the bucket before, and not longer than this one's.
 *
 * @param upToSeconds inclusive; of the last bucket infinite
 */
public record DurationBucket(double upToSeconds, long count) {}
