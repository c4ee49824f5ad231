package dev.weir.balancer.discovery;

import dev.weir.balancer.backend.Addresses;
import dev.weir.balancer.failure.ProxyException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a name. Immutable.
 *
 * @param addresses the last that a source gave; empty: none ever did
 * @param confirmedNanos when it gave them
 * @param problem why the last resolution brought nothing; null: it did bring something, or there was none yet
 * @param gone whether the source says that the name has no address
 */
public record Known(
        List<InetAddress> addresses,
        long confirmedNanos,
        @Nullable ProxyException problem,
        boolean gone) {
    public Known {
        addresses = List.copyOf(addresses);
    }

    /** For a backend that listens on a port there. */
    public Addresses at(int port) {
        List<InetSocketAddress> list = addresses.stream()
                .map(address -> new InetSocketAddress(address, port))
                .toList();
        return new Addresses(list, confirmedNanos, problem, gone);
    }

    /** For a backend on a port there of which health has said that the old addresses are worth nothing any more. */
    public Addresses withoutStale(int port) {
        return gone ? new Addresses(List.of(), confirmedNanos, problem, true) : at(port);
    }
}
