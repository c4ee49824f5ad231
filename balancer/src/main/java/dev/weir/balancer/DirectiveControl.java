package dev.weir.balancer;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.directive.Directive;
import dev.weir.balancer.directive.DirectiveKey;
import dev.weir.balancer.directive.DirectiveStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the pools follow what operators ask for. Made and called on the control context. */
final class DirectiveControl {
    private final DirectiveStore store;
    private final List<BackendPool> pools;

    private DirectiveControl(DirectiveStore store, List<BackendPool> pools) {
        this.store = store;
        this.pools = pools;
    }

    /** From now on the pools follow all directives, those included that there are already. */
    static void start(DirectiveStore store, List<BackendPool> pools) {
        DirectiveControl control = new DirectiveControl(store, List.copyOf(pools));
        store.listen(control::follow);
        store.current().keySet().forEach(control::follow);
    }

    /** What this node does not know is about others: their configuration may be newer. */
    private void follow(DirectiveKey key) {
        Directive directive = store.find(key);
        for (BackendPool pool : pools) {
            if (pool.name().equals(key.pool())) {
                follow(pool, key, directive);
            }
        }
    }

    private static void follow(BackendPool pool, DirectiveKey key, @Nullable Directive directive) {
        if (key.kind() == DirectiveKey.Kind.MAINTENANCE) {
            pool.maintenance(directive instanceof Directive.Closed closed ? closed.maintenance() : null);
            return;
        }
        for (Backend backend : pool.backends()) {
            if (!backend.id().equals(key.backend())) {
                continue;
            }
            if (key.kind() == DirectiveKey.Kind.ADMIN) {
                pool.admin(
                        backend,
                        directive instanceof Directive.OutOfUse out ? out.state() : BackendState.Admin.ENABLED);
            } else {
                pool.weight(
                        backend,
                        directive instanceof Directive.Weight other ? other.weight() : BackendState.AS_CONFIGURED);
            }
        }
    }
}
