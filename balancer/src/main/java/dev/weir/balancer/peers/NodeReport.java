package dev.weir.balancer.peers;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a node says of itself. On the wire: one byte of flags, then two 32-bit numbers, big-endian.
 *
 * @param ready whether it wants requests
 * @param suspectsItself whether it finds backends down that all others find well
 * @param inFlight requests under way, over all backends
 * @param requestsPerSecond answered, over the last second
 */
public record NodeReport(boolean ready, boolean suspectsItself, int inFlight, int requestsPerSecond) {
    public static final NodeReport NONE = new NodeReport(false, false, 0, 0);

    private static final int READY = 1;
    private static final int SUSPECTS_ITSELF = 2;
    private static final int LENGTH = 1 + 2 * Integer.BYTES;

    public byte[] encode() {
        int flags = (ready ? READY : 0) | (suspectsItself ? SUSPECTS_ITSELF : 0);
        return ByteBuffer.allocate(LENGTH)
                .put((byte) flags)
                .putInt(inFlight)
                .putInt(requestsPerSecond)
                .array();
    }

    /** @return null: these bytes are no report that this version knows */
    public static @Nullable NodeReport decode(byte[] bytes) {
        if (bytes.length != LENGTH) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int flags = buffer.get();
        int inFlight = buffer.getInt();
        int rate = buffer.getInt();
        return flags > (READY | SUSPECTS_ITSELF) || flags < 0 || inFlight < 0 || rate < 0
                ? null
                : new NodeReport((flags & READY) != 0, (flags & SUSPECTS_ITSELF) != 0, inFlight, rate);
    }
}
