package dev.weir.balancer.backend;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a backend is reached.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) {
    /** The address that the host is; null: it is a name. Asks no name server. */
    public @Nullable InetAddress literal() {
        try {
            return InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException name) {
            return null;
        }
    }

    /** {@code host:port} for a Host field: without the dot that ends a complete name, which many servers do not know. */
    public String authority() {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) + ":" + port : toString();
    }

    /** {@code host:port}, as it was configured. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
