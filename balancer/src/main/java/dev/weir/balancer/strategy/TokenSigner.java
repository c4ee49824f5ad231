package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Names backends so that nobody without the secret can make up a name, or read from one which backend it is: the HMAC (RFC
 * 2104) with SHA-256 of pool and backend. The same secret makes the same names on every node.
 */
final class TokenSigner {
    /** 32 bytes in base64url. */
    static final int TOKEN_LENGTH = 43;

    private static final String ALGORITHM = "HmacSHA256"; // every Java platform has it

    private final SecretKey key;
    private final String pool;

    /** @param secret null: one of the system's own random making; the strategies' random numbers may be guessed */
    TokenSigner(@Nullable String secret, String pool) {
        this.key = secret == null ? randomKey() : new SecretKeySpec(bytes(secret), ALGORITHM);
        this.pool = pool;
    }

    /** @return {@link #TOKEN_LENGTH} characters: letters, digits, - and _ */
    String token(Backend backend) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] name = bytes(pool + '\0' + backend.id());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(name));
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    private static SecretKey randomKey() {
        try {
            return KeyGenerator.getInstance(ALGORITHM).generateKey();
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static IllegalStateException missing(GeneralSecurityException e) {
        return new IllegalStateException("this Java platform lacks " + ALGORITHM, e);
    }
}
