package dev.weir.balancer.proxy;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** The first bytes of something that could not be understood, for people to look at. Confined to an event loop. */
final class Beginning {
    /** Enough to tell another protocol by. */
    static final int MAX = 64;

    private static final byte[] NONE = {};
    private static final String HTTP_1 = "HTTP/1.";

    private byte[] bytes = NONE;
    private long seen;

    void forget() {
        bytes = NONE;
    }

    /**
     * Keeps what is new in a buffer, until there are enough.
     *
     * @param begin where it begins in the buffer, if nothing is kept so far
     * @param received bytes that have come up to the buffer's end
     */
    void add(ByteBuf in, int begin, long received) {
        int end = in.writerIndex();
        int from = bytes.length == 0 ? begin : (int) Math.max(0, end - (received - seen));
        int count = Math.min(MAX - bytes.length, end - from);
        seen = received;
        if (count > 0) {
            int kept = bytes.length;
            bytes = Arrays.copyOf(bytes, kept + count);
            in.getBytes(from, bytes, kept, count);
        }
    }

    /** Whether this could become a response of HTTP/1.x, if more came; empty lines before it are put up with. */
    boolean mayBeHttp1() {
        int at = 0;
        while (at < bytes.length && (bytes[at] == '\r' || bytes[at] == '\n')) {
            at++;
        }
        for (int i = 0; i < HTTP_1.length() && at + i < bytes.length; i++) {
            if (bytes[at + i] != HTTP_1.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** At most {@link #MAX}; not to be changed. */
    byte[] toArray() {
        return bytes;
    }
}
