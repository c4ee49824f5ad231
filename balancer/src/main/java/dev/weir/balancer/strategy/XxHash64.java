package dev.weir.balancer.strategy;

/**
 * xxHash64 of text, one byte a character (<a href="https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md">the
 * specification</a>): fast, well mixed in all 64 bits, without allocation. Not for secrets.
 *
 * <p>What stands in a request's head is Latin-1, so that a byte holds every character; of others the lower 8 bits count.
 */
final class XxHash64 {
    private static final long PRIME_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME_3 = 0x165667B19E3779F9L;
    private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
    private static final long PRIME_5 = 0x27D4EB2F165667C5L;

    private XxHash64() {}

    static long of(CharSequence text, long seed) {
        return of(text, 0, text.length(), seed);
    }

    /** @param end exclusive */
    static long of(CharSequence text, int start, int end, long seed) {
        int at = start;
        long hash = seed + PRIME_5;
        if (end - start >= 32) {
            long a = seed + PRIME_1 + PRIME_2;
            long b = seed + PRIME_2;
            long c = seed;
            long d = seed - PRIME_1;
            for (; at <= end - 32; at += 32) {
                a = round(a, eight(text, at));
                b = round(b, eight(text, at + 8));
                c = round(c, eight(text, at + 16));
                d = round(d, eight(text, at + 24));
            }
            hash = Long.rotateLeft(a, 1) + Long.rotateLeft(b, 7) + Long.rotateLeft(c, 12) + Long.rotateLeft(d, 18);
            hash = merge(merge(merge(merge(hash, a), b), c), d);
        }
        return mix(tail(hash + (end - start), text, at, end));
    }

    private static long tail(long hash, CharSequence text, int start, int end) {
        int at = start;
        for (; at <= end - 8; at += 8) {
            hash = Long.rotateLeft(hash ^ round(0, eight(text, at)), 27) * PRIME_1 + PRIME_4;
        }
        if (at <= end - 4) {
            hash = Long.rotateLeft(hash ^ four(text, at) * PRIME_1, 23) * PRIME_2 + PRIME_3;
            at += 4;
        }
        for (; at < end; at++) {
            hash = Long.rotateLeft(hash ^ one(text, at) * PRIME_5, 11) * PRIME_1;
        }
        return hash;
    }

    /** The final avalanche: each bit of the input changes each bit of the result with a probability of a half. */
    static long mix(long hash) {
        hash = (hash ^ hash >>> 33) * PRIME_2;
        hash = (hash ^ hash >>> 29) * PRIME_3;
        return hash ^ hash >>> 32;
    }

    private static long merge(long hash, long lane) {
        return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
    }

    private static long round(long lane, long input) {
        return Long.rotateLeft(lane + input * PRIME_2, 31) * PRIME_1;
    }

    private static long eight(CharSequence text, int at) {
        return four(text, at) | four(text, at + 4) << 32;
    }

    private static long four(CharSequence text, int at) {
        return one(text, at) | one(text, at + 1) << 8 | one(text, at + 2) << 16 | one(text, at + 3) << 24;
    }

    private static long one(CharSequence text, int at) {
        return text.charAt(at) & 0xff;
    }
}
