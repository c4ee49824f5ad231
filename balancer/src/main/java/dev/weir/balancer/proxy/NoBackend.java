package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendState;
import java.util.List;
import java.util.Locale;

/** Tells operators why no backend of a pool can be used. */
final class NoBackend {
    /** The rest is likely to be out for the same reasons. */
    private static final int MOST_NAMED = 5;

    private NoBackend() {}

    static String why(List<Backend> all) {
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
        if (state.health() == BackendState.Health.DOWN) {
            return "down by active checks";
        }
        return state.ejected() ? "ejected" : "was tried";
    }
}
