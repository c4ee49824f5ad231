package dev.weir.balancer.health;

import dev.weir.balancer.backend.Backend;
import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The addresses of a backend, for checks: each check begins with another one, so that none goes unseen. Control context only. */
final class Targets {
    /** Time for one address (250 ms): a way around the world and back; as long as requests wait before they try the next one. */
    private static final long PATIENCE_MILLIS = 250;

    private final Backend backend;
    private final int port;
    private int turn;

    /** @param port to be checked, which need not be the backend's own */
    Targets(Backend backend, int port) {
        this.backend = backend;
        this.port = port;
    }

    /** A Host field's host. */
    String host() {
        String authority = backend.authority();
        return authority.substring(0, authority.lastIndexOf(':'));
    }

    int port() {
        return port;
    }

    /** @return empty: no address is known */
    List<SocketAddress> next() {
        List<SocketAddress> targets = new ArrayList<>();
        for (InetSocketAddress address : backend.addresses().list()) {
            String text = NetUtil.toAddressString(address.getAddress());
            // in brackets: Vert.x's HTTP client makes an authority of it
            targets.add(SocketAddress.inetSocketAddress(port, text.indexOf(':') >= 0 ? "[" + text + "]" : text));
        }
        if (targets.size() > 1) {
            Collections.rotate(targets, -Integer.remainderUnsigned(turn++, targets.size()));
        }
        return targets;
    }

    /**
     * How long one of several addresses may take to accept: an even share of a check's time, but enough for the way there. Of
     * many addresses that are all silent not each has its turn in one check then; but each begins one.
     *
     * @return milliseconds, at least 1
     */
    static long connectMillis(Duration timeout, int addresses) {
        long all = Math.max(1, timeout.toMillis());
        return Math.max(all / addresses, Math.min(all, PATIENCE_MILLIS));
    }

    /** Why no address is known. */
    CheckResult unresolved() {
        return CheckResult.unresolved(backend.addresses().problem());
    }
}
