package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.failure.ProxyError;
import java.net.InetSocketAddress;

/** Hears what event loops find out about the addresses of backends. Thread-safe; must not block. */
public interface AddressWatch {
    /** None of the addresses that are known, if any are, could be connected: others are needed, if only by the next request. */
    void unreachable(Backend backend);

    /**
     * None of the addresses that are known could be connected: others are waited for.
     *
     * @param answered called when what is known is as new as can be had, perhaps at once; on any thread
     */
    void unreachable(Backend backend, Runnable answered);

    /**
     * One address failed and another one accepted, so that no request noticed.
     *
     * @param error of the address that failed
     */
    void masked(Backend backend, InetSocketAddress failed, ProxyError error, InetSocketAddress accepted);
}
