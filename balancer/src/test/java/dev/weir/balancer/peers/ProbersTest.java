package dev.weir.balancer.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbersTest {
    private static final int BACKENDS = 3_000;
    private final Random random = new Random(7);

    private List<UUID> nodes(int count) {
        List<UUID> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(new UUID(random.nextLong(), random.nextLong()));
        }
        return nodes;
    }

    private static List<UUID> probersOf(long backend, List<UUID> nodes, int wanted) {
        return nodes.stream()
                .filter(self -> new Probers(wanted, self).includeSelf(backend, 0, others(nodes, self, backend)))
                .toList();
    }

    private static List<Peer> others(List<UUID> nodes, UUID self, long backend) {
        return nodes.stream()
                .filter(node -> !node.equals(self))
                .map(node -> peer(node, backend, Report.NONE))
                .toList();
    }

    private static Peer peer(UUID id, long backend, Report report) {
        Peer peer = new Peer(id, "node", new long[] {backend}, new BitSet());
        peer.heard(0, Presence.FRESH, true);
        peer.begin();
        peer.says(backend, report.encode());
        peer.end();
        return peer;
    }

    @ParameterizedTest
    @CsvSource({"1, 2, 1", "2, 2, 2", "3, 2, 2", "10, 2, 2", "10, 3, 3"})
    void eachBackendIsCheckedByAsManyNodesAsAreWantedAndThere(int count, int wanted, int checking) {
        List<UUID> nodes = nodes(count);
        for (long backend = 1; backend < 200; backend++) {
            assertThat(probersOf(backend, nodes, wanted)).hasSize(checking);
        }
    }

    @Test
    void whoeverDoesNotKnowABackendIsNotToCheckIt() {
        List<UUID> nodes = nodes(3);
        long backend = 99;
        UUID first = probersOf(backend, nodes, 1).getFirst();
        UUID other =
                nodes.stream().filter(node -> !node.equals(first)).findFirst().orElseThrow();
        List<Peer> known = new ArrayList<>(others(nodes, other, backend));
        assertThat(new Probers(1, other).includeSelf(backend, 0, known)).isFalse();
        known.forEach(peer -> {
            peer.begin();
            peer.end();
        });
        assertThat(new Probers(1, other).includeSelf(backend, 0, known)).isTrue();
    }

    @Test
    void onlyTheWordOfThoseWhoAreToCheckItIsCounted() {
        List<UUID> nodes = nodes(5);
        for (long backend = 1; backend < 50; backend++) {
            long key = backend;
            UUID self = nodes.getFirst();
            Report down = new Report(Report.Check.DOWN, Report.Traffic.NONE, 0, 0, 0);
            List<Peer> peers =
                    nodes.stream().skip(1).map(node -> peer(node, key, down)).toList();
            int chosen = probersOf(key, nodes, 2).contains(self) ? 1 : 2;
            assertThat(new Probers(2, self).foundDown(key, 0, peers)).isEqualTo(chosen);
        }
    }

    @Test
    void theWorkIsSharedEvenly() {
        List<UUID> nodes = nodes(10);
        Map<UUID, Integer> work = new HashMap<>();
        for (int i = 0; i < BACKENDS; i++) {
            probersOf(random.nextLong(), nodes, 2).forEach(node -> work.merge(node, 1, Integer::sum));
        }
        assertThat(work.values()).allSatisfy(share -> assertThat(share).isBetween(480, 720)); // 600 +- 5 sigma
    }

    @Test
    void aNodeThatLeavesMovesOnlyWhatItChecked() {
        List<UUID> nodes = nodes(5);
        List<UUID> left = nodes.subList(1, 5);
        for (int i = 0; i < BACKENDS; i++) {
            long backend = random.nextLong();
            List<UUID> before = probersOf(backend, nodes, 2);
            if (!before.contains(nodes.getFirst())) {
                assertThat(probersOf(backend, left, 2)).isEqualTo(before);
            }
        }
    }
}
