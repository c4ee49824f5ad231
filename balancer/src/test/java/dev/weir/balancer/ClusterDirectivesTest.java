package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.directive.Directive;
import dev.weir.balancer.directive.DirectiveCodec;
import dev.weir.balancer.directive.DirectiveKey;
import dev.weir.cluster.Cluster;
import dev.weir.cluster.Identity;
import dev.weir.cluster.SingleNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Over the shared entries of a real cluster of one; tasks of the control context run when the test wants it. */
final class ClusterDirectivesTest {
    private static final DirectiveKey DRAIN = DirectiveKey.admin("shop", "a:1");
    private static final DirectiveKey WEIGHT = DirectiveKey.weight("shop", "a:1");
    private static final Directive DRAINING = new Directive.OutOfUse(Admin.DRAINING, 1);
    private static final Directive DISABLED = new Directive.OutOfUse(Admin.DISABLED, 2);

    private final Cluster cluster =
            new SingleNode(new Identity(UUID.randomUUID(), "test", 1), System::nanoTime, System::currentTimeMillis);
    private final Deque<Runnable> control = new ArrayDeque<>();
    private final List<DirectiveKey> heard = new ArrayList<>();

    @AfterEach
    void close() {
        cluster.close();
    }

    private ClusterDirectives store() {
        ClusterDirectives store = new ClusterDirectives(cluster, this::later);
        store.listen(heard::addAll);
        return store;
    }

    private synchronized void later(Runnable task) {
        control.add(task);
    }

    private synchronized Runnable next() {
        return control.poll();
    }

    /** Until a view with so many entries has been adopted. */
    private void adoptViewOf(int entries) {
        Await.untilTrue(() -> cluster.view().entries().size() == entries, "the cluster shows " + entries);
        Await.untilTrue(
                () -> {
                    for (Runnable task = next(); task != null; task = next()) {
                        task.run();
                    }
                    return true;
                },
                "all is done");
    }

    @Test
    void whatIsWrittenHoldsAtOnceAndStaysAsTheClusterComesToKnowIt() {
        ClusterDirectives store = store();
        store.write(DRAIN, DRAINING);
        assertThat(store.find(DRAIN)).isEqualTo(DRAINING);
        adoptViewOf(1);
        assertThat(store.current()).containsOnlyKeys(DRAIN).containsValue(DRAINING);
        store.remove(DRAIN);
        assertThat(store.find(DRAIN)).isNull();
        adoptViewOf(0);
        assertThat(store.current()).isEmpty();
        assertThat(heard).as("once for each change").containsExactly(DRAIN, DRAIN);
    }

    @Test
    void whatWasThereBeforeIsTakenOver() {
        cluster.write("directive/weight/shop/a:1", DirectiveCodec.encode(new Directive.Weight(3, 1)));
        Await.untilTrue(() -> !cluster.view().entries().isEmpty(), "the cluster shows it");
        assertThat(store().current()).containsOnlyKeys(WEIGHT);
    }

    @Test
    void whatComesByWayOfTheClusterIsHeardOf() {
        ClusterDirectives store = store();
        cluster.write("directive/admin/shop/a:1", DirectiveCodec.encode(DISABLED));
        adoptViewOf(1);
        assertThat(store.find(DRAIN)).isEqualTo(DISABLED);
        cluster.remove("directive/admin/shop/a:1");
        adoptViewOf(0);
        assertThat(store.find(DRAIN)).isNull();
        assertThat(heard).containsExactly(DRAIN, DRAIN);
    }

    @Test
    void aViewOfBeforeDoesNotUndoWhatIsWrittenHere() {
        ClusterDirectives store = store();
        store.write(DRAIN, DRAINING);
        Await.untilTrue(() -> cluster.view().entries().size() == 1, "the cluster shows it");
        store.remove(DRAIN); // the view with the drain waits to be adopted
        Runnable stale = Await.until(this::next, "a view was told");
        stale.run();
        assertThat(store.find(DRAIN)).isNull();
        adoptViewOf(0);
        store.write(WEIGHT, new Directive.Weight(3, 1));
        adoptViewOf(1);
        assertThat(store.current()).containsOnlyKeys(WEIGHT);
        assertThat(heard).containsExactly(DRAIN, DRAIN, WEIGHT);
    }

    @Test
    void viewsWithTheSameEntriesAreNoWorkForTheControlContext() throws InterruptedException {
        cluster.write("directive/weight/shop/a:1", DirectiveCodec.encode(new Directive.Weight(3, 1)));
        Await.untilTrue(() -> !cluster.view().entries().isEmpty(), "the cluster shows it");
        ClusterDirectives store = store();
        CountDownLatch told = new CountDownLatch(1);
        cluster.listen(view -> told.countDown()); // comes after those that listen already
        told.await();

        assertThat(next()).isNull();
        assertThat(store.current()).containsOnlyKeys(WEIGHT);
    }

    @Test
    void whatIsNoDirectiveIsPassedOver() {
        ClusterDirectives store = store();
        cluster.write("directive/admin/shop/a:1", new byte[] {9, 9, 9});
        cluster.write("directive/weight/shop/a:1", DirectiveCodec.encode(DRAINING)); // under the key of another
        cluster.write("directive/of a kind/that is not known", DirectiveCodec.encode(DRAINING));
        cluster.write("something/else", DirectiveCodec.encode(DRAINING));
        adoptViewOf(4);
        assertThat(store.current()).isEmpty();
        assertThat(heard).isEmpty();
    }

    @Test
    void aClusterWithoutRoomChangesNothing() {
        ClusterDirectives store = store();
        for (int i = 0; i < Cluster.MAX_ENTRIES; i++) {
            cluster.write("x" + i, new byte[0]);
        }
        assertThatThrownBy(() -> store.write(DRAIN, DRAINING)).isInstanceOf(IllegalStateException.class);
        assertThat(store.find(DRAIN)).isNull();
        assertThat(heard).isEmpty();
    }
}
