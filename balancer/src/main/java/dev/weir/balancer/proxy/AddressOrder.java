package dev.weir.balancer.proxy;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * In which order one event loop tries the addresses of a backend, as RFC 8305 section 4 has it: the families take turns,
 * beginning with the one that worked last; at first that is IPv6. Within a family new connections are spread over all
 * addresses. Those that have just failed come last. Confined to its event loop.
 */
final class AddressOrder {
    /** So long an address that failed is tried only after all others. */
    static final long SHUN_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** When an address may be trusted again. */
    private final Map<InetSocketAddress, Long> shunned = new HashMap<>();

    private List<InetSocketAddress> known = List.of();
    private boolean ipv4First;
    private int turn;

    /** @param list as published; not changed */
    @SuppressWarnings("ReferenceEquality") // lists are replaced as a whole
    ArrayDeque<InetSocketAddress> next(List<InetSocketAddress> list, long nowNanos) {
        if (list != known) {
            known = list;
            shunned.keySet().retainAll(list);
        }
        if (list.size() == 1) {
            return new ArrayDeque<>(list);
        }
        List<InetSocketAddress> trusted = new ArrayList<>(list.size());
        List<InetSocketAddress> doubtful = new ArrayList<>(0);
        for (InetSocketAddress address : interleaved(list)) {
            (isShunned(address, nowNanos) ? doubtful : trusted).add(address);
        }
        ArrayDeque<InetSocketAddress> order = new ArrayDeque<>(trusted);
        order.addAll(doubtful);
        return order;
    }

    private boolean isShunned(InetSocketAddress address, long nowNanos) {
        Long until = shunned.get(address);
        return until != null && nowNanos - until < 0;
    }

    private List<InetSocketAddress> interleaved(List<InetSocketAddress> list) {
        List<InetSocketAddress> first = new ArrayList<>(list.size());
        List<InetSocketAddress> second = new ArrayList<>(list.size());
        for (InetSocketAddress address : list) {
            (isIpv4(address) == ipv4First ? first : second).add(address);
        }
        rotate(first);
        rotate(second);
        turn++;
        List<InetSocketAddress> order = new ArrayList<>(list.size());
        for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
            if (i < first.size()) {
                order.add(first.get(i));
            }
            if (i < second.size()) {
                order.add(second.get(i));
            }
        }
        return order;
    }

    private void rotate(List<InetSocketAddress> family) {
        if (family.size() > 1) {
            Collections.rotate(family, -Integer.remainderUnsigned(turn, family.size()));
        }
    }

    void failed(InetSocketAddress address, long nowNanos) {
        if (known.contains(address)) {
            shunned.put(address, nowNanos + SHUN_NANOS);
        }
    }

    /** @param tried the address that was tried first */
    void connected(InetSocketAddress address, InetSocketAddress tried) {
        shunned.remove(address);
        if (isIpv4(address) != isIpv4(tried)) {
            ipv4First = isIpv4(address);
        }
    }

    private static boolean isIpv4(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address;
    }
}
