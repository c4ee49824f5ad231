package dev.weir.balancer.failure;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Fields of which a response must not lose one: it would be another response without it. */
public final class IndispensableField {
    /** In small letters, without anything else. */
    private static final Set<String> NAMES = Stream.of(
                    // who may keep it, and for whom
                    "Age",
                    "Cache-Control",
                    "CDN-Cache-Control",
                    "Expires",
                    "Pragma",
                    "Surrogate-Control",
                    "Vary",
                    // what it is
                    "Content-Disposition",
                    "Content-Encoding",
                    "Content-Range",
                    "Content-Type",
                    "Location",
                    // whom it lets in, and keeps out
                    "Clear-Site-Data",
                    "Content-Security-Policy",
                    "Cross-Origin-Embedder-Policy",
                    "Cross-Origin-Opener-Policy",
                    "Cross-Origin-Resource-Policy",
                    "Permissions-Policy",
                    "Referrer-Policy",
                    "Set-Cookie",
                    "Strict-Transport-Security",
                    "WWW-Authenticate",
                    "X-Content-Type-Options",
                    "X-Frame-Options")
            .map(IndispensableField::letters)
            .collect(Collectors.toUnmodifiableSet());

    private IndispensableField() {}

    /** Whether a name, even one that is invalid, is meant for a field that a response must not lose. */
    public static boolean isMeant(String name) {
        return NAMES.contains(letters(name));
    }

    private static String letters(String name) {
        StringBuilder letters = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char small = (char) (name.charAt(i) | 0x20);
            if (small >= 'a' && small <= 'z') {
                letters.append(small);
            }
        }
        return letters.toString();
    }
}
