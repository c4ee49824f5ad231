package dev.weir.balancer.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.balancer.Await;
import dev.weir.balancer.ClosedPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three balancers as they are delivered, as one cluster on the loopback interface. */
class ClusterIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int NODES = 3;
    private static final int MAX_REQUESTS = 6;

    @TempDir
    private Path directory;

    /** Below those that the kernel gives away: nodes have to know each other's ports before they are bound. */
    private final int firstPort = 20_000 + 10 * ThreadLocalRandom.current().nextInt(1_000);

    private final SlowServer slow = new SlowServer();
    /** What follows the pool shop in the configuration. */
    private String morePools = "";

    private final List<WebServer> servers = new ArrayList<>();
    private final List<WeirProcess> nodes = new ArrayList<>();

    @BeforeEach
    void startServers() {
        for (String name : List.of("a", "b", "c")) {
            servers.add(new WebServer(directory, name));
        }
    }

    @AfterEach
    void stopAll() {
        nodes.forEach(WeirProcess::close);
        slow.close();
        servers.forEach(WebServer::close);
    }

    private String address(int number) {
        return "127.0.0.1:" + (firstPort + number);
    }

    private WeirProcess start(int number, boolean clustered) {
        return start(number, clustered, "");
    }

    /** @param check further keys of the active checks, each with a comma behind */
    private WeirProcess start(int number, boolean clustered, String check) {
        String peers = IntStream.rangeClosed(1, NODES).mapToObj(this::address).collect(Collectors.joining(", "));
        String cluster = clustered
                ? "cluster: { name: test-%d, node: n%d, address: %s, peers: [%s] }"
                        .formatted(firstPort, number, address(number), peers)
                : "";
        String backends = servers.stream()
                .map(server -> "'http://127.0.0.1:" + server.port() + "'")
                .collect(Collectors.joining(", "));
        WeirProcess node = new WeirProcess(folder(number), """
                listeners: [{ address: 127.0.0.1:0 }]
                admin: { address: 127.0.0.1:0 }
                access-log: "off"
                drain: { delay: 0s }
                %s
                pools:
                  shop:
                    strategy: round-robin
                    health: { active: { %spath: /name.txt, interval: 2s, timeout: 1s }, passive: { base-ejection: 60s } }
                    backends: [%s]
                %s
                """.formatted(cluster, check, backends, morePools));
        nodes.add(node);
        return node;
    }

    private Path folder(int number) {
        try {
            return Files.createDirectories(directory.resolve("node-" + number + "-" + nodes.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void startAll(boolean clustered) {
        for (int i = 1; i <= NODES; i++) {
            start(i, clustered);
        }
        if (clustered) {
            nodes.forEach(node -> awaitPresent(node, NODES));
        }
    }

    private static void awaitPresent(WeirProcess node, int count) {
        Await.until(PATIENCE, () -> present(node) == count ? true : null, () -> count + " nodes, not " + cluster(node));
    }

    private static JsonNode cluster(WeirProcess node) {
        return json(node, "/api/cluster");
    }

    private static JsonNode json(WeirProcess node, String path) {
        try {
            return JSON.readTree(node.admin(path).body());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int present(WeirProcess node) {
        int present = 0;
        for (JsonNode each : cluster(node).path("nodes")) {
            present += each.path("present").asBoolean() ? 1 : 0;
        }
        return present;
    }

    private static JsonNode backend(WeirProcess node, int index) {
        return json(node, "/api/pools").at("/pools/0/backends/" + index);
    }

    /**
     * Two nodes have much to do, and one has little; then a backend is killed.
     *
     * @return milliseconds until it was out on each node
     */
    private List<Long> killUnderLoad(ConcurrentMap<String, LongAdder> results) throws InterruptedException {
        AtomicBoolean going = new AtomicBoolean(true);
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            WeirProcess node = nodes.get(i % 2);
            clients.add(Thread.ofPlatform().start(() -> ask(node, "/name.txt", Duration.ofMillis(2), going, results)));
        }
        clients.add(Thread.ofPlatform()
                .start(() -> ask(nodes.get(2), "/name.txt", Duration.ofMillis(400), going, results)));
        List<Long> outAfter = new ArrayList<>();
        try {
            nodes.forEach(node ->
                    Await.untilTrue(() -> node.metric("weir_backend_responses_total") >= 9, "all nodes have traffic"));
            long killed = System.nanoTime();
            servers.getFirst().kill();
            List<Thread> watchers = new ArrayList<>();
            Long[] times = new Long[NODES];
            for (int i = 0; i < NODES; i++) {
                int index = i;
                watchers.add(Thread.ofPlatform().start(() -> {
                    Await.until(
                            PATIENCE,
                            () -> backend(nodes.get(index), 0).path("usable").asBoolean() ? null : true,
                            () -> "the killed backend is out on node " + index);
                    times[index] = Duration.ofNanos(System.nanoTime() - killed).toMillis();
                }));
            }
            for (Thread watcher : watchers) {
                watcher.join();
            }
            outAfter.addAll(List.of(times));
        } finally {
            going.set(false);
            for (Thread client : clients) {
                client.join();
            }
        }
        return outAfter;
    }

    private static void ask(
            WeirProcess node,
            String path,
            Duration pause,
            AtomicBoolean going,
            ConcurrentMap<String, LongAdder> results) {
        while (going.get()) {
            String result;
            try {
                result = Integer.toString(node.get(path).statusCode());
            } catch (RuntimeException e) {
                result = e.toString();
            }
            results.computeIfAbsent(result, key -> new LongAdder()).increment();
            Await.pass(pause);
        }
    }

    @Test
    void aBackendThatIsKilledUnderLoadIsOutOnAllNodesAtOnceAndNoClientNotices() throws InterruptedException {
        ConcurrentMap<String, LongAdder> results = new ConcurrentHashMap<>();
        startAll(false);
        List<Long> alone = killUnderLoad(results);
        nodes.forEach(WeirProcess::close);
        nodes.clear();
        servers.getFirst().startAgain();
        startAll(true);
        List<Long> together = killUnderLoad(results);
        System.out.println("killed under load, out after: " + together + " ms; without the cluster " + alone
                + " ms; clients got " + results);
        assertThat(results).containsOnlyKeys("200");
        assertThat(together)
                .allSatisfy(millis -> assertThat(millis).isLessThan(2_000)); // 1 s on a machine that is idle
        assertThat(cluster(nodes.get(2)).at("/backends/0/others")).hasSize(NODES - 1);
    }

    @Test
    void whatAnOperatorTellsOneNodeHoldsOnAllEvenForOneThatJoinsLaterAndAfterItsAuthorIsGone() {
        WeirProcess first = start(1, true);
        WeirProcess second = start(2, true);
        awaitPresent(first, 2);
        awaitPresent(second, 2);
        String id = backend(first, 0).path("id").asText();
        assertThat(first.put("/api/pools/shop/backends/" + id + "/admin", "{\"admin\":\"draining\"}")
                        .statusCode())
                .isEqualTo(200);
        awaitDraining(second);
        first.process().kill();
        Await.until(
                PATIENCE,
                () -> present(second) == 1 ? true : null,
                () -> "the killed node is missed, not " + cluster(second));
        WeirProcess third = start(3, true);
        awaitDraining(third);
        assertThat(third.get("/name.txt").statusCode()).isEqualTo(200);
    }

    @Test
    void aBackendGetsSoManyRequestsFromAllNodesTogetherAsItMayWhicheverNodeHasThem() throws InterruptedException {
        morePools = """
                  slow:
                    connections: { max-requests: %d }
                    timeouts: { queue: 30s }
                    backends: ['http://127.0.0.1:%d']
                routes: [{ pool: shop }, { path: /slow, pool: slow }]
                """.formatted(MAX_REQUESTS, slow.port()).stripTrailing();
        startAll(true);
        ConcurrentMap<String, LongAdder> results = new ConcurrentHashMap<>();
        AtomicBoolean going = new AtomicBoolean(true);
        List<Thread> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 2 * MAX_REQUESTS; i++) {
                clients.add(asking(nodes.getFirst(), going, results));
            }
            Await.untilTrue(() -> slow.inside() == MAX_REQUESTS, "one node alone uses the whole limit");
            assertThat(share(nodes.getFirst())).isEqualTo(MAX_REQUESTS);
            assertThat(slow.mostInside()).isEqualTo(MAX_REQUESTS);
            for (int i = 0; i < MAX_REQUESTS; i++) {
                clients.add(asking(nodes.get(1), going, results));
            }
            clients.add(asking(nodes.get(2), going, results));
            Await.until(
                    PATIENCE,
                    () -> {
                        slow.release(1);
                        boolean whole =
                                nodes.stream().mapToInt(ClusterIT::share).sum() == MAX_REQUESTS;
                        return (whole && share(nodes.get(1)) > 1) ? true : null;
                    },
                    () -> "parts for all that have requests, not "
                            + nodes.stream().map(ClusterIT::share).toList());
            int whileMoving = slow.mostInside();
            letThrough(100, results); // and so all that was too much
            slow.mostInside();
            letThrough(300, results);
            int settled = slow.mostInside();
            System.out.println("max-requests 6 over three nodes: one alone 6, when others begin " + whileMoving
                    + ", all three " + settled);
            // who had nothing may begin with one before the others have given it back
            assertThat(whileMoving).isBetween(MAX_REQUESTS, MAX_REQUESTS + NODES - 1);
            assertThat(settled)
                    .isBetween(MAX_REQUESTS, MAX_REQUESTS + NODES - 1); // 6, unless a client gets no CPU for seconds
        } finally {
            going.set(false);
            slow.release(1_000_000);
            for (Thread client : clients) {
                client.join();
            }
        }
        assertThat(results).containsOnlyKeys("204");
    }

    private void letThrough(int requests, ConcurrentMap<String, LongAdder> results) {
        long before = count(results);
        slow.release(requests);
        Await.untilTrue(
                () -> slow.inside() == MAX_REQUESTS && count(results) >= before + requests, "the whole limit is used");
    }

    private static Thread asking(WeirProcess node, AtomicBoolean going, ConcurrentMap<String, LongAdder> results) {
        return Thread.ofPlatform().start(() -> ask(node, "/slow", Duration.ZERO, going, results));
    }

    private static long count(ConcurrentMap<String, LongAdder> results) {
        return results.values().stream().mapToLong(LongAdder::sum).sum();
    }

    private static int share(WeirProcess node) {
        return (int) node.metric("weir_backend_request_share", "pool=\"slow\"");
    }

    private static void awaitDraining(WeirProcess node) {
        Await.until(
                PATIENCE,
                () -> backend(node, 0).path("admin").asText().equals("draining") ? true : null,
                () -> "the directive is known, not " + backend(node, 0));
    }

    @Test
    void aNodeThatAloneFindsAllBackendsDownSaysSoAndIsNotReady() {
        WeirProcess cutOff = start(1, true, "port: " + ClosedPort.take() + ", ");
        WeirProcess well = start(2, true);
        Await.until(
                PATIENCE,
                () -> cutOff.status("/readyz") == 503 ? true : null,
                () -> "not ready, but " + cutOff.admin("/readyz").body() + cluster(cutOff));
        assertThat(cutOff.admin("/readyz").body())
                .contains("alone in finding 3 of 3 backends down that 1 other node finds well");
        assertThat(well.status("/readyz")).isEqualTo(200);
        assertThat(cutOff.metric("weir_cluster_suspects_itself")).isEqualTo(1);
        assertThat(cutOff.metric("weir_backend_agreement", "agreement=\"down only from here\""))
                .isEqualTo(3);
        Await.until(
                PATIENCE,
                () -> well.metric("weir_backend_agreement", "agreement=\"well\"") == 3 ? true : null,
                () -> "it is not believed, but " + cluster(well));
        well.process().kill();
        Await.until(
                PATIENCE,
                () -> cutOff.status("/readyz") == 200 ? true : null,
                () -> "the last one is ready, not " + cutOff.admin("/readyz").body());
    }

    @Test
    void eachBackendIsCheckedByTwoOfThreeNodesAndAllKnowTheResult() {
        startAll(true);
        Await.until(
                PATIENCE,
                () -> {
                    int checking = 0;
                    for (WeirProcess node : nodes) {
                        for (JsonNode each : cluster(node).path("backends")) {
                            checking += each.path("checked_here").asBoolean() ? 1 : 0;
                        }
                    }
                    return checking == 2 * servers.size() ? true : null;
                },
                () -> "two checks of each backend, not " + cluster(nodes.getFirst()));
        for (WeirProcess node : nodes) {
            for (int i = 0; i < servers.size(); i++) {
                assertThat(backend(node, i).path("health").asText()).isEqualTo("up");
            }
        }
    }
}
