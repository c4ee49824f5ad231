package dev.weir.balancer.backend;

import dev.weir.balancer.failure.ProxyException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a backend is at present: what its name is known to mean, or the one address that it was configured with. Immutable;
 * replaced as a whole whenever something new is known.
 *
 * @param list without duplicates; IPv6 addresses first, as the resolver gave them; empty: none is known
 * @param confirmedNanos when the source last gave the list, on the clock that times requests
 * @param problem why the last resolution brought nothing, for as long as that is so; null: it did bring something
 * @param gone whether the source says that the name has no address, and not merely says nothing
 */
public record Addresses(
        List<InetSocketAddress> list,
        long confirmedNanos,
        @Nullable ProxyException problem,
        boolean gone) {
    public Addresses {
        list = List.copyOf(list);
    }

    /** Of an endpoint that is an IP address: known, and the same for ever. */
    static Addresses fixed(InetAddress address, int port, long nowNanos) {
        return new Addresses(List.of(new InetSocketAddress(address, port)), nowNanos, null, false);
    }

    /** Of a name that nobody has asked for yet. */
    static Addresses unknown(ProxyException problem, long nowNanos) {
        return new Addresses(List.of(), nowNanos, problem, false);
    }

    public boolean isEmpty() {
        return list.isEmpty();
    }
}
