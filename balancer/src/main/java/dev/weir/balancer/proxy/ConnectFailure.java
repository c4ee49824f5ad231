package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Addresses;
import dev.weir.balancer.failure.FailureClassifier;
import dev.weir.balancer.failure.NoRouteException;
import dev.weir.balancer.failure.OwnFault;
import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyException;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Makes one failure of those of all addresses. */
final class ConnectFailure {
    private ConnectFailure() {}

    /** Why one address could not be connected. */
    record OfAddress(InetSocketAddress address, ProxyError error, Throwable cause) {
        static OfAddress of(InetSocketAddress address, Throwable cause) {
            return new OfAddress(address, FailureClassifier.classify(cause, Phase.CONNECT), cause);
        }

        /** Whether the fault lies with this balancer or its host. */
        boolean isOwn() {
            return !error.blamesBackend();
        }

        /**
         * Whether it would be the same at another address: what this node lacks it lacks everywhere, but for source ports, of
         * which it has as many towards each address.
         */
        boolean isSameEverywhere() {
            return isOwn() && FailureClassifier.ownFault(cause) != OwnFault.PORTS;
        }

        private boolean hasNoRoute() {
            return cause instanceof NoRouteException;
        }

        private String text() {
            return NetUtil.toAddressString(address.getAddress()) + " "
                    + error.token().replace('_', ' ');
        }
    }

    /**
     * @param host as configured
     * @param addresses at the end
     * @param ageNanos of these
     * @param failures of all that were tried; empty: there were none
     */
    static Throwable of(String host, Addresses addresses, long ageNanos, List<OfAddress> failures) {
        ProxyException problem = addresses.problem();
        if (failures.isEmpty()) {
            return problem != null
                    ? problem
                    : new ProxyException(ProxyError.DNS_ERROR, "no address of " + host + " is known");
        }
        OfAddress worst = mostTelling(failures);
        boolean sameForAll = failures.size() == 1 || failures.stream().allMatch(OfAddress::hasNoRoute);
        if (worst.isOwn() || (sameForAll && problem == null)) {
            return worst.cause();
        }
        String each = failures.stream().map(OfAddress::text).collect(Collectors.joining(", "));
        if (problem == null) {
            return new ProxyException(worst.error(), "no address of " + host + " could be connected: " + each);
        }
        String words = problem.detail() + ", and what was known " + TimeUnit.NANOSECONDS.toSeconds(ageNanos)
                + " s ago could not be connected: " + each;
        return addresses.gone()
                ? new ProxyException(problem.error(), words, problem.rcode())
                : new ProxyException(worst.error(), words);
    }

    /** An own fault before all; and that a family has no route at all says least. */
    private static OfAddress mostTelling(List<OfAddress> failures) {
        OfAddress best = failures.getFirst();
        for (OfAddress failure : failures) {
            boolean better = best.error() == ProxyError.DESTINATION_IP_UNROUTABLE
                    && failure.error() != ProxyError.DESTINATION_IP_UNROUTABLE;
            if (better || failure.isOwn()) {
                best = failure;
            }
        }
        return best;
    }
}
