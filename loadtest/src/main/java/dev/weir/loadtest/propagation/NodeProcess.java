package dev.weir.loadtest.propagation;

import dev.weir.balancer.PeerExchange;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.peers.Advice;
import dev.weir.balancer.peers.BackendKey;
import dev.weir.balancer.peers.PeerTable;
import dev.weir.balancer.peers.Report;
import dev.weir.cluster.Cluster;
import dev.weir.cluster.HazelcastCluster;
import dev.weir.cluster.HazelcastOptions;
import dev.weir.cluster.Identity;
import dev.weir.cluster.Node;
import dev.weir.cluster.Pace;
import dev.weir.cluster.View;
import dev.weir.loadtest.propagation.Event.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The process of one node: a balancer without its data path. Cluster and exchange are the balancer's own, from its jar. It writes
 * a file when it knows all others, plays its traffic until SIGTERM, and then writes what happened.
 */
final class NodeProcess {
    private static final String POOL = "measured";

    /** If whoever started it is no more. */
    private static final Duration GRACE = Duration.ofMinutes(3);

    private static final Duration LOOK = Duration.ofMillis(250);

    private final Scenario scenario;
    private final int node;
    private final Path directory;
    private final Cluster cluster;
    private final List<Backend> backends;
    private final Journal journal = new Journal();
    private final Map<Backend, Integer> indices = new HashMap<>();

    /** By the listener: keys and indices of what other nodes change one by one, and what was seen of it last. */
    private final long[] followedKeys;

    private final byte[][] followedSeen;
    private final Map<UUID, Long> stampSeen = new HashMap<>();

    private NodeProcess(Scenario scenario, int node, Path directory, Cluster cluster) {
        this.scenario = scenario;
        this.node = node;
        this.directory = directory;
        this.cluster = cluster;
        this.backends = IntStream.range(0, scenario.backends())
                .mapToObj(i -> new Backend(endpoint(i), 1, 0, null, Map.of(), System.nanoTime()))
                .toList();
        for (Backend backend : backends) {
            indices.put(backend, indices.size());
        }
        int followed = scenario.isIdle() ? 0 : scenario.nodes() * Scenario.FOLLOWED;
        this.followedKeys = backends.stream()
                .limit(followed)
                .mapToLong(backend -> BackendKey.of(POOL, backend.id()))
                .toArray();
        this.followedSeen = new byte[followed][];
    }

    private static Endpoint endpoint(int index) {
        return new Endpoint("10.0." + index / 250 + "." + index % 250, 8080);
    }

    /** @param arguments number of this node, directory, ports with commas in between, and the scenario's */
    public static void main(String[] arguments) throws InterruptedException {
        int node = Integer.parseInt(arguments[0]);
        Path directory = Path.of(arguments[1]);
        List<String> ports = List.of(arguments[2].split(",", -1));
        Scenario scenario = Scenario.of(List.of(arguments).subList(3, arguments.length));
        Cluster cluster = HazelcastCluster.start(
                new Identity(UUID.randomUUID(), "node-" + node, System.currentTimeMillis()),
                new HazelcastOptions(
                        "propagation-" + ports.getFirst(),
                        "127.0.0.1",
                        Integer.parseInt(ports.get(node)),
                        ports.stream().map(port -> "127.0.0.1:" + port).toList()),
                Pace.DEFAULT,
                System::nanoTime,
                System::currentTimeMillis,
                () -> ThreadLocalRandom.current().nextLong());
        new NodeProcess(scenario, node, directory, cluster).run();
    }

    private void run() throws InterruptedException {
        journal.add(Kind.BORN, node, 0);
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end"));
        BackendPool pool = scenario.isIdle() ? null : pool();
        StampedCluster stamped = new StampedCluster(cluster, node, journal);
        PeerExchange exchange = exchange(stamped, pool);
        cluster.listen(this::seen);
        exchange.start();
        awaitOthers();
        if (pool != null) {
            pool.listen(change -> exchange.turned(change.backend()));
            RandomGenerator random = new Random(scenario.seed() * scenario.nodes() + node);
            new Traffic(scenario, node, pool, journal, random).start();
        }
        countMessages(scenario.warmUp().plus(scenario.time()).plus(GRACE));
        System.exit(1);
    }

    private BackendPool pool() {
        return new BackendPool(
                POOL, backends, new Eligibility.Rules(null, 0, 0), eligible -> Picker.EMPTY, System::nanoTime);
    }

    private PeerExchange exchange(Cluster stamped, @Nullable BackendPool pool) {
        List<PeerTable.Watched> watched = new ArrayList<>();
        if (pool != null) {
            watched.add(new PeerTable.Watched(pool, Duration.ZERO, null));
        }
        return new PeerExchange(
                stamped,
                new PeerTable(cluster.self().id(), 2, watched, System.nanoTime()),
                1,
                () -> true,
                System::nanoTime,
                System::currentTimeMillis,
                this::advised);
    }

    private void awaitOthers() {
        while (cluster.view().nodes().stream().filter(Node::isPresent).count() < scenario.nodes() - 1) {
            LockSupport.parkNanos(LOOK.toNanos());
        }
        try {
            Files.createFile(directory.resolve(Scenario.readyFile(node)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As often as a measurement can be cut. */
    private void countMessages(Duration time) throws InterruptedException {
        long endNanos = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - endNanos < 0) {
            journal.add(Kind.MESSAGES, node, cluster.stats().messagesSent());
            journal.add(Kind.BYTES, node, cluster.stats().bytesSent());
            Thread.sleep(500);
        }
    }

    /** The cluster's thread, as {@link #seen}. */
    private void advised(List<Advice> news) {
        long nowNanos = System.nanoTime();
        for (Advice advice : news) {
            Integer index = indices.get(advice.backend());
            if (index != null) {
                journal.add(new Event(Kind.ADVISED, nowNanos, index, 0));
            }
        }
    }

    private void seen(View view) {
        long nowNanos = System.nanoTime();
        for (Node other : view.nodes()) {
            byte[] stamp = other.records().get(StampedCluster.STAMP);
            if (stamp == null) {
                continue;
            }
            long tick = ByteBuffer.wrap(stamp).getLong();
            Long before = stampSeen.put(other.identity().id(), tick);
            if (before == null || before != tick) {
                int number = Integer.parseInt(other.identity().name().substring("node-".length()));
                journal.add(new Event(Kind.TICK_HEARD, nowNanos, number, tick));
                seenChanges(number, other, nowNanos);
            }
        }
    }

    private void seenChanges(int number, Node other, long nowNanos) {
        for (int i = number * Scenario.FOLLOWED; i < (number + 1) * Scenario.FOLLOWED; i++) {
            byte[] said = other.records().get(followedKeys[i]);
            if (said == null || Arrays.equals(said, followedSeen[i])) {
                continue;
            }
            followedSeen[i] = said;
            Report report = Report.decode(said);
            if (report != null) {
                journal.add(new Event(Kind.SEEN, nowNanos, i, report.inFlight()));
            }
        }
    }

    private void end() {
        Event.write(journal.events(), directory.resolve(Scenario.journalFile(node)));
        cluster.close();
    }
}
