package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyException;
import java.util.List;
import java.util.Locale;

/** Why no backend of a pool can be used. */
final class NoBackend {
    /** The rest is likely to be out for the same reasons. */
    private static final int MOST_NAMED = 5;

    private NoBackend() {}

    /** If all that it takes is an address: what the resolver says of it. */
    static ProxyException of(List<Backend> all) {
        ProxyException unresolved = null;
        for (Backend backend : all) {
            if (backend.weight() == 0 || backend.state().admin() != BackendState.Admin.ENABLED) {
                continue;
            }
            ProxyException problem = backend.addresses().problem();
            if (problem == null || !backend.addresses().isEmpty()) {
                return new ProxyException(ProxyError.DESTINATION_UNAVAILABLE, why(all));
            }
            if (unresolved == null || unresolved.error() == ProxyError.DNS_TIMEOUT) { // an answer says more than none
                unresolved = problem;
            }
        }
        return unresolved == null ? new ProxyException(ProxyError.DESTINATION_UNAVAILABLE, why(all)) : unresolved;
    }

    private static String why(List<Backend> all) {
        if (all.isEmpty()) {
            return "the pool has no backends";
        }
        StringBuilder text = new StringBuilder("0 of ").append(all.size()).append(" backends usable: ");
        for (int i = 0; i < Math.min(MOST_NAMED, all.size()); i++) {
            Backend backend = all.get(i);
            text.append(i == 0 ? "" : ", ").append(backend.id()).append(' ').append(why(backend.state()));
        }
        if (all.size() > MOST_NAMED) {
            text.append(", and ").append(all.size() - MOST_NAMED).append(" more");
        }
        return text.toString();
    }

    private static String why(BackendState state) {
        if (state.admin() != BackendState.Admin.ENABLED) {
            return state.admin().name().toLowerCase(Locale.ROOT);
        }
        if (state.weight() == 0) {
            return "set to weight 0";
        }
        if (state.health() == BackendState.Health.DOWN) {
            return "down by active checks";
        }
        if (!state.addressed()) {
            return "without an address";
        }
        if (state.ejected()) {
            return "ejected";
        }
        return state.shunned() ? "taken out by other nodes" : "was tried";
    }
}
