package dev.weir.balancer.config;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A host and a port.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param port 0 to 65535
 */
public record Address(String host, int port) {
    public Address {
        if (host.isEmpty() || port < 0 || port > 65535) {
            throw new IllegalArgumentException(
                    "host '" + host + "', port " + port + " is no address; expected a host and a port from 0 to 65535");
        }
    }

    /** Whether two sockets cannot listen on both at a time. Asks no name server. */
    boolean overlaps(Address other) {
        return port == other.port && port != 0 && (isWildcard() || other.isWildcard() || sameHost(other));
    }

    /**
     * Whether who listens here surely accepts what is sent there. A wildcard is taken to accept what goes to the
     * loopback interface; other addresses of the machine are not looked up, since the file may be checked on another
     * machine than it is used on.
     */
    boolean accepts(Address target) {
        return port == target.port && port != 0 && (sameHost(target) || (isWildcard() && target.isLocal()));
    }

    private boolean sameHost(Address other) {
        InetAddress literal = literal();
        return host.equalsIgnoreCase(other.host) || (literal != null && literal.equals(other.literal()));
    }

    boolean isWildcard() {
        InetAddress literal = literal();
        return literal != null && literal.isAnyLocalAddress();
    }

    private boolean isLocal() {
        InetAddress literal = literal();
        return literal != null && (literal.isAnyLocalAddress() || literal.isLoopbackAddress());
    }

    /** Null for a name, but for the one name that needs no server to know. */
    private @Nullable InetAddress literal() {
        return IpLiteral.parse(host.equalsIgnoreCase("localhost") ? "127.0.0.1" : host);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
