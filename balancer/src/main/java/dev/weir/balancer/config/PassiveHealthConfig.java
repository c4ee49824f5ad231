package dev.weir.balancer.config;

import java.time.Duration;

/**
 * Ejection of backends that fail real requests.
 *
 * @param consecutiveFailures failures in a row that eject; 0: never
 * @param baseEjection the first ejection's time; each further one adds as much again
 * @param maxEjection upper bound of an ejection's time
 * @param maxEjected share (0 to 1) of the pool that may be out at a time; one may be out always, the last one never
 */
public record PassiveHealthConfig(
        int consecutiveFailures, Duration baseEjection, Duration maxEjection, double maxEjected) {
    public PassiveHealthConfig {
        if (baseEjection.compareTo(maxEjection) > 0) {
            throw new IllegalArgumentException("base-ejection is longer than max-ejection; expected at most as long");
        }
    }
}
