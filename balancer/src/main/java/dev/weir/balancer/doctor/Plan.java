package dev.weir.balancer.doctor;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to examine, and how much of it.
 *
 * @param method GET, HEAD or OPTIONS: it is repeated, so it has to be safe
 * @param host the Host field; null: that of the URL
 * @param timeout of each step: a look-up, a connect, a handshake, a request
 * @param whole time for all steps together, from the beginning of the examination
 * @param glance how long to look for bytes that should not come: a greeting, or something behind a response
 * @param idleProbe how long to watch an idle connection; zero: not at all
 * @param requests how many to measure, 1 to 1000
 * @param resolver DNS server to ask instead of this system's; null: this system's
 * @param hostsFile the system's, such as /etc/hosts
 * @param authorities to be trusted in place of the JDK's; empty: the JDK's
 * @param admin of a running balancer; null: do not ask one
 * @param adminExpected whether a balancer that does not answer is worth a word
 */
public record Plan(
        Target target,
        String method,
        @Nullable String host,
        Duration timeout,
        Duration whole,
        Duration glance,
        Duration idleProbe,
        int requests,
        @Nullable InetSocketAddress resolver,
        Path hostsFile,
        List<X509Certificate> authorities,
        @Nullable URI admin,
        boolean adminExpected) {
    public Plan {
        authorities = List.copyOf(authorities);
    }

    String hostField() {
        return host == null ? target.hostField() : host;
    }
}
