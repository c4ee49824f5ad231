package dev.weir.balancer.config;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Active checks.
 *
 * @param path null: only open a TCP connection; else GET this path
 * @param port null: the backend's own port
 * @param jitter share (0 to 1) by which each interval varies at random
 * @param rise successes in a row that bring a backend up again; the very first check needs one
 * @param fall failures in a row that take it down
 * @param expectHeaders fields that the answer must carry, with the exact value
 * @param expectBody must be found in the first 64 KB of the body; null: any body
 */
public record ActiveHealthConfig(
        @Nullable String path,
        @Nullable Integer port,
        Duration interval,
        Duration timeout,
        double jitter,
        int rise,
        int fall,
        StatusSet expectStatus,
        Map<String, String> expectHeaders,
        @Nullable Pattern expectBody) {
    public ActiveHealthConfig {
        expectHeaders =
                Collections.unmodifiableSortedMap(new TreeMap<>(expectHeaders)); // prints alike in all processes
    }
}
