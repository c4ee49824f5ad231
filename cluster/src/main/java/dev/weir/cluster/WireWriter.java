package dev.weir.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** Bytes in a row, as long as they get. Big-endian. */
final class WireWriter {
    private ByteBuffer bytes = ByteBuffer.allocate(512);

    private ByteBuffer room(int needed) {
        if (bytes.remaining() < needed) {
            int size = Math.max(2 * bytes.capacity(), bytes.position() + needed);
            bytes = ByteBuffer.allocate(size).put(bytes.flip());
        }
        return bytes;
    }

    WireWriter int8(int value) {
        room(1).put((byte) value);
        return this;
    }

    WireWriter int32(int value) {
        room(4).putInt(value);
        return this;
    }

    WireWriter int64(long value) {
        room(8).putLong(value);
        return this;
    }

    WireWriter uuid(UUID value) {
        return int64(value.getMostSignificantBits()).int64(value.getLeastSignificantBits());
    }

    /** Seven bits a byte, the lowest first; the highest bit says that more follow. Not negative. */
    WireWriter varint(int value) {
        ByteBuffer to = room(5);
        int rest = value;
        while (rest > 0x7f) {
            to.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        to.put((byte) rest);
        return this;
    }

    /** Length, and then the bytes. */
    WireWriter block(byte[] value) {
        varint(value.length);
        room(value.length).put(value);
        return this;
    }

    WireWriter text(String value) {
        return block(value.getBytes(StandardCharsets.UTF_8));
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    static int varintBytes(int value) {
        return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;
    }

    static int blockBytes(int length) {
        return varintBytes(length) + length;
    }
}
