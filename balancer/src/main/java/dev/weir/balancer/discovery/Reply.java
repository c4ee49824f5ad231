package dev.weir.balancer.discovery;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What name servers answered to one question: one name, one family. */
sealed interface Reply {
    String NOERROR = "NOERROR";
    String NXDOMAIN = "NXDOMAIN";

    /**
     * @param addresses not empty
     * @param ttlSeconds of the record that expires first, those of aliases included
     */
    record Found(List<InetAddress> addresses, long ttlSeconds, String server) implements Reply {}

    /**
     * The server says that there is none.
     *
     * @param rcode {@link #NXDOMAIN}: there is no such name; {@link #NOERROR}: it has no address of this family
     */
    record None(String rcode, String server) implements Reply {}

    /**
     * No server gave an answer that can be relied on.
     *
     * @param rcode such as {@code SERVFAIL}; null: none answered at all
     * @param trouble in words, with the server
     */
    record Failed(@Nullable String rcode, String trouble) implements Reply {}
}
