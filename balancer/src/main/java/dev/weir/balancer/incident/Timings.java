package dev.weir.balancer.incident;

/**
 * When an attempt came how far: nanoseconds since its request began. {@link #NEVER}: it did not come so far.
 *
 * @param began a backend was picked
 * @param connected a connection stood, new or taken from the pool
 * @param sent the request's last byte was handed to the connection
 * @param head the response's head was complete
 * @param ended always known
 */
public record Timings(long began, long connected, long sent, long head, long ended) {
    public static final long NEVER = -1;

    /** The whole attempt. */
    public long duration() {
        return ended - began;
    }

    /** From the last event that is known to the end: how long the backend kept it waiting. */
    public long waited() {
        return ended - Math.max(Math.max(began, connected), Math.max(sent, head));
    }
}
