package dev.weir.balancer;

import dev.weir.balancer.config.Address;
import dev.weir.balancer.config.BackendConfig;
import dev.weir.balancer.config.BalancerConfig;
import dev.weir.balancer.config.ListenerConfig;
import dev.weir.balancer.config.PoolConfig;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * Finds backends that are the balancer itself, by the addresses of this machine. What the file alone can tell was found when
 * it was checked; names are not resolved here: a request that comes back gives them away.
 */
final class OwnAddresses {
    private OwnAddresses() {}

    /** @throws IllegalArgumentException for a backend that is a listener of this balancer; the message is for users */
    static void check(BalancerConfig config) {
        for (PoolConfig pool : config.pools().values()) {
            for (BackendConfig backend : pool.backends()) {
                for (ListenerConfig listener : config.listeners()) {
                    if (isSelf(backend.address(), listener.address())) {
                        throw new IllegalArgumentException("pools." + pool.name() + ".backends: 'http://"
                                + backend.address() + "' is the balancer itself, which listens on "
                                + listener.address() + " of this machine; expected another server");
                    }
                }
            }
        }
    }

    private static boolean isSelf(Address backend, Address listener) {
        if (backend.port() != listener.port()) {
            return false;
        }
        InetAddress target = literal(backend.host());
        InetAddress own = literal(listener.host());
        return target != null && own != null && own.isAnyLocalAddress() && isOfThisMachine(target);
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false; // who cannot list the interfaces has other problems
        }
    }

    private static @Nullable InetAddress literal(String host) {
        try {
            return InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
