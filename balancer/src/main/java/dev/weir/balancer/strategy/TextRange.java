package dev.weir.balancer.strategy;

/** Finds values inside a request's head without cutting them out: a range is a start and an end in one long. */
final class TextRange {
    static final long NONE = -1;

    private TextRange() {}

    static int start(long range) {
        return (int) (range >>> 32);
    }

    /** Exclusive. */
    static int end(long range) {
        return (int) range;
    }

    private static long of(int start, int end) {
        return (long) start << 32 | end;
    }

    /**
     * Finds a cookie's value, without its quotes if it has them (RFC 6265 section 4.2.1). Of several of the same name the
     * first counts.
     *
     * @param cookies a {@code Cookie} field
     * @return {@link #NONE} if there is none
     */
    static long ofCookie(CharSequence cookies, String name) {
        int length = cookies.length();
        int at = 0;
        while (at < length) {
            int end = indexOf(cookies, ';', at, length);
            int start = at;
            while (start < end && isBlank(cookies.charAt(start))) {
                start++;
            }
            if (isNamed(cookies, start, end, name)) {
                return trimmed(cookies, start + name.length() + 1, end);
            }
            at = end + 1;
        }
        return NONE;
    }

    private static long trimmed(CharSequence text, int start, int end) {
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        boolean quoted = end - start >= 2 && text.charAt(start) == '"' && text.charAt(end - 1) == '"';
        return quoted ? of(start + 1, end - 1) : of(start, end);
    }

    /**
     * Finds a query parameter's value, as received: percent-encoding stays. Of several of the same name the first counts.
     *
     * @param target a path with a query, perhaps
     * @return {@link #NONE} if there is none
     */
    static long ofQuery(CharSequence target, String name) {
        int length = target.length();
        int at = indexOf(target, '?', 0, length) + 1;
        while (at < length) {
            int end = indexOf(target, '&', at, length);
            if (isNamed(target, at, end, name)) {
                return of(at + name.length() + 1, end);
            }
            at = end + 1;
        }
        return NONE;
    }

    /** The path without its query, if there is one. */
    static long ofPath(CharSequence target) {
        return of(0, indexOf(target, '?', 0, target.length()));
    }

    /** Whether the text between start and end begins with the name and an equals sign. */
    private static boolean isNamed(CharSequence text, int start, int end, String name) {
        int length = name.length();
        if (end - start <= length || text.charAt(start + length) != '=') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(start + i) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** @return the end if the character does not stand before it */
    private static int indexOf(CharSequence text, char wanted, int start, int end) {
        int at = start;
        while (at < end && text.charAt(at) != wanted) {
            at++;
        }
        return at;
    }
}
