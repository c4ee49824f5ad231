package dev.weir.balancer.proxy;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A line of JSON (RFC 8259, UTF-8) in a reusable array. Allocates only when a line is longer than any line before.
 *
 * <p>Not thread-safe.
 */
final class JsonLine {
    /** Most bytes that one text takes, quotes and mark aside. */
    static final int MAX_TEXT = 4 * 1024;
    /** Most bytes of a line. Longer ones are {@linkplain #tooLong() not worth keeping}. */
    static final int MAX_LINE = 256 * 1024;

    private static final int INITIAL = 4 * 1024;
    private static final int MAX_DIGITS = 20; // of a long, with its sign
    private static final int MAX_ESCAPED = 6; // bytes of the longest form of a char
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final byte[] LEAST = ascii("-9223372036854775808");
    private static final byte[] HEX = ascii("0123456789abcdef");
    private static final char REPLACEMENT = '\ufffd';
    private static final char ELLIPSIS = '\u2026';

    /** For each ASCII character: 0 if it stands for itself, the letter of its short escape, or 'u'. */
    private static final byte[] ESCAPE = escapes();

    private byte[] bytes = new byte[INITIAL];
    private int length;
    private boolean tooLong;
    /** What is open, the innermost last: the bytes that close it. */
    private final byte[] closers = new byte[16];

    private int depth;

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Whether bytes are missing because the line exceeded {@link #MAX_LINE}. */
    boolean tooLong() {
        return tooLong;
    }

    void clear() {
        length = 0;
        depth = 0;
        tooLong = false;
    }

    /** Begins an object or an array as the next value. */
    void open(char bracket) {
        if (hasRoom(2)) {
            separate();
            put(bracket);
            closers[depth++] = (byte) (bracket == '{' ? '}' : ']');
        }
    }

    /** Closes what was opened last. */
    void close() {
        if (hasRoom(1)) {
            put((char) closers[--depth]);
        }
    }

    /** Closes everything, and ends the line. */
    void end() {
        while (depth > 0 && !tooLong) {
            close();
        }
        if (hasRoom(1)) {
            put('\n');
        }
    }

    /** @param name of characters that need no escape */
    @SuppressWarnings("deprecation") // drops the high bytes, of which names have none: no faster copy exists
    void name(String name) {
        int size = name.length();
        if (hasRoom(size + 4)) {
            separate();
            put('"');
            name.getBytes(0, size, bytes, length);
            length += size;
            put('"');
            put(':');
        }
    }

    void bool(boolean value) {
        raw(value ? TRUE : FALSE);
    }

    void number(long value) {
        if (value == Long.MIN_VALUE) { // has no positive counterpart
            raw(LEAST);
        } else if (hasRoom(MAX_DIGITS)) {
            if (value < 0) {
                put('-');
            }
            digits(Math.abs(value));
        }
    }

    /** @param text that needs no escape */
    void timestamp(byte[] text) {
        if (hasRoom(text.length + 2)) {
            put('"');
            raw(text);
            put('"');
        }
    }

    void text(CharSequence text) {
        int worst = (int) Math.min((long) text.length() * MAX_ESCAPED, MAX_TEXT);
        if (hasRoom(worst + MAX_ESCAPED + 2)) {
            put('"');
            int limit = length + MAX_TEXT;
            int plain = switch (text) {
                case String string -> plain(string);
                case AsciiString string -> plain(string);
                default -> 0;
            };
            escape(text, plain, limit);
            put('"');
        }
    }

    /** Copies characters up to the first that needs an escape. These two are what nearly all texts consist of. */
    private int plain(String text) {
        int end = Math.min(text.length(), MAX_TEXT);
        int at = length;
        int i = 0;
        for (; i < end; i++) {
            char c = text.charAt(i);
            if (c >= ESCAPE.length || ESCAPE[c] != 0) {
                break;
            }
            bytes[at++] = (byte) c;
        }
        length = at;
        return i;
    }

    private int plain(AsciiString text) {
        byte[] from = text.array();
        int start = text.arrayOffset();
        int end = start + Math.min(text.length(), MAX_TEXT);
        int at = length;
        int i = start;
        for (; i < end; i++) {
            byte b = from[i];
            if (b < 0 || ESCAPE[b] != 0) {
                break;
            }
            bytes[at++] = b;
        }
        length = at;
        return i - start;
    }

    /** Appends the rest of a text in any form, as far as the limit allows. */
    private void escape(CharSequence text, int from, int limit) {
        int end = text.length();
        for (int i = from; i < end; i++) {
            if (length > limit - MAX_ESCAPED) {
                utf8(ELLIPSIS);
                return;
            }
            char c = text.charAt(i);
            if (c < ESCAPE.length) {
                escapeAscii(c);
            } else if (!Character.isSurrogate(c)) {
                utf8(c);
            } else if (i + 1 < end && Character.isSurrogatePair(c, text.charAt(i + 1))) {
                utf8Pair(Character.toCodePoint(c, text.charAt(++i)));
            } else {
                utf8(REPLACEMENT);
            }
        }
    }

    private void escapeAscii(char c) {
        byte escape = ESCAPE[c];
        if (escape == 0) {
            put(c);
            return;
        }
        put('\\');
        put((char) escape);
        if (escape == 'u') {
            put('0');
            put('0');
            put((char) HEX[c >> 4]);
            put((char) HEX[c & 0xf]);
        }
    }

    private void utf8(char c) {
        if (c < 0x800) {
            put((char) (0xc0 | c >> 6));
        } else {
            put((char) (0xe0 | c >> 12));
            put((char) (0x80 | (c >> 6 & 0x3f)));
        }
        put((char) (0x80 | (c & 0x3f)));
    }

    private void utf8Pair(int codePoint) {
        put((char) (0xf0 | codePoint >> 18));
        put((char) (0x80 | (codePoint >> 12 & 0x3f)));
        put((char) (0x80 | (codePoint >> 6 & 0x3f)));
        put((char) (0x80 | (codePoint & 0x3f)));
    }

    private void digits(long value) {
        int count = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            count++;
        }
        length += count;
        int at = length;
        long rest = value;
        do {
            bytes[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
    }

    private void raw(byte[] text) {
        if (hasRoom(text.length)) {
            System.arraycopy(text, 0, bytes, length, text.length);
            length += text.length;
        }
    }

    /** A comma, unless a bracket has just been opened or a name waits for its value. */
    private void separate() {
        if (length > 0) {
            byte last = bytes[length - 1];
            if (last != '{' && last != '[' && last != ':') {
                put(',');
            }
        }
    }

    private void put(char c) {
        bytes[length++] = (byte) c;
    }

    private boolean hasRoom(int more) {
        if (!tooLong && bytes.length - length < more) {
            tooLong = length + more > MAX_LINE;
            if (!tooLong) {
                bytes = Arrays.copyOf(bytes, Math.min(MAX_LINE, Math.max(bytes.length * 2, length + more)));
            }
        }
        return !tooLong;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] escapes() {
        byte[] escapes = new byte[0x80];
        Arrays.fill(escapes, 0, 0x20, (byte) 'u');
        escapes['\b'] = 'b';
        escapes['\f'] = 'f';
        escapes['\n'] = 'n';
        escapes['\r'] = 'r';
        escapes['\t'] = 't';
        escapes['"'] = '"';
        escapes['\\'] = '\\';
        escapes[0x7f] = 'u'; // needs none in JSON, but disturbs terminals
        return escapes;
    }
}
