package dev.weir.balancer;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.directive.Directive;
import dev.weir.balancer.directive.DirectiveKey;
import dev.weir.balancer.directive.DirectiveStore;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the pools follow what operators ask for. Made and called on the control context. */
final class DirectiveControl {
    private static final Logger LOG = LoggerFactory.getLogger(DirectiveControl.class);

    private final DirectiveStore store;
    private final Map<String, Follower> followers;

    /** @param backends by id */
    private record Follower(BackendPool pool, Map<String, Backend> backends) {
        static Follower of(BackendPool pool) {
            return new Follower(
                    pool, pool.backends().stream().collect(Collectors.toMap(Backend::id, Function.identity())));
        }
    }

    private DirectiveControl(DirectiveStore store, List<BackendPool> pools) {
        this.store = store;
        this.followers = pools.stream().collect(Collectors.toMap(BackendPool::name, Follower::of));
    }

    /** From now on the pools follow all directives, those included that there are already. */
    static void start(DirectiveStore store, List<BackendPool> pools) {
        DirectiveControl control = new DirectiveControl(store, pools);
        store.listen(control::follow);
        control.follow(store.current().keySet());
    }

    /** What this node does not know is about others: their configuration may be newer. */
    private void follow(Set<DirectiveKey> keys) {
        keys.stream().collect(Collectors.groupingBy(DirectiveKey::pool)).forEach((name, about) -> {
            Follower follower = followers.get(name);
            if (follower != null) {
                follow(follower, about);
            }
        });
    }

    /** As one change. Each pool by itself: a strategy that fails in one must not stop the others. */
    private void follow(Follower follower, List<DirectiveKey> about) {
        try {
            follower.pool.together(() -> about.forEach(key -> follow(follower, key)));
        } catch (RuntimeException bug) {
            LOG.error("pool {} cannot follow directives, which is a bug of the balancer", follower.pool.name(), bug);
        }
    }

    private void follow(Follower follower, DirectiveKey key) {
        Directive directive = store.find(key);
        if (key.kind() == DirectiveKey.Kind.MAINTENANCE) {
            follower.pool.maintenance(directive instanceof Directive.Closed closed ? closed.maintenance() : null);
            return;
        }
        Backend backend = follower.backends.get(key.backend());
        if (backend != null) {
            follow(follower.pool, backend, key.kind(), directive);
        }
    }

    private static void follow(
            BackendPool pool, Backend backend, DirectiveKey.Kind kind, @Nullable Directive directive) {
        if (kind == DirectiveKey.Kind.ADMIN) {
            pool.admin(backend, directive instanceof Directive.OutOfUse out ? out.state() : BackendState.Admin.ENABLED);
        } else {
            pool.weight(
                    backend, directive instanceof Directive.Weight other ? other.weight() : BackendState.AS_CONFIGURED);
        }
    }
}
