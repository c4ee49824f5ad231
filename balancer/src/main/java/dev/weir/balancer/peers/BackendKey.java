package dev.weir.balancer.peers;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** By what name nodes speak of a backend: all that have it in a pool of that name come to the same one. */
public final class BackendKey {
    /** What a node says of itself goes by this key. */
    public static final long NODE = 0;

    private BackendKey() {}

    /**
     * 64 bits of a digest: among 10,000 backends two collide with a probability of 3 in a million million, and by nobody's intent.
     *
     * @param backend {@code host:port}
     * @return never {@link #NODE}
     */
    public static long of(String pool, String backend) {
        return digest(pool + '\n' + backend);
    }

    /** By what name they speak of the limit that they have together at that backend. */
    static long ofLimit(String pool, String backend) {
        return digest(pool + '\n' + backend + "\nmax-requests");
    }

    private static long digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            long key = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                key = (key << Byte.SIZE) | (digest[i] & 0xff);
            }
            return key == NODE ? 1 : key;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
