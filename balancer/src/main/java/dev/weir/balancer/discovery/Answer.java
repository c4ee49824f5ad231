package dev.weir.balancer.discovery;

import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What came of one resolution. */
public sealed interface Answer {
    /**
     * The name has addresses.
     *
     * @param addresses not empty; without duplicates; IPv6 first (RFC 8305 section 4)
     * @param ttl how long they hold
     * @param source who said so, such as {@code 10.96.0.10}
     * @param ipv4Unknown whether nobody answered the question for IPv4 addresses
     * @param ipv6Unknown whether nobody answered the question for IPv6 addresses
     */
    record Found(List<InetAddress> addresses, Duration ttl, String source, boolean ipv4Unknown, boolean ipv6Unknown)
            implements Answer {
        public Found {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * It has none, or none was found out.
     *
     * @param why {@link ProxyError#DNS_ERROR} or {@link ProxyError#DNS_TIMEOUT}, in words for operators
     * @param gone whether the source says that the name has no address; otherwise it said nothing that can be relied on
     */
    record Nothing(ProxyException why, boolean gone) implements Answer {}

    /** A word for metrics: {@code success}, {@code nxdomain}, {@code empty}, {@code servfail}, {@code timeout} and the like. */
    default String label() {
        return switch (this) {
            case Found _ -> "success";
            case Nothing(ProxyException why, boolean _) -> label(why.rcode());
        };
    }

    private static String label(@Nullable String rcode) {
        if (rcode == null) {
            return "timeout";
        }
        return rcode.equals(Reply.NOERROR) ? "empty" : rcode.toLowerCase(Locale.ROOT);
    }
}
