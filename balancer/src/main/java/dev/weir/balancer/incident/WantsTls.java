package dev.weir.balancer.incident;

import java.util.List;

/**
 * Servers that speak TLS tell those that come with plain HTTP so, with a 400 in plain HTTP. To whoever reads that it looks like
 * a mistake of the client's.
 */
public final class WantsTls {
    /** What is looked at of a body: nginx fills its page up to 512 bytes and says it at the beginning, Apache in the middle. */
    public static final int MAX_BYTES = 2 * 1024;

    private static final List<String> WORDS = List.of(
            "plain HTTP request was sent to HTTPS port", // nginx
            "speaking plain HTTP to an SSL-enabled server port", // Apache
            "HTTP request to an HTTPS server", // Go
            "combination of host and port requires TLS"); // Tomcat

    private WantsTls() {}

    /** @param body of a 400, or its beginning */
    public static boolean isSaidIn(String body) {
        return WORDS.stream().anyMatch(body::contains);
    }
}
