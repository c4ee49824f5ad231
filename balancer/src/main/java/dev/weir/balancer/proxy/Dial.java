package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Addresses;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Eligibility;
import io.vertx.core.internal.net.NetSocketInternal;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An attempt's way to a connection: tries the backend's addresses until one of them accepts. The next one has its turn as
 * soon as one has failed, and before that if one is slow (RFC 8305 section 5); the attempt's deadline holds for all
 * together. Before it gives up it looks whether the name means something else by now. Confined to its event loop.
 */
final class Dial {
    /** The RFC's Connection Attempt Delay; also the longest wait for news of the name. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final BackendConnections home;
    private final Backend backend;
    private final UpstreamPool pool;
    private final AddressOrder order;
    private final Attempt attempt;
    private final List<InetSocketAddress> tried = new ArrayList<>(1);
    private final List<ConnectFailure.OfAddress> failures = new ArrayList<>(0);
    private final Deadline patience = new Deadline() {
        @Override
        void expired(long nowNanos) {
            impatient();
        }
    };

    private ArrayDeque<InetSocketAddress> left = new ArrayDeque<>(0);
    private int pending;
    private boolean asked;
    private boolean over;

    Dial(BackendConnections home, Backend backend, UpstreamPool pool, AddressOrder order, Attempt attempt) {
        this.home = home;
        this.backend = backend;
        this.pool = pool;
        this.order = order;
        this.attempt = attempt;
    }

    /** The attempt hears of the end, perhaps at once, unless it has ended by then. */
    void begin() {
        left = order.next(backend.addresses().list(), home.loop().now());
        next();
    }

    private void next() {
        InetSocketAddress address = left.poll();
        if (address != null) {
            tried.add(address);
            pending++;
            if (!left.isEmpty()) {
                home.loop().wheel().set(patience, home.loop().now() + PATIENCE_NANOS);
            }
            home.open(this, address);
        } else if (pending == 0) {
            exhausted();
        }
    }

    /** An address is slow, or the resolver. */
    private void impatient() {
        if (isOver()) {
            return;
        }
        if (left.isEmpty() && pending == 0) {
            giveUp();
        } else {
            next();
        }
    }

    /** Whether nobody waits for a connection any more; one that comes nevertheless is kept for the next exchange. */
    private boolean isOver() {
        return over || attempt.isEnded();
    }

    void connected(InetSocketAddress address, NetSocketInternal socket) {
        pending--;
        order.connected(address, tried.getFirst());
        boolean first = !over;
        over = true;
        home.loop().wheel().remove(patience);
        for (ConnectFailure.OfAddress failure : failures) {
            if (!failure.isOwn()) {
                pool.addressWatch().masked(backend, failure.address(), failure.error(), address);
            }
        }
        if (first) {
            home.adopt(address, socket, attempt);
        } else {
            home.keep(address, socket);
        }
    }

    void failed(InetSocketAddress address, Throwable cause) {
        pending--;
        order.failed(address, home.loop().now());
        ConnectFailure.OfAddress failure = ConnectFailure.OfAddress.of(address, cause);
        failures.add(failure);
        if (isOver()) {
            if (!over && pending == 0) { // the attempt's time was over first: news help the next one
                pool.addressWatch().unreachable(backend);
            }
            return;
        }
        home.loop().wheel().remove(patience);
        if (failure.isSameEverywhere()) {
            giveUp();
        } else {
            next();
        }
    }

    /** Every address has failed; there may be others by now. */
    private void exhausted() {
        left = order.next(backend.addresses().list(), home.loop().now());
        left.removeAll(tried);
        if (!left.isEmpty()) {
            next();
        } else if (asked || !backend.isNamed()) {
            giveUp();
        } else if (isLastResort()) {
            asked = true;
            home.loop().wheel().set(patience, home.loop().now() + PATIENCE_NANOS);
            pool.addressWatch().unreachable(backend, () -> home.loop().execute(this::answered));
        } else { // another backend need not wait for this one's news
            pool.addressWatch().unreachable(backend);
            giveUp();
        }
    }

    /** Whether the request has tried every backend that may be tried. */
    private boolean isLastResort() {
        for (Eligibility.Tier tier : pool.backends().snapshot().eligible().tiers()) {
            for (Candidate candidate : tier.candidates()) {
                if (!attempt.hasTried(candidate.backend())) {
                    return false;
                }
            }
        }
        return true;
    }

    private void answered() {
        if (!isOver()) {
            home.loop().wheel().remove(patience);
            exhausted();
        }
    }

    private void giveUp() {
        over = true;
        home.loop().wheel().remove(patience);
        Addresses addresses = backend.addresses();
        attempt.connectFailed(ConnectFailure.of(
                backend.endpoint().host(), addresses, home.loop().now() - addresses.confirmedNanos(), failures));
    }
}
