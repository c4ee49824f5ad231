package dev.weir.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Reads what a {@link WireWriter} wrote, and trusts none of it: every length is checked before anything is allocated. */
final class WireReader {
    private final ByteBuffer bytes;

    WireReader(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    int int8(String what) throws WireException {
        return need(1, what).get() & 0xff;
    }

    int int32(String what) throws WireException {
        return need(4, what).getInt();
    }

    long int64(String what) throws WireException {
        return need(8, what).getLong();
    }

    UUID uuid(String what) throws WireException {
        need(16, what);
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    private ByteBuffer need(int length, String what) throws WireException {
        if (bytes.remaining() < length) {
            throw malformed(what, "ends after " + bytes.remaining() + " of " + length + " bytes");
        }
        return bytes;
    }

    int varint(String what) throws WireException {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int part = int8(what);
            // The fifth byte has room for three bits of a number that is not negative.
            if (shift == 28 && part > 0x07) {
                break;
            }
            value |= (part & 0x7f) << shift;
            if (part < 0x80) {
                return value;
            }
        }
        throw malformed(what, "number above " + Integer.MAX_VALUE);
    }

    /** @throws WireException above the limit */
    int varint(String what, int limit) throws WireException {
        int value = varint(what);
        if (value > limit) {
            throw malformed(what, value + " (expected: at most " + limit + ")");
        }
        return value;
    }

    /**
     * @param eachBytes the least that each takes
     * @throws WireException when there cannot be so many in what is left
     */
    int count(String what, int eachBytes) throws WireException {
        return varint(what + " count", bytes.remaining() / eachBytes);
    }

    byte[] block(String what, int limit) throws WireException {
        int length = varint(what + " length", limit);
        need(length, what);
        byte[] block = new byte[length];
        bytes.get(block);
        return block;
    }

    String text(String what, int limit) throws WireException {
        byte[] block = block(what, limit);
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(block))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed(what, "not UTF-8");
        }
        if (!Bounds.isText(text)) {
            throw malformed(what, "control characters");
        }
        return text;
    }

    void end() throws WireException {
        if (bytes.hasRemaining()) {
            throw malformed("end", bytes.remaining() + " bytes too many");
        }
    }

    WireException malformed(String what, String problem) {
        return new WireException(Drop.MALFORMED, what + " at byte " + bytes.position() + ": " + problem);
    }
}
