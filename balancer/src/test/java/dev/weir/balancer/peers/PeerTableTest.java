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
    private int probers = 2;
    private Duration toFindDown = Duration.ZERO;

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
        private boolean ready = true;

        private Node(@Nullable Duration checkTimeout) {
            table = new PeerTable(
                    id, probers, List.of(new PeerTable.Watched(pool, SLOWLY, checkTimeout, toFindDown)), now);
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
            peer.heard(now, Presence.FRESH, true);
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
                node.table.look(node.ready, now, node.told::put);
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
        node.backend(index).stats().latency().add(1_000_000, now);
        node.backend(index).stats().succeeded();
    }

    private void eject(Node node, int index) {
        node.backend(index).stats().failed();
        node.pool.eject(node.backend(index), now + TimeUnit.SECONDS.toNanos(30));
    }

    private static void comesBack(Node node, int index) {
        node.backend(index).stats().startAfresh();
        node.pool.recovered(node.backend(index));
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
        comesBack(a, 3);
        comesBack(b, 3);
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
        comesBack(a, 0);
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
        for (int step = 0; step < 70; step++) {
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
        for (int i = 0; i < BACKENDS; i++) {
            comesBack(a, i);
        }
        steps(1);
        assertThat(a.table.suspicion()).isNull();
    }

    private void stepsWithAnswers(int count, Node... those) {
        for (int step = 0; step < count; step++) {
            for (Node node : those) {
                for (int i = 0; i < BACKENDS; i++) {
                    answers(node, i);
                }
            }
            steps(1);
        }
    }

    @Test
    void whoeverNoticesAFailureFirstDoesNotSuspectItself() {
        Node busy = node(null);
        Node quiet = node(null);
        stepsWithAnswers(1, busy, quiet);
        for (int i = 0; i < BACKENDS; i++) {
            eject(busy, i);
        }
        for (int step = 0; step < 100; step++) {
            steps(1);
            assertThat(busy.table.suspicion()).isNull();
        }
    }

    @Test
    void othersHaveTheTimeThatTheirChecksNeedToNoticeToo() {
        toFindDown = Duration.ofSeconds(7);
        Node a = node(CHECKED);
        Node b = node(CHECKED);
        checksPass();
        steps(2);
        for (int i = 0; i < BACKENDS; i++) {
            checked(a, i, Health.DOWN);
        }
        steps(75);
        assertThat(a.table.suspicion()).isNull();
        steps(10);
        assertThat(a.table.suspicion()).isNotNull();
        assertThat(b.table.suspicion()).isNull();
    }

    @Test
    void aQuietNodeDoesNotSuspectItselfForTheFewThatItTookOut() {
        Node a = node(null);
        Node b = node(null);
        stepsWithAnswers(1, a, b);
        eject(a, 0);
        eject(a, 1);
        stepsWithAnswers(100, b);
        assertThat(a.table.suspicion())
                .as("it has used six others within the last half minute")
                .isNull();
    }

    @Test
    void aNodeWithoutRequestsEndsToSuspectItself() {
        Node a = node(null);
        Node b = node(null);
        for (int i = 0; i < BACKENDS; i++) {
            a.backend(i).stats().failed();
            a.pool.spare(a.backend(i));
        }
        stepsWithAnswers(70, b);
        assertThat(a.table.suspicion()).contains("8 of 8");
        stepsWithAnswers(300, b);
        assertThat(a.table.suspicion()).as("or it would never get one again").isNull();
    }

    @Test
    void aLongEjectionIsNoEvidenceForEver() {
        Node a = node(null);
        Node b = node(null);
        for (int i = 0; i < 2; i++) {
            a.backend(i).stats().failed();
            a.pool.eject(a.backend(i), now + TimeUnit.MINUTES.toNanos(5));
        }
        stepsWithAnswers(70, b);
        assertThat(a.table.suspicion()).contains("2 of 2");
        stepsWithAnswers(300, b);
        assertThat(a.table.suspicion()).isNull();
    }

    @Test
    void aSingleBackendIsNoReasonForANodeToSuspectItself() {
        Node a = node(null);
        Node b = node(null);
        eject(a, 0);
        stepsWithAnswers(70, b);
        assertThat(a.table.suspicion()).isNull();
    }

    @Test
    void whereNobodyElseWantsRequestsANodeDoesNotSuspectItself() {
        Node a = node(null);
        Node b = node(null);
        for (int i = 0; i < BACKENDS; i++) {
            eject(a, i);
        }
        b.ready = false;
        stepsWithAnswers(70, b);
        assertThat(a.table.suspicion()).isNull();
        b.ready = true;
        stepsWithAnswers(70, b);
        assertThat(a.table.suspicion()).isNotNull();
    }

    @Test
    void aNodeThatReachesNobodySuspectsItselfThoughItEjectsNobody() {
        Node a = node(null);
        Node b = node(null);
        for (int i = 0; i < BACKENDS; i++) {
            a.backend(i).stats().failed();
            a.backend(i).stats().foundSilent(now);
        }
        stepsWithAnswers(70, b);
        assertThat(a.table.suspicion()).contains("alone in finding 8 of 8 backends down that 1 other node finds well");
        assertThat(b.table.suspicion()).isNull();
    }

    @Test
    void whoeverSuspectsItselfConvincesNobody() {
        Node a = node(null);
        Node b = node(null);
        Node c = node(null);
        for (int i = 0; i < BACKENDS; i++) {
            eject(a, i);
        }
        stepsWithAnswers(70, b, c);
        assertThat(a.table.suspicion()).isNotNull();
        b.backend(0).stats().failed();
        steps(1);
        assertThat(b.out(0))
                .as("one failure here, and all well on another node")
                .isFalse();
        assertThat(b.advice(1).opinions().agreement()).isEqualTo(Agreement.WELL);
        assertThat(b.advice(1).opinions().others()).hasSize(2);
    }

    @Test
    void aFailureIsHeldAgainstABackendForHalfAMinute() {
        Node a = node(null);
        Node b = node(null);
        Node c = node(null);
        a.backend(0).stats().failed();
        a.pool.eject(a.backend(0), now + TimeUnit.MINUTES.toNanos(5));
        b.backend(0).stats().failed();
        steps(1);
        assertThat(c.out(0)).isTrue();
        steps(290);
        assertThat(c.out(0)).isTrue();
        steps(20);
        assertThat(c.out(0)).isFalse();
    }

    @Test
    void whoeverUsesABackendChecksItRatherThanBelieveThatItIsDown() {
        for (int i = 0; i < 5; i++) {
            node(CHECKED);
        }
        checksPass();
        steps(3);
        Node other = nodes.stream().filter(node -> !node.probes(0)).findFirst().orElseThrow();
        answers(other, 0);
        nodes.stream().filter(node -> node.probes(0)).forEach(node -> checked(node, 0, Health.DOWN));
        steps(10);
        assertThat(other.probes(0)).isTrue();
        assertThat(other.advice(0).health()).isNull();
        steps(50);
        assertThat(other.probes(0)).as("no answer for five seconds").isFalse();
        assertThat(other.advice(0).health()).isEqualTo(Health.DOWN);
    }

    @Test
    void whoeverFindsAnotherResultGoesOnToCheck() {
        for (int i = 0; i < 5; i++) {
            node(CHECKED);
        }
        checksPass();
        steps(3);
        List<Node> checking = nodes.stream().filter(node -> node.probes(0)).toList();
        Node other = nodes.stream().filter(node -> !node.probes(0)).findFirst().orElseThrow();
        checked(checking.getFirst(), 0, Health.DOWN);
        steps(1);
        checked(other, 0, Health.UP);
        checked(checking.getLast(), 0, Health.DOWN);
        steps(10);
        assertThat(other.probes(0)).isTrue();
        checked(other, 0, Health.DOWN);
        steps(2);
        assertThat(other.probes(0)).isFalse();
        checked(other, 0, Health.DOWN);
        checking.forEach(node -> checked(node, 0, Health.UP));
        steps(10);
        assertThat(other.probes(0)).as("down only from here").isTrue();
    }

    @Test
    void ifOneNodeChecksABackendAllDoForAsLongAsItFindsItDown() {
        probers = 1;
        for (int i = 0; i < 4; i++) {
            node(CHECKED);
        }
        checksPass();
        steps(3);
        Node only = nodes.stream().filter(node -> node.probes(0)).findFirst().orElseThrow();
        checked(only, 0, Health.DOWN);
        steps(1);
        assertThat(nodes).allMatch(node -> node.probes(0));
        nodes.forEach(node -> checked(node, 0, Health.DOWN));
        for (int i = 0; i < 50; i++) {
            steps(1);
            assertThat(nodes).allMatch(node -> node.probes(0));
        }
        nodes.forEach(node -> checked(node, 0, Health.UP));
        steps(2);
        assertThat(nodes.stream().filter(node -> node.probes(0))).containsExactly(only);
    }

    @Test
    void aBackendThatOnlySomeNodesKnowIsCheckedByThese() {
        for (int i = 0; i < 6; i++) {
            node(CHECKED);
        }
        checksPass();
        steps(3);
        long key = BackendKey.of("shop", "127.0.0.1:9001");
        List<Node> checking = nodes.stream().filter(node -> node.probes(0)).toList();
        checking.forEach(node -> node.told.remove(key));
        List<Node> others =
                nodes.stream().filter(node -> !checking.contains(node)).toList();
        others.forEach(node -> checked(node, 0, Health.UP));
        steps(2);
        for (int i = 0; i < 50; i++) {
            steps(1);
            assertThat(others.stream().filter(node -> node.probes(0))).hasSize(2);
        }
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
        comesBack(a, 0);
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
    void whoOnlyChecksABackendStartsItSlowlyToo() {
        Node a = node(CHECKED);
        Node b = node(CHECKED);
        checksPass();
        eject(a, 0);
        steps(1);
        comesBack(a, 0);
        steps(1);
        assertThat(b.advice(0).backNanos()).isNotEqualTo(Advice.NOT_BACK);
    }

    @Test
    void aSlowStartThatANodeOnlyHeardOfIsNotPassedOn() {
        Node a = node(null);
        Node b = node(null);
        eject(a, 0);
        steps(1);
        comesBack(a, 0);
        steps(1);
        b.pool.cameBack(b.backend(0), b.advice(0).backNanos());
        steps(10);
        assertThat(backMillis(a)).isPositive();
        assertThat(backMillis(b)).isZero();
    }

    private static int backMillis(Node node) {
        return Report.decode(node.told.get(BackendKey.of("shop", "127.0.0.1:9001")))
                .backMillis();
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
            a.table.shareLoad(now, 0);
        }
        assertThat(a.backend(2).others().inFlight()).isBetween(35.0, 40.0);
        assertThat(a.backend(1).others().inFlight()).isZero();
        b.silent = true;
        c.silent = true;
        steps(1);
        a.table.shareLoad(now, 0);
        assertThat(a.backend(2).others().hearsay()).isNull();
    }

    @Test
    void nodesBeginTheirOrdersOfPreferenceEvenlyApart() {
        List<Node> nodes = List.of(node(null), node(null), node(null), node(null));
        steps(2);
        nodes.forEach(each -> each.table.shareLoad(now - 1, 0)); // the first time only rates are looked at
        nodes.forEach(each -> each.table.shareLoad(now, 0));
        assertThat(nodes.stream().map(each -> each.backend(0).others().place()))
                .containsExactlyInAnyOrder(0.0, 0.25, 0.5, 0.75);
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
    void theRateIsThatOfAWholeSecondAndNoNewsInBetween() {
        Node a = node(null);
        node(null);
        steps(2);
        for (int i = 0; i < 10; i++) {
            answers(a, 1);
            steps(1);
        }
        assertThat(a.table.census("here", now).self().report().requestsPerSecond())
                .isBetween(8, 11);
        steps(20);
        assertThat(a.table.census("here", now).self().report().requestsPerSecond())
                .isZero();
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
                .satisfies(other -> assertThat(other.presence()).isEqualTo(Presence.FRESH));
        assertThat(census.backends()).hasSize(BACKENDS);
        assertThat(census.backends().get(1)).satisfies(line -> {
            assertThat(line.backend()).isEqualTo("127.0.0.1:9002");
            assertThat(line.own().opinion()).isEqualTo(Opinion.WELL);
            assertThat(line.ownForNanos()).isZero();
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
