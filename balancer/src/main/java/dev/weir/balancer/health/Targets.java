package dev.weir.balancer.health;

import dev.weir.balancer.backend.Backend;
import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The addresses of a backend, for checks: each check begins with another one, so that none goes unseen. Control context only. */
final class Targets {
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

    /** Why no address is known. */
    CheckResult unresolved() {
        return CheckResult.unresolved(backend.addresses().problem());
    }
}
