package dev.weir.balancer.doctor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes from a peer: looked at, and shown to people. Immutable. */
final class Bytes {
    static final Bytes NONE = new Bytes(new byte[0]);

    private static final int SHOWN = 40;

    private final byte[] octets;

    private Bytes(byte[] octets) {
        this.octets = octets;
    }

    /** The first so many of an array. */
    static Bytes of(byte[] array, int count) {
        return new Bytes(Arrays.copyOf(array, count));
    }

    int size() {
        return octets.length;
    }

    boolean isEmpty() {
        return octets.length == 0;
    }

    /** Each byte as one character. */
    String text() {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    /** The first 40 bytes in quotes, whatever is not visible ASCII escaped. */
    String quote() {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < Math.min(octets.length, SHOWN); i++) {
            escape(octets[i] & 0xff, text);
        }
        return text.append(octets.length > SHOWN ? "\"..." : "\"").toString();
    }

    private static void escape(int octet, StringBuilder text) {
        switch (octet) {
            case '\r' -> text.append("\\r");
            case '\n' -> text.append("\\n");
            case '\t' -> text.append("\\t");
            case '"', '\\' -> text.append('\\').append((char) octet);
            default -> {
                if (octet >= 0x20 && octet < 0x7f) {
                    text.append((char) octet);
                } else {
                    text.append(String.format("\\x%02x", octet));
                }
            }
        }
    }

    boolean startsWith(String start) {
        return text().startsWith(start);
    }

    /** Whether they begin as a TLS record does: alert or handshake, and a version 3.x (RFC 8446 section 5.1). */
    boolean isTls() {
        return octets.length >= 2 && (octets[0] == 0x15 || octets[0] == 0x16) && octets[1] == 0x03;
    }

    /** Whether they begin as an HTTP/2 server does: SETTINGS, without flags, on stream 0 (RFC 9113 section 4.1). */
    boolean isHttp2() {
        return octets.length >= 9 && octets[0] == 0 && octets[3] == 4 && Arrays.equals(octets, 4, 9, new byte[5], 0, 5);
    }
}
