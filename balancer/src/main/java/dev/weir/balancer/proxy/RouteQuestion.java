package dev.weir.balancer.proxy;

import dev.weir.balancer.failure.Errno;
import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.NoRouteException;
import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Whose fault it is that there is no route to a backend. The native transports throw the same exception, without the error's
 * number, if this host has none (ENETUNREACH) and if the network says that the other host is gone (EHOSTUNREACH): so the kernel is
 * asked again, for each address a few times a second at most. Confined to its event loop.
 */
final class RouteQuestion {
    /** 100 ms: a route that comes back counts that much later. */
    private static final long VALID_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Addresses whose answers are kept: a name has a few, and those that changed are of no use. */
    private static final int MOST_ADDRESSES = 32;

    private final Predicate<InetSocketAddress> kernelFindsNone;
    private final Map<InetSocketAddress, Answer> answers = new HashMap<>();

    private record Answer(boolean none, long askedNanos) {}

    /** @param kernelFindsNone whether this host has no route there; does not block */
    RouteQuestion(Predicate<InetSocketAddress> kernelFindsNone) {
        this.kernelFindsNone = kernelFindsNone;
    }

    /** @return what was thrown, or the same with this host's fault in it */
    Throwable explain(InetSocketAddress address, Throwable thrown, long nowNanos) {
        Failure failure = Failure.of(thrown, Phase.CONNECT);
        boolean vague = failure.error() == ProxyError.DESTINATION_IP_UNROUTABLE && failure.errno() == Errno.NONE;
        return vague && hasNone(address, nowNanos) ? new NoRouteException(thrown) : thrown;
    }

    private boolean hasNone(InetSocketAddress address, long nowNanos) {
        Answer known = answers.get(address);
        if (known == null || nowNanos - known.askedNanos > VALID_NANOS) {
            if (known == null && answers.size() >= MOST_ADDRESSES) {
                answers.clear();
            }
            known = new Answer(kernelFindsNone.test(address), nowNanos);
            answers.put(address, known);
        }
        return known.none;
    }
}
