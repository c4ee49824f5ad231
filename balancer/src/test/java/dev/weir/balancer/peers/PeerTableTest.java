package dev.weir.balancer.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.incident.Agreement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Several nodes with the same pool, on one clock; what each tells reaches all others with the next step. */
class PeerTableTest {
    private static final int BACKENDS = 8;
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Duration CHECKED = Duration.ofSeconds(1);
    private static final Duration SLOWLY = Duration.ofSeconds(10);

    private final Random random = new Random(11);
    private final List<Node> nodes = new ArrayList<>();
    private long now = -7 * STEP;

    private final class Node {
        private final UUID id = new UUID(random.nextLong(), random.nextLong());
        private final List<Backend> backends = IntStream.range(0, BACKENDS)
                .mapToObj(i -> new Backend(new Endpoint("127.0.0.1", 9001 + i), 1, 0, null, Map.of(), now))
                .toList();
        private final BackendPool pool = new BackendPool(
                "shop",
                backends,
                new Eligibility.Rules(null, 0, SLOWLY.toNanos()),
                eligible -> Picker.EMPTY,
                () -> now);
        private final TreeMap<Long, byte[]> told = new TreeMap<>();
        private final Map<Backend, Advice> advice = new HashMap<>();
        private final PeerTable table;
        private boolean silent;

        private Node(@Nullable Duration checkTimeout) {
            table = new PeerTable(id, 2, List.of(new PeerTable.Watched(pool, SLOWLY, checkTimeout)), now);
        }

        private Backend backend(int index) {
            return backends.get(index);
        }

        private @Nullable Advice advice(int index) {
            return advice.get(backends.get(index));
        }

        private boolean out(int index) {
            Advice last = advice(index);
            return last != null && last.out();
        }

        private boolean probes(int index) {
            Advice last = advice(index);
            return last == null || last.probe();
        }

        private void hear(Node other) {
            Peer peer = table.peer(other.id, "node");
            peer.heard(now, true, true);
            peer.begin();
            other.told.forEach(peer::says);
            peer.end();
        }
    }

    private Node node(@Nullable Duration checkTimeout) {
        Node node = new Node(checkTimeout);
        nodes.add(node);
        return node;
    }

    private void steps(int count) {
        for (int i = 0; i < count; i++) {
            now += STEP;
            for (Node node : nodes) {
                node.table.look(true, now, node.told::put);
            }
            for (Node node : nodes) {
                List<Node> heard = nodes.stream()
                        .filter(other -> other != node && !other.silent && !node.silent)
                        .toList();
                heard.forEach(node::hear);
                node.table.retain(heard.stream().map(other -> other.id).collect(java.util.stream.Collectors.toSet()));
                node.table.counsel(now, 0, each -> node.advice.put(each.backend(), each));
                node.backends.stream()
                        .filter(backend -> !node.probes(node.backends.indexOf(backend)))
                        .forEach(backend -> backend.checkedHere(false));
            }
        }
    }

    private static void checked(Node node, int index, Health result) {
        node.pool.health(node.backend(index), result);
        node.backend(index).checkedHere(true);
    }

    private void answers(Node node, int index) {
        node.backend(index).stats().response(200);
        node.backend(index).stats().succeeded();
    }

    private void eject(Node node, int index) {
        node.pool.eject(node.backend(index), now + TimeUnit.SECONDS.toNanos(30));
    }

    @Test
    void whatTwoNodesTakeOutAThirdTakesOutTooUntilTheyTakeItBack() {
        Node a = node(null);
        Node b = node(null);
        Node c = node(null);
        eject(a, 3);
        steps(2);
        assertThat(c.out(3)).isFalse();
        eject(b, 3);
        steps(1);
        assertThat(c.out(3)).isTrue();
        assertThat(c.out(2)).isFalse();
        a.pool.recovered(a.backend(3));
        b.pool.recovered(b.backend(3));
        steps(1);
        assertThat(c.out(3)).isFalse();
    }

    @Test
    void whoeverTakesOutOnAnothersWordDoesNotSpreadIt() {
        Node a = node(null);
        Node b = node(null);
        Node c = node(null);
        eject(a, 0);
        eject(b, 0);
        steps(1);
        c.pool.shun(c.backend(0), true);
        a.pool.recovered(a.backend(0));
        steps(2);
        assertThat(c.out(0)).as("b alone convinces nobody").isFalse();
        assertThat(a.out(0)).isFalse();
    }

    @Test
    void oneFailureOfItsOwnIsEnoughForWhoHearsThatAnotherTookItOut() {
        Node a = node(null);
        Node b = node(null);
        eject(a, 0);
        steps(2);
        assertThat(b.out(0)).isFalse();
        b.backend(0).stats().failed();
        steps(1);
        assertThat(b.out(0)).isTrue();
    }

    @Test
    void aNodeBelievesItsOwnAnswersMore() {
        Node a = node(null);
        Node b = node(null);
        Node c = node(null);
        eject(a, 0);
        eject(b, 0);
        for (int i = 0; i < 20; i++) {
            answers(c, 0);
            steps(1);
            assertThat(c.out(0)).isFalse();
        }
        steps(10);
        assertThat(c.out(0)).as("a second without an answer").isTrue();
    }

    @Test
    void eachBackendIsCheckedByTwoOfFiveNodesAndAllLearnTheResult() {
        for (int i = 0; i < 5; i++) {
            node(CHECKED);
        }
        checksPass();
        steps(3);
        for (int backend = 0; backend < BACKENDS; backend++) {
            int index = backend;
            assertThat(nodes.stream().filter(node -> node.probes(index))).hasSize(2);
            for (Node node : nodes) {
                if (!node.probes(index)) {
                    assertThat(node.advice(index).health()).isEqualTo(Health.UP);
                }
            }
        }
    }

    /** All nodes check all backends, as long as they have not heard of each other. */
    private void checksPass() {
        for (Node node : nodes) {
            for (int i = 0; i < BACKENDS; i++) {
                checked(node, i, Health.UP);
            }
        }
    }

    @Test
    void aBackendIsDownByTheWordOfTwoWhoCheckedIt() {
        for (int i = 0; i < 5; i++) {
            node(CHECKED);
        }
        checksPass();
        steps(3);
        List<Node> probers = nodes.stream().filter(node -> node.probes(0)).toList();
        Node other = nodes.stream().filter(node -> !node.probes(0)).findFirst().orElseThrow();
        checked(probers.getFirst(), 0, Health.DOWN);
        steps(1);
        assertThat(other.probes(0)).as("in doubt it checks by itself").isTrue();
        checked(probers.getLast(), 0, Health.DOWN);
        steps(2);
        assertThat(other.probes(0)).isFalse();
        assertThat(other.advice(0).health()).isEqualTo(Health.DOWN);
    }

    @Test
    void whenThoseWhoCheckAreGoneOthersTakeOver() {
        for (int i = 0; i < 4; i++) {
            node(CHECKED);
        }
        checksPass();
        steps(3);
        List<Node> probers = nodes.stream().filter(node -> node.probes(0)).toList();
        probers.forEach(node -> node.silent = true);
        steps(1);
        assertThat(nodes.stream().filter(node -> !node.silent)).hasSize(2).allMatch(node -> node.probes(0));
    }

    @Test
    void aNodeThatIsAloneChecksEverything() {
        Node a = node(CHECKED);
        steps(3);
        for (int i = 0; i < BACKENDS; i++) {
            assertThat(a.probes(i)).isTrue();
        }
    }

    @Test
    void aNodeThatAloneFindsMostBackendsDownSuspectsItself() {
        Node a = node(null);
        Node b = node(null);
        Node c = node(null);
        for (int step = 0; step < 12; step++) {
            for (int i = 0; i < BACKENDS; i++) {
                answers(b, i);
                answers(c, i);
            }
            if (step == 0) {
                for (int i = 0; i < 5; i++) {
                    eject(a, i);
                }
            }
            steps(1);
        }
        assertThat(a.table.suspicion()).contains("alone in finding 5 of 5 backends down", "2 other nodes find well");
        assertThat(b.table.suspicion()).isNull();
        assertThat(a.advice(0).opinions().agreement()).isEqualTo(Agreement.DOWN_ONLY_FROM_HERE);
        assertThat(b.out(0)).isFalse();
        a.backends.forEach(a.pool::recovered);
        steps(1);
        assertThat(a.table.suspicion()).isNull();
    }

    @Test
    void nodesThatAllFindTheSameBackendsDownSuspectTheBackends() {
        Node a = node(null);
        Node b = node(null);
        for (int i = 0; i < 6; i++) {
            eject(a, i);
            eject(b, i);
        }
        steps(20);
        assertThat(a.table.suspicion()).isNull();
        assertThat(a.advice(0).opinions().agreement()).isEqualTo(Agreement.DOWN_EVERYWHERE);
    }

    @Test
    void whoHasNotUsedABackendStartsItAsSlowlyAsThoseWhoSawItComeBack() {
        Node a = node(null);
        Node b = node(null);
        eject(a, 0);
        steps(1);
        a.pool.recovered(a.backend(0));
        long back = now;
        steps(1);
        assertThat(b.advice(0).backNanos()).isBetween(back - STEP, back + 6 * STEP);
        b.pool.cameBack(b.backend(0), b.advice(0).backNanos());
        assertThat(b.pool.snapshot()
                        .eligible()
                        .tiers()
                        .getFirst()
                        .candidates()
                        .getFirst()
                        .weight())
                .isLessThan(100);
    }

    @Test
    void whatTheOthersHaveInFlightReachesThePickersAndGoesWithThem() {
        Node a = node(null);
        Node b = node(null);
        Node c = node(null);
        for (int i = 0; i < 20; i++) {
            b.backend(2).stats().tryBegin(0);
            c.backend(2).stats().tryBegin(0);
        }
        for (int i = 0; i < 30; i++) {
            steps(1);
            a.table.shareLoad(now);
        }
        assertThat(a.backend(2).others().inFlight()).isBetween(35.0, 40.0);
        assertThat(a.backend(1).others().inFlight()).isZero();
        b.silent = true;
        c.silent = true;
        steps(1);
        a.table.shareLoad(now);
        assertThat(a.backend(2).others().hearsay()).isNull();
    }

    @Test
    void nothingNewIsNeitherToldNorAdvised() {
        Node a = node(null);
        node(null);
        steps(2);
        a.told.clear();
        a.advice.clear();
        steps(5);
        assertThat(a.told.keySet()).containsExactly(BackendKey.NODE);
        assertThat(a.advice).isEmpty();
    }

    @Test
    void theCensusTellsWhatEachNodeSays() {
        Node a = node(null);
        Node b = node(null);
        answers(a, 1);
        eject(b, 1);
        steps(1);
        Census census = a.table.census("here", now);
        assertThat(census.others())
                .singleElement()
                .satisfies(other -> assertThat(other.present()).isTrue());
        assertThat(census.backends()).hasSize(BACKENDS);
        assertThat(census.backends().get(1)).satisfies(line -> {
            assertThat(line.backend()).isEqualTo("127.0.0.1:9002");
            assertThat(line.own().opinion()).isEqualTo(Opinion.WELL);
            assertThat(line.agreement()).isEqualTo(Agreement.SPLIT);
            assertThat(line.others().getFirst().report().opinion()).isEqualTo(Opinion.OUT);
        });
    }

    @Test
    void aNodeWithOtherBackendsHasNoSayInThese() {
        Node a = node(null);
        Node b = node(null);
        Node c = node(null);
        eject(a, 0);
        eject(b, 0);
        steps(1);
        assertThat(c.out(0)).isTrue();
        a.told.remove(BackendKey.of("shop", "127.0.0.1:9001"));
        now += STEP;
        c.hear(a);
        c.hear(b);
        c.table.counsel(now, 0, each -> c.advice.put(each.backend(), each));
        assertThat(c.out(0)).isFalse();
    }
}
