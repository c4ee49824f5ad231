package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.directive.Directive;
import dev.weir.balancer.directive.DirectiveCodec;
import dev.weir.balancer.directive.DirectiveKey;
import dev.weir.balancer.directive.LocalDirectives;
import dev.weir.balancer.failure.Maintenance;
import dev.weir.cluster.Cluster;
import dev.weir.cluster.Identity;
import dev.weir.cluster.SingleNode;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DirectiveControlTest {
    private static final Directive DRAINING = new Directive.OutOfUse(Admin.DRAINING, 1);

    private final BackendPool shop = pool("shop", 200);
    private final BackendPool blog = pool("blog", 2);

    private static BackendPool pool(String name, int size) {
        List<Backend> backends = IntStream.rangeClosed(1, size)
                .mapToObj(port -> new Backend(new Endpoint("a", port), 1, 0, null, Map.of(), 0))
                .toList();
        return new BackendPool(name, backends, new Eligibility.Rules(null, 0, 0), set -> Picker.EMPTY, () -> 0);
    }

    private static BackendState state(BackendPool pool, int index) {
        return pool.backends().get(index).state();
    }

    @Test
    void eachKindIsFollowedWhereItBelongsAndTakenBackAlone() {
        LocalDirectives store = new LocalDirectives();
        DirectiveControl.start(store, List.of(shop, blog));

        store.write(DirectiveKey.admin("blog", "a:1"), DRAINING);
        store.write(DirectiveKey.weight("blog", "a:1"), new Directive.Weight(7, 1));
        store.write(DirectiveKey.maintenance("shop"), new Directive.Closed(new Maintenance("Back soon.", 0), 1));

        assertThat(state(blog, 0).admin()).isEqualTo(Admin.DRAINING);
        assertThat(state(blog, 0).weight()).isEqualTo(7);
        assertThat(state(blog, 1).admin()).isEqualTo(Admin.ENABLED);
        assertThat(state(shop, 0).admin()).isEqualTo(Admin.ENABLED);
        assertThat(shop.snapshot().maintenance()).isEqualTo(new Maintenance("Back soon.", 0));

        store.remove(DirectiveKey.admin("blog", "a:1"));
        store.remove(DirectiveKey.maintenance("shop"));

        assertThat(state(blog, 0).admin()).isEqualTo(Admin.ENABLED);
        assertThat(state(blog, 0).weight()).isEqualTo(7);
        assertThat(shop.snapshot().maintenance()).isNull();
    }

    @Test
    void whatNobodyHereKnowsIsLeftAlone() {
        LocalDirectives store = new LocalDirectives();
        store.write(DirectiveKey.admin("wiki", "a:1"), DRAINING);
        store.write(DirectiveKey.admin("blog", "a:99"), DRAINING);
        store.write(DirectiveKey.admin("blog", "a:2"), DRAINING);

        DirectiveControl.start(store, List.of(blog));

        assertThat(state(blog, 0).admin()).isEqualTo(Admin.ENABLED);
        assertThat(state(blog, 1).admin()).isEqualTo(Admin.DRAINING);
    }

    /** Each snapshot looks at all backends, and may be a new ring of them: as many as directives would take seconds. */
    @Test
    void aNodeThatHearsOfManyDirectivesAtOnceFollowsThemInOneStep() throws InterruptedException {
        Deque<Runnable> control = new ConcurrentLinkedDeque<>();
        try (Cluster cluster = new SingleNode(
                new Identity(UUID.randomUUID(), "test", 1), System::nanoTime, System::currentTimeMillis)) {
            ClusterDirectives store = new ClusterDirectives(cluster, control::add);
            DirectiveControl.start(store, List.of(shop));
            long before = shop.snapshot().version();

            for (int port = 1; port <= 200; port++) {
                cluster.write("directive/" + DirectiveKey.admin("shop", "a:" + port), DirectiveCodec.encode(DRAINING));
            }
            Await.untilTrue(() -> cluster.view().entries().size() == 200, "all are known");
            CountDownLatch told = new CountDownLatch(1);
            cluster.listen(view -> told.countDown()); // comes after those that listen already
            told.await();
            control.removeLast().run();

            assertThat(shop.backends()).allMatch(backend -> backend.state().admin() == Admin.DRAINING);
            assertThat(shop.snapshot().version()).isEqualTo(before + 1);
        }
    }

    @Test
    void aPoolThatCannotFollowKeepsNoOtherFromIt() {
        AtomicBoolean broken = new AtomicBoolean();
        BackendPool failing = new BackendPool(
                "failing",
                List.of(new Backend(new Endpoint("a", 1), 1, 0, null, Map.of(), 0)),
                new Eligibility.Rules(null, 0, 0),
                set -> {
                    if (broken.get()) {
                        throw new IllegalStateException("on purpose");
                    }
                    return Picker.EMPTY;
                },
                () -> 0);
        LocalDirectives store = new LocalDirectives();
        DirectiveControl.start(store, List.of(failing, blog));
        broken.set(true);

        store.write(DirectiveKey.weight("failing", "a:1"), new Directive.Weight(3, 1));
        store.write(DirectiveKey.weight("blog", "a:1"), new Directive.Weight(3, 1));

        assertThat(state(blog, 0).weight()).isEqualTo(3);
    }
}
