package dev.weir.balancer.node;

/**
 * A time in which one event loop stood still.
 *
 * @param loop its name, such as {@code event loop 0}
 * @param fromNanos when it should have gone on
 * @param toNanos when it did
 * @param deadlines that passed in between, and were extended by its length
 */
public record Pause(String loop, long fromNanos, long toNanos, int deadlines) {
    long nanos() {
        return toNanos - fromNanos;
    }
}
