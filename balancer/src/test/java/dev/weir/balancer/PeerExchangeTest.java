package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.peers.BackendKey;
import dev.weir.balancer.peers.Census;
import dev.weir.balancer.peers.NodeReport;
import dev.weir.balancer.peers.PeerTable;
import dev.weir.balancer.peers.Report;
import dev.weir.cluster.Cluster;
import dev.weir.cluster.ClusterStats;
import dev.weir.cluster.Identity;
import dev.weir.cluster.Node;
import dev.weir.cluster.Records;
import dev.weir.cluster.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What one node tells, and when: with a cluster whose ticks the test makes, on a clock of its own. */
final class PeerExchangeTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final String POOL = "shop";

    private final Ticking cluster = new Ticking();
    private long now = -7_000 * MILLI;

    /** Alone: nobody answers, but what is published is kept. */
    private static final class Ticking implements Cluster {
        private final Identity self = new Identity(new UUID(1, 2), "test", 1);
        private final TreeMap<Long, byte[]> told = new TreeMap<>();
        private Hook hook = early -> {};
        private int hurries;
        private List<Node> others = List.of();

        @Override
        public Identity self() {
            return self;
        }

        @Override
        public void publish(long key, byte[] value) {
            told.put(key, value);
        }

        @Override
        public void withdraw(long key) {
            told.remove(key);
        }

        @Override
        public void beforeTick(Hook asked) {
            hook = asked;
        }

        @Override
        public void hurry() {
            hurries++;
        }

        @Override
        public void configuration(long hash) {}

        @Override
        public void write(String name, byte[] value) {}

        @Override
        public void remove(String name) {}

        @Override
        public View view() {
            return new View(self, 0, others, Map.of());
        }

        @Override
        public void listen(Consumer<View> listener) {
            listener.accept(view());
        }

        @Override
        public void leaving() {}

        @Override
        public ClusterStats stats() {
            return new ClusterStats("alone", true, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of());
        }

        @Override
        public void close() {}
    }

    private BackendPool pool(int backends) {
        return new BackendPool(
                POOL,
                IntStream.range(0, backends)
                        .mapToObj(i -> new Backend(
                                new Endpoint("10.0." + i / 250 + "." + i % 250, 80), 1, 0, null, Map.of(), now))
                        .toList(),
                new Eligibility.Rules(null, 0, 0),
                eligible -> Picker.EMPTY,
                () -> now);
    }

    private PeerExchange start(BackendPool pool) {
        PeerTable table =
                new PeerTable(cluster.self().id(), 2, List.of(new PeerTable.Watched(pool, Duration.ZERO, null)), now);
        PeerExchange exchange = new PeerExchange(cluster, table, 1, () -> true, () -> now, () -> 0, news -> {});
        exchange.start();
        return exchange;
    }

    /** @return what was published with it of backends */
    private Map<Long, byte[]> tick(long millisLater) {
        return tick(millisLater, false);
    }

    private Map<Long, byte[]> hurriedTick(long millisLater) {
        return tick(millisLater, true);
    }

    private Map<Long, byte[]> tick(long millisLater, boolean early) {
        now += millisLater * MILLI;
        cluster.told.clear();
        cluster.hook.beforeTick(early);
        Map<Long, byte[]> told = new TreeMap<>(cluster.told);
        told.remove(BackendKey.NODE);
        return told;
    }

    private static long key(BackendPool pool, int index) {
        return BackendKey.of(POOL, pool.backends().get(index).id());
    }

    private static void begin(BackendPool pool, int index) {
        pool.backends().get(index).stats().tryBegin(0);
    }

    @Test
    void loadIsToldWithTheTickThatFollowsAndOnlyWhatChanged() {
        BackendPool pool = pool(3);
        start(pool);
        assertThat(tick(0)).hasSize(3);

        begin(pool, 1);

        assertThat(tick(100)).containsOnlyKeys(key(pool, 1));
        assertThat(tick(100)).isEmpty();
    }

    @Test
    void whereThereAreManyBackendsLoadIsToldLessOftenButAVerdictAtOnce() {
        BackendPool pool = pool(12_500);
        PeerExchange exchange = start(pool);
        assertThat(tick(0)).hasSize(12_500);
        begin(pool, 1);
        assertThat(tick(100)).isEmpty();
        assertThat(tick(100)).isEmpty();
        assertThat(tick(100)).isEmpty();

        pool.eject(pool.backends().get(2), now + 60_000 * MILLI);
        exchange.turned(pool.backends().get(2));
        assertThat(cluster.hurries).isEqualTo(1);
        Map<Long, byte[]> told = hurriedTick(20);

        assertThat(told).containsOnlyKeys(key(pool, 2));
        assertThat(Report.decode(told.get(key(pool, 2))).traffic()).isEqualTo(Report.Traffic.EJECTED);
        assertThat(tick(80)).containsOnlyKeys(key(pool, 1));
    }

    @Test
    void answersThatAreSeenBetweenTwoLooksAreInTheRateOfTheNext() {
        BackendPool pool = pool(3);
        PeerExchange exchange = start(pool);
        tick(0);
        Backend backend = pool.backends().getFirst();
        IntStream.range(0, 10).forEach(i -> backend.stats().response(200));
        backend.stats().latency().add(1_000_000, now);
        exchange.turned(backend);
        hurriedTick(20);
        tick(980); // the rate is that of a second

        NodeReport node = NodeReport.decode(cluster.told.get(BackendKey.NODE));

        assertThat(node.requestsPerSecond()).isEqualTo(10);
    }

    @Test
    void latencyThatFallsALittleIsNoNews() {
        BackendPool pool = pool(1);
        start(pool);
        tick(0);
        pool.backends().getFirst().stats().latency().add(1_000 * MILLI, now);
        int told = 0;
        for (int i = 0; i < 100; i++) { // ten seconds, in which it falls to a third
            told += tick(100).size();
        }

        assertThat(told).isBetween(4, 7);
    }

    /** It speaks several times a second, but nothing new: there is no news of it, and yet what it said is not old. */
    @Test
    void whatAnotherNodeOnlyRepeatsStaysYoung() {
        PeerExchange exchange = start(pool(1));
        Identity other = new Identity(new UUID(3, 4), "other", 1);
        for (int i = 0; i < 100; i++) {
            cluster.others = List.of(new Node(other, now, true, true, false, 1, Records.NONE));
            tick(100);
        }

        List<Census> answers = new ArrayList<>();
        exchange.census(answers::add);
        tick(0);

        assertThat(answers.getFirst().others())
                .singleElement()
                .satisfies(member -> assertThat(member.ageNanos()).isLessThan(300 * MILLI));
    }

    @Test
    void whoeverIsCuriousIsAnsweredWithTheNextTick() {
        BackendPool pool = pool(3);
        PeerExchange exchange = start(pool);
        List<Census> answers = new ArrayList<>();
        tick(0);

        exchange.census(answers::add);
        assertThat(answers).isEmpty();
        hurriedTick(20);

        assertThat(answers).singleElement().satisfies(census -> {
            assertThat(census.self().name()).isEqualTo("test");
            assertThat(census.backends()).hasSize(3);
        });
    }
}
