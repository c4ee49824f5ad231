package dev.weir.cluster;

/**
 * Another node, as it presented itself last.
 *
 * @param identity who it is
 * @param heardNanos when it spoke last, by this node's own monotonic clock
 * @param fresh whether it spoke within the last three ticks
 * @param synced whether all of its records are known, not just those that changed since it was met
 * @param leaving whether it said that it is about to leave
 * @param configuration hash of the configuration that it works by; 0 if it did not tell
 * @param records what it said last
 */
public record Node(
        Identity identity,
        long heardNanos,
        boolean fresh,
        boolean synced,
        boolean leaving,
        long configuration,
        Records records) {

    /** Whether it can be counted on. */
    public boolean isPresent() {
        return fresh && !leaving;
    }

    /** How old what it said is, by the clock of {@link View#nanos}. Not negative. */
    public long ageNanos(long nowNanos) {
        return Math.max(0, nowNanos - heardNanos);
    }
}
