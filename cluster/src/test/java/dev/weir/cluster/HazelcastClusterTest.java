package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real members of Hazelcast, on ports of the system's choice. */
final class HazelcastClusterTest {
    private static final Pattern PORT = Pattern.compile("\\[127\\.0\\.0\\.1]:(\\d+)");

    private final List<Cluster> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.reversed().forEach(Cluster::close);
    }

    private Cluster start(String name, int port, List<String> seeds) {
        Cluster cluster = HazelcastCluster.start(
                new Identity(UUID.randomUUID(), name, 1),
                new HazelcastOptions("weir-test", "127.0.0.1", port, seeds),
                Pace.DEFAULT,
                System::nanoTime,
                System::currentTimeMillis,
                RandomGenerator.getDefault());
        open.add(cluster);
        return cluster;
    }

    private static String address(Cluster cluster) {
        Await.untilTrue(
                () -> cluster.stats().connected()
                        && PORT.matcher(cluster.stats().link()).find(),
                "connection");
        MatchResult found =
                PORT.matcher(cluster.stats().link()).results().findFirst().orElseThrow();
        return "localhost:" + found.group(1);
    }

    @Test
    void whatOneLearnsAllKnowUntilItLeaves() {
        Cluster a = start("a", 0, List.of());
        a.publish(1, Bytes.of("said alone"));
        a.write("drain/x", Bytes.of("yes"));
        String seed = address(a);
        Cluster b = start("b", 0, List.of(seed));
        Cluster c = start("c", 0, List.of(seed));

        Await.untilTrue(() -> all(a, b, c).allMatch(node -> node.view().present() == 3), "three nodes everywhere");
        Await.untilTrue(
                () -> "said alone".equals(record(b, a, 1)) && "said alone".equals(record(c, a, 1)), "all of a's");
        Await.untilTrue(
                () -> all(b, c).allMatch(node -> node.view().entries().containsKey("drain/x")), "the directive");

        b.publish(2, Bytes.of("said among others"));
        Await.untilTrue(() -> "said among others".equals(record(c, b, 2)), "a change");
        c.remove("drain/x");
        Await.untilTrue(() -> all(a, b).allMatch(node -> node.view().entries().isEmpty()), "the removal");

        long beganNanos = System.nanoTime();
        b.close();
        Await.untilTrue(
                () -> all(a, c).allMatch(node -> node.view().node(b.self().id()) == null), "b's goodbye");
        assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofSeconds(10));
        assertThat(a.view().present()).isEqualTo(2);
        assertThat(a.stats().drops().values()).containsOnly(0L);
        assertThat(a.stats().link()).contains("weir-test-hz5.7-w" + Wire.VERSION);
    }

    private static Stream<Cluster> all(Cluster... clusters) {
        return Stream.of(clusters);
    }

    private static String record(Cluster reader, Cluster writer, long key) {
        Node node = reader.view().node(writer.self().id());
        byte[] value = node == null ? null : node.records().get(key);
        return value == null ? null : Bytes.text(value);
    }

    /** Its kernel accepts connections, and nobody ever reads: Hazelcast waits for it, and nobody waits for Hazelcast. */
    @Test
    void aNodeIsOfUseWhileHazelcastWaitsForOneThatNeverAnswers() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Cluster a = start("a", 0, List.of("127.0.0.1:" + mute.getLocalPort()));
            List<View> heard = new CopyOnWriteArrayList<>();
            a.listen(heard::add);
            a.publish(1, Bytes.of("one"));
            a.write("drain/x", Bytes.of("yes"));

            Await.untilTrue(
                    () -> heard.stream().anyMatch(view -> view.entries().containsKey("drain/x")), "its own directive");
            assertThat(a.stats().connected()).isFalse();
            assertThat(a.stats().link()).isEqualTo("starting");
            long beganNanos = System.nanoTime();
            a.close();
            assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void aPortThatIsTakenIsTriedAgain() throws IOException {
        Cluster a;
        try (ServerSocket taken = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            a = start("a", taken.getLocalPort(), List.of());
            Await.untilTrue(() -> a.stats().link().startsWith("not connected: "), "the failure");
        }

        Await.untilTrue(() -> a.stats().connected(), "the next try");
    }
}
