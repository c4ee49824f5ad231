package dev.weir.balancer.health;

import dev.weir.balancer.config.ActiveHealthConfig;
import dev.weir.balancer.config.StatusSet;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Configurations of active checks, made by saying what is special about them. */
record Checks(
        @Nullable String path,
        @Nullable Integer port,
        Duration interval,
        Duration timeout,
        int rise,
        int fall,
        Map<String, String> headers,
        @Nullable Pattern body) {
    /** GET /healthz every 20 ms, with seconds of time, two to rise and three to fall. */
    static Checks http() {
        return new Checks("/healthz", null, Duration.ofMillis(20), Duration.ofSeconds(5), 2, 3, Map.of(), null);
    }

    static Checks tcp() {
        return new Checks(null, null, Duration.ofMillis(20), Duration.ofSeconds(5), 2, 3, Map.of(), null);
    }

    Checks path(String other) {
        return new Checks(other, port, interval, timeout, rise, fall, headers, body);
    }

    Checks port(int other) {
        return new Checks(path, other, interval, timeout, rise, fall, headers, body);
    }

    Checks interval(Duration other) {
        return new Checks(path, port, other, timeout, rise, fall, headers, body);
    }

    Checks timeout(Duration other) {
        return new Checks(path, port, interval, other, rise, fall, headers, body);
    }

    Checks headers(Map<String, String> other) {
        return new Checks(path, port, interval, timeout, rise, fall, other, body);
    }

    Checks body(String pattern) {
        return new Checks(path, port, interval, timeout, rise, fall, headers, Pattern.compile(pattern));
    }

    ActiveHealthConfig config() {
        return new ActiveHealthConfig(
                path, port, interval, timeout, 0.1, rise, fall, StatusSet.parse("200-299"), headers, body);
    }
}
