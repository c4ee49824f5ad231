package dev.weir.balancer.proxy;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Field names with underscores, which backends with CGI in their ancestry cannot tell from those with dashes (RFC 3875 section
 * 4.1.18): there, {@code X_Forwarded_For} is {@code X-Forwarded-For}, which a client must not be able to write.
 */
final class Underscores {
    private static final AsciiString[] NAMES = {
        AsciiString.cached("x-forwarded-for"),
        AsciiString.cached("x-forwarded-host"),
        AsciiString.cached("x-forwarded-proto"),
        AsciiString.cached("x-forwarded-port"),
        AsciiString.cached("x-forwarded-prefix"),
        AsciiString.cached("x-real-ip"),
        AsciiString.cached("transfer-encoding"),
        AsciiString.cached("content-length")
    };
    private static final int SHORTEST = 9;
    private static final int LONGEST = 18;

    private Underscores() {}

    /** @return the name, of those that matter here, that a name with underscores may be taken for; null: none */
    static @Nullable AsciiString meant(byte[] line, int start, int length) {
        if (length < SHORTEST || length > LONGEST || !isFirstOfOne(line[start])) {
            return null;
        }
        for (AsciiString name : NAMES) {
            if (name.length() == length && differsByUnderscores(name, line, start)) {
                return name;
            }
        }
        return null;
    }

    private static boolean isFirstOfOne(byte first) {
        return switch (first) {
            case 'x', 'X', 't', 'T', 'c', 'C' -> true;
            default -> false;
        };
    }

    private static boolean differsByUnderscores(AsciiString name, byte[] line, int start) {
        boolean differs = false;
        for (int i = 0; i < name.length(); i++) {
            byte expected = name.byteAt(i);
            byte actual = line[start + i];
            if (expected == '-' && actual == '_') {
                differs = true;
            } else if (expected != actual && (expected < 'a' || expected != (actual | 0x20))) {
                return false;
            }
        }
        return differs;
    }
}
