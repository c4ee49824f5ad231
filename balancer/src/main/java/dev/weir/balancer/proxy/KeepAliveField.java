package dev.weir.balancer.proxy;

import io.netty.util.AsciiString;
import java.util.concurrent.TimeUnit;

/** What a backend announces in {@code Keep-Alive: timeout=5, max=100} (RFC 2068 section 19.7.1.1). Pure; allocates nothing. */
final class KeepAliveField {
    static final AsciiString NAME = AsciiString.cached("keep-alive");

    private static final String TIMEOUT = "timeout";
    private static final String MAX = "max";
    private static final int MOST = 1_000_000_000;

    private KeepAliveField() {}

    /** How long an idle connection stays open; {@link Long#MAX_VALUE}: not announced. */
    static long timeoutNanos(CharSequence value) {
        int seconds = parameter(value, TIMEOUT);
        return seconds < 0 ? Long.MAX_VALUE : TimeUnit.SECONDS.toNanos(seconds);
    }

    /**
     * Requests on the connection; {@link Integer#MAX_VALUE}: not announced. Some servers count those to come (Apache), some all
     * of them (Node.js): whoever takes it for all stays below either.
     */
    static int max(CharSequence value) {
        int max = parameter(value, MAX);
        return max < 0 ? Integer.MAX_VALUE : max;
    }

    /** @return -1: it is not there, or no number */
    private static int parameter(CharSequence value, String name) {
        int length = value.length();
        int at = 0;
        while (at < length) {
            int end = at;
            while (end < length && value.charAt(end) != ',') {
                end++;
            }
            at = skipBlanks(value, at, end);
            if (startsWith(value, at, end, name)) {
                int equals = skipBlanks(value, at + name.length(), end);
                if (equals < end && value.charAt(equals) == '=') {
                    return number(value, skipBlanks(value, equals + 1, end), end);
                }
            }
            at = end + 1;
        }
        return -1;
    }

    private static int skipBlanks(CharSequence value, int from, int end) {
        int at = from;
        while (at < end && (value.charAt(at) == ' ' || value.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    private static boolean startsWith(CharSequence value, int at, int end, String name) {
        if (end - at < name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if ((value.charAt(at + i) | 0x20) != name.charAt(i)) { // to lower case, for letters
                return false;
            }
        }
        return true;
    }

    private static int number(CharSequence value, int from, int end) {
        long number = -1;
        for (int i = from; i < end; i++) {
            char digit = value.charAt(i);
            if (digit < '0' || digit > '9') {
                break;
            }
            number = Math.min(MOST, Math.max(number, 0) * 10 + digit - '0');
        }
        return (int) number;
    }
}
