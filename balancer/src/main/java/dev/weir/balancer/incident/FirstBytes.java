package dev.weir.balancer.incident;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The beginning of what a backend sent in place of an HTTP response. Immutable. */
public final class FirstBytes {
    /** Enough for any banner and any status line; the rest of an answer is nobody's business. */
    public static final int MAX = 64;

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] +([^ \\r\\n]*)");

    public static final FirstBytes NONE = new FirstBytes(new byte[0]);

    private final byte[] bytes;

    private FirstBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @param received copied, up to {@link #MAX} bytes of it */
    public static FirstBytes of(byte[] received) {
        return received.length == 0 ? NONE : new FirstBytes(Arrays.copyOf(received, Math.min(MAX, received.length)));
    }

    public static FirstBytes of(String ascii) {
        return of(ascii.getBytes(StandardCharsets.ISO_8859_1));
    }

    public int size() {
        return bytes.length;
    }

    /** @return the byte, 0 to 255; -1 behind the last one */
    public int at(int index) {
        return index < bytes.length ? bytes[index] & 0xff : -1;
    }

    /** One character a byte (ISO 8859-1). */
    public String text() {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Whether it is a TLS record: an alert (0x15) or a handshake message (0x16) of SSL 3 to TLS 1.3 (RFC 8446 section 5.1). */
    public boolean isTls() {
        return (at(0) == 0x15 || at(0) == 0x16) && at(1) == 3;
    }

    /** Whether an HTTP/2 server speaks: SETTINGS, without flags, on stream 0 (RFC 9113 sections 3.4 and 4.1). */
    public boolean isHttp2() {
        return bytes.length >= 9 && at(0) == 0 && at(3) == 4 && Arrays.equals(bytes, 4, 9, new byte[5], 0, 5);
    }

    /** @return what stands where a status should, in something that begins like HTTP/1.x; null: it does not */
    public @Nullable String statusOfHttp1() {
        Matcher line = STATUS_LINE.matcher(text());
        return line.lookingAt() ? line.group(1) : null;
    }

    /** Safe for any terminal, log and page: visible ASCII stays, all else becomes {@code \r}, {@code \n} or {@code \x00}. */
    public String escaped() {
        StringBuilder text = new StringBuilder(bytes.length + 8);
        for (byte b : bytes) {
            switch (b) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (b >= ' ' && b <= '~') {
                        text.append((char) b);
                    } else {
                        text.append(String.format("\\x%02x", b & 0xff));
                    }
                }
            }
        }
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FirstBytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return escaped();
    }
}
