package dev.weir.balancer.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One backend.
 *
 * @param address from the URL; the port is 80 if the URL names none
 * @param weight 0 to 1000; a backend of weight 2 gets twice the traffic of one of weight 1, one of 0 gets none
 * @param priority 0 to 31; tier 0 is used first, further tiers take what it cannot carry
 * @param zone null: none
 */
public record BackendConfig(
        Address address, int weight, int priority, @Nullable String zone, Map<String, String> labels) {
    public BackendConfig {
        labels = Collections.unmodifiableSortedMap(
                new TreeMap<>(labels)); // prints alike in all processes, unlike Map.copyOf
    }
}
