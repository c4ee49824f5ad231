package dev.weir.balancer.peers;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a node says of its part of a limit that all nodes have together at one backend. On the wire: two 32-bit numbers,
 * big-endian.
 *
 * @param need requests that it could have under way there, of late
 * @param held what the others have to leave to it: what it has, has asked for, or has not given back yet
 */
record Claim(int need, int held) {
    static final Claim NONE = new Claim(0, 0);

    private static final int LENGTH = 2 * Integer.BYTES;

    byte[] encode() {
        return ByteBuffer.allocate(LENGTH).putInt(need).putInt(held).array();
    }

    /** @return null: these bytes are no claim that this version knows */
    static @Nullable Claim decode(byte[] bytes) {
        if (bytes.length != LENGTH) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int need = buffer.getInt();
        int held = buffer.getInt();
        return need < 0 || held < 0 ? null : new Claim(need, held);
    }
}
