package dev.weir.balancer.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.balancer.top.Reading.BackendSeen;
import dev.weir.balancer.top.Reading.Bucket;
import dev.weir.balancer.top.Reading.NodeSeen;
import dev.weir.balancer.top.Reading.PoolSeen;
import dev.weir.balancer.top.Reading.Saying;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jline.utils.AttributedString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameTest {
    private static final String ASKED = "http://127.0.0.1:8081";
    private static final Instant TIME = Instant.parse("2026-11-20T21:03:04.567Z");
    private static final long SECOND = 1_000_000_000L;

    private static NodeSeen node(String id, String name, String state) {
        boolean self = id.equals("a");
        return new NodeSeen(id, name, self, state, true, false, !id.equals("c"), self ? 0 : 40, 3, 120);
    }

    private static final List<NodeSeen> NODES =
            List.of(node("a", "node-1", "fresh"), node("b", "node-2", "fresh"), node("c", "node-3", "stale"));

    private static BackendSeen backend(
            String id, String state, Trouble trouble, long answered, long failed, String agreement, Saying... sayings) {
        List<Saying> all = List.of(sayings);
        return new BackendSeen(
                id,
                1,
                1,
                "enabled",
                state,
                trouble,
                2,
                answered,
                failed,
                2_100,
                agreement,
                all.isEmpty() ? null : all.getFirst(),
                all.isEmpty() ? all : all.subList(1, all.size()));
    }

    private static Saying says(String node, String opinion, long seconds) {
        return new Saying(node, opinion, 4, seconds * 1_000);
    }

    private static PoolSeen shop(long times, BackendSeen... backends) {
        List<Bucket> durations = List.of(
                new Bucket(0.001, 0),
                new Bucket(0.01, 90 * times),
                new Bucket(0.1, 10 * times),
                new Bucket(Double.POSITIVE_INFINITY, 0));
        return new PoolSeen("shop", null, 3 * times, 0, 1, durations, List.of(backends));
    }

    /** @param times how much had happened, compared with the first reading */
    private static PoolSeen clustered(long times) {
        return shop(
                times,
                backend(
                        "10.0.3.7:8080",
                        "up",
                        Trouble.NONE,
                        300 * times,
                        0,
                        "well",
                        says("a", "well", 12),
                        says("b", "well", 7_200)),
                new BackendSeen(
                        "10.0.3.8:8080",
                        3,
                        1,
                        "draining",
                        "draining",
                        Trouble.WANTED,
                        0,
                        10,
                        0,
                        0,
                        "",
                        says("a", "none", 3),
                        List.of(says("b", "none", 3))),
                backend(
                        "10.0.3.9:8080",
                        "ejected",
                        Trouble.BAD,
                        100 * times,
                        7 * times,
                        "everywhere",
                        says("a", "out", 4),
                        says("b", "failing", 200)));
    }

    private static Reading reading(long seconds, List<NodeSeen> nodes, PoolSeen... pools) {
        String link = nodes.isEmpty() ? null : "one of 3 members of 'weir-hz5.7-w1'";
        return new Reading(seconds * SECOND, TIME, null, link, nodes, List.of(pools));
    }

    private static String text(@Nullable Reading before, Reading now, Order order, int width) {
        return Frame.of(before, now, ASKED, null, order, width).stream()
                .map(line -> line.toString().stripTrailing() + "\n")
                .collect(Collectors.joining());
    }

    @Test
    void aClusterIsShownWithWhatEachNodeSaysWhatIsWorstFirst() {
        String text = text(reading(0, NODES, clustered(1)), reading(2, NODES, clustered(2)), Order.TROUBLE, 200);
        assertThat(text).isEqualTo("""
                weir top  2026-11-20T21:03:04Z  node-1  2 of 3 nodes, 3 backends, 1 out  http://127.0.0.1:8081
                cluster: one of 3 members of 'weir-hz5.7-w1'

                NODE      ID  STATE  CONFIG   REQ/S  IN FLIGHT  HEARD
                node-1 *  a   fresh             120          3
                node-2    b   fresh  same       120          3  40 ms
                node-3    c   stale  differs    120          3  40 ms

                pool shop  50 req/s  1.5 failed/s  0 saved/s  p50 6.0 ms  p99 91 ms  1 queued
                BACKEND        STATE     node-1  node-2    node-3  AGREEMENT   REQ/S  FAIL/S  LATENCY  IN FLIGHT  OF ALL  WEIGHT  DIRECTIVE
                10.0.3.9:8080  ejected   OUT 4s  fails 3m  -       everywhere     50     3.5   2.1 ms          2       6       1
                10.0.3.8:8080  draining  -       -         -       -               0       0        -          0       4       3  draining; weight 3, not 1
                10.0.3.7:8080  up        ok 12s  ok 2h     -       well          150       0   2.1 ms          2       6       1
                """);
    }

    @Test
    void withoutAClusterThereIsOneNodeAndNothingOfOthers() {
        PoolSeen before = shop(1, backend("web:80", "in use", Trouble.NONE, 10, 0, ""));
        PoolSeen now = shop(2, backend("web:80", "in use", Trouble.NONE, 13, 0, ""));
        assertThat(text(reading(0, List.of(), before), reading(10, List.of(), now), Order.TROUBLE, 200))
                .isEqualTo("""
                weir top  2026-11-20T21:03:04Z  1 backend, 0 out  http://127.0.0.1:8081

                NODE       STATE  REQ/S  IN FLIGHT
                this node  ready    0.3          2

                pool shop  10 req/s  0.3 failed/s  0 saved/s  p50 6.0 ms  p99 91 ms  1 queued
                BACKEND  STATE   REQ/S  FAIL/S  LATENCY  IN FLIGHT  WEIGHT
                web:80   in use    0.3       0   2.1 ms          2       1
                """);
    }

    @Test
    void aFirstReadingKnowsNoRates() {
        String text = text(null, reading(0, NODES, clustered(1)), Order.TROUBLE, 200);
        assertThat(text)
                .contains("pool shop  - req/s  - failed/s  - saved/s  p50 -  p99 -  1 queued")
                .containsPattern("10\\.0\\.3\\.7:8080 .* well +- +- +- +2 ");
    }

    @Test
    void aBalancerThatWasStartedAnewHasNoNegativeRates() {
        String text = text(reading(0, NODES, clustered(2)), reading(1, NODES, clustered(1)), Order.TROUBLE, 200);
        assertThat(text).contains("pool shop  - req/s  - failed/s").doesNotContainPattern(" -[0-9]");
    }

    @Test
    void aNarrowTerminalGetsFewerColumnsAndSumsUpWhatTheNodesSay() {
        Reading before = reading(0, NODES, clustered(1));
        assertThat(text(before, reading(2, NODES, clustered(2)), Order.TROUBLE, 85))
                .endsWith("""
                BACKEND        STATE     AGREEMENT   REQ/S  FAIL/S  LATENCY  IN FLIGHT
                10.0.3.9:8080  ejected   everywhere     50     3.5   2.1 ms          2
                10.0.3.8:8080  draining  -               0       0        -          0
                10.0.3.7:8080  up        well          150       0   2.1 ms          2
                """);
        List<NodeSeen> many = IntStream.range(0, 20)
                .mapToObj(i -> node(i == 0 ? "a" : "b" + i, "weir-7d9f8b6c5-" + i, "fresh"))
                .toList();
        assertThat(text(before, reading(2, many, clustered(2)), Order.TROUBLE, 100))
                .contains("""
                        BACKEND        STATE     NODES SAY       AGREEMENT   REQ/S  FAIL/S  LATENCY  IN FLIGHT  OF ALL
                        10.0.3.9:8080  ejected   1 OUT, 1 fails  everywhere     50     3.5   2.1 ms          2       6
                        """);
    }

    @Test
    void nodesWithLongNamesAreToldByNumber() {
        List<NodeSeen> two = List.of(node("a", "weir-7d9f8b6c5-x2x9k", "fresh"), node("b", "node-2", "fresh"));
        assertThat(text(null, reading(0, two, clustered(1)), Order.TROUBLE, 200))
                .contains(
                        "\n#  NODE                    ID  STATE ",
                        "\n1  weir-7d9f8b6c5-x2x9k *  a   fresh ",
                        "\n2  node-2                  b   fresh ",
                        "\nBACKEND        STATE     #1      #2        AGREEMENT ",
                        "\n10.0.3.9:8080  ejected   OUT 4s  fails 3m  everywhere ");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 13, 20, 40, 60, 80, 100, 120, 140})
    void nothingIsWiderThanTheTerminal(int width) {
        Reading now = reading(2, NODES, clustered(2));
        List<AttributedString> lines = Frame.of(reading(0, NODES, clustered(1)), now, ASKED, null, Order.NAME, width);
        assertThat(lines).allSatisfy(line -> assertThat(line.columnLength()).isLessThanOrEqualTo(width));
        assertThat(lines)
                .hasSize(text(null, now, Order.NAME, 200).lines().toList().size());
    }

    @Test
    void backendsComeInTheOrderThatWasAskedFor() {
        Reading before = reading(0, NODES, clustered(1));
        Reading now = reading(2, NODES, clustered(2));
        List<String> firsts = new ArrayList<>();
        for (Order order : Order.values()) {
            List<String> lines = text(before, now, order, 200).lines().toList();
            firsts.add(order.word() + " " + lines.get(10).split(" ", 2)[0]);
        }
        assertThat(firsts)
                .containsExactly(
                        "trouble 10.0.3.9:8080",
                        "name 10.0.3.7:8080",
                        "requests 10.0.3.7:8080",
                        "in-flight 10.0.3.7:8080",
                        "latency 10.0.3.7:8080",
                        "failures 10.0.3.9:8080");
        assertThatThrownBy(() -> Order.parse("speed"))
                .hasMessage("\"speed\" is no order; expected one of trouble, name, requests, in-flight, latency,"
                        + " failures");
    }

    @Test
    void onlyThePoolThatWasAskedForIsShownAndOneThatIsNotThereIsAMistake() {
        PoolSeen other = new PoolSeen("static", "until noon: Back soon.", 0, 0, 0, List.of(), List.of());
        Reading now = reading(0, List.of(), shop(1), other);
        assertThat(Frame.of(null, now, ASKED, "static", Order.NAME, 200))
                .extracting(AttributedString::toString)
                .contains("closed until noon: Back soon.")
                .noneMatch(line -> line.startsWith("pool shop"));
        assertThatThrownBy(() -> Frame.of(null, now, ASKED, "stat", Order.NAME, 200))
                .hasMessage("no pool stat; there are shop, static");
    }

    @Test
    void whatIsBadIsRed() {
        AttributedString line = Frame.of(null, reading(0, NODES, clustered(1)), ASKED, null, Order.TROUBLE, 200)
                .get(10);
        assertThat(line.toAnsi()).contains("\u001b[31;1mejected\u001b[0m", "\u001b[33mfails 3m\u001b[0m");
    }

    @Test
    void aNodeThatWantsNoRequestsSaysWhy() {
        Reading now = new Reading(0, TIME, "draining: about to stop", null, List.of(), List.of(shop(1)));
        assertThat(text(null, now, Order.NAME, 200))
                .contains("\nnot ready: draining: about to stop\n", "  not ready  ");
    }
}
