package dev.weir.balancer.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.backend.RequestLimit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Several nodes with one backend, in virtual time; what each says arrives at each other one in order, but late. */
class SharedLimitsTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long TICK = 100 * MILLI;

    /** Ticks in which a part of the limit moves: it is asked for, waited for and taken. */
    private static final int MOVING = 8;

    /** Ticks in which what was needed is forgotten, and the part moves. */
    private static final int FORGETTING = 60;

    private Random random = new Random(5);
    private final List<Node> nodes = new ArrayList<>();
    private long now = -3 * TICK;
    private int latestMillis = 150;

    private record Message(long atNanos, Map<Long, byte[]> records) {}

    private final class Node {
        private final UUID id = new UUID(random.nextLong(), random.nextLong());
        private final Backend backend;
        private final SharedLimits limits;
        private final TreeMap<Long, byte[]> told = new TreeMap<>();
        private final Map<Node, Deque<Message>> onTheWay = new java.util.HashMap<>();
        private final Map<Node, Message> heard = new java.util.HashMap<>();
        private final List<BackendPool> grew = new ArrayList<>();
        private boolean silent;
        private boolean gone;
        private int waiting;

        private Node(int perBackend, int maxRequests, int expected) {
            backend = new Backend(
                    new Endpoint("127.0.0.1", 9001),
                    1,
                    0,
                    null,
                    Map.of(),
                    new RequestLimit(perBackend, maxRequests),
                    now);
            BackendPool pool = new BackendPool(
                    "shop", List.of(backend), new Eligibility.Rules(null, 0, 0), eligible -> Picker.EMPTY, () -> now);
            limits = new SharedLimits(id, expected, List.of(pool), now);
        }

        private int share() {
            return backend.limit().share();
        }

        private int inFlight() {
            return backend.stats().inFlight();
        }

        /** So many requests come, and begin or wait. */
        private void arrive(int count) {
            for (int i = 0; i < count; i++) {
                if (!backend.stats().tryBegin(backend.limit().most())) {
                    backend.stats().beginWait();
                    waiting++;
                }
            }
        }

        /** Those that wait begin, as far as there is room. */
        private void proceed() {
            while (waiting > 0 && backend.stats().tryBegin(backend.limit().most())) {
                backend.stats().endWait();
                waiting--;
            }
        }

        private void end(int count) {
            for (int i = 0; i < count && inFlight() > 0; i++) {
                backend.stats().end();
            }
            proceed();
        }

        private void idle() {
            while (waiting > 0) {
                waiting--;
                backend.stats().endWait();
            }
            end(inFlight());
        }

        private void hearOthers() {
            Set<UUID> known = new HashSet<>();
            for (Node other : nodes) {
                Deque<Message> queue = other.onTheWay.get(this);
                while (queue != null && !queue.isEmpty() && queue.peek().atNanos() <= now) {
                    heard.put(other, queue.poll());
                }
                Message last = heard.get(other);
                if (last == null || other.gone) {
                    continue;
                }
                known.add(other.id);
                limits.hear(
                        other.id,
                        !other.silent && !silent,
                        true,
                        key -> last.records().get(key));
            }
            limits.retain(known);
            limits.settle(now, told::put, grew::add);
            proceed();
        }

        private void speak() {
            for (Node other : nodes) {
                if (other != this && !silent && !other.silent && !gone) {
                    Deque<Message> queue = onTheWay.computeIfAbsent(other, first -> new ArrayDeque<>());
                    long before = queue.isEmpty() ? now : queue.getLast().atNanos();
                    long at = Math.max(before, now + MILLI * random.nextInt(1, latestMillis));
                    queue.add(new Message(at, new TreeMap<>(told)));
                }
            }
        }
    }

    private Node node(int maxRequests) {
        Node node = new Node(0, maxRequests, 3);
        nodes.add(node);
        return node;
    }

    /** All nodes look at different times within a tick. */
    private void ticks(int count) {
        for (int i = 0; i < count * 10; i++) {
            now += TICK / 10;
            for (int n = 0; n < nodes.size(); n++) {
                Node node = nodes.get(n);
                if (node.gone) {
                    continue;
                }
                node.hearOthers();
                if (i % 10 == n % 10) {
                    node.limits.look(now, node.told::put, node.grew::add);
                    node.proceed();
                    node.speak();
                }
            }
        }
    }

    private int inFlight() {
        return nodes.stream()
                .filter(node -> !node.gone)
                .mapToInt(Node::inFlight)
                .sum();
    }

    private List<Integer> shares() {
        return nodes.stream().filter(node -> !node.gone).map(Node::share).toList();
    }

    private void three(int maxRequests) {
        for (int i = 0; i < 3; i++) {
            node(maxRequests);
        }
        ticks(MOVING);
    }

    @Test
    void nodesThatStartHaveEvenParts() {
        three(6);
        assertThat(shares()).containsExactly(2, 2, 2);
    }

    @Test
    void whoAloneHasRequestsHasTheWholeLimitWithinASecond() {
        three(6);
        nodes.getFirst().arrive(20);
        ticks(MOVING);
        assertThat(nodes.getFirst().inFlight()).isEqualTo(6);
        assertThat(shares()).containsExactly(6, 1, 1);
        assertThat(nodes.getFirst().grew).isNotEmpty();
    }

    @Test
    void whatIsNeededAgainComesBackAsSoonAsItIsFree() {
        three(6);
        Node busy = nodes.getFirst();
        busy.arrive(20);
        ticks(MOVING);
        Node other = nodes.get(1);
        other.arrive(20);
        assertThat(other.inFlight()).as("one may begin at once").isEqualTo(1);
        ticks(MOVING);
        assertThat(busy.share()).isEqualTo(3);
        assertThat(busy.inFlight()).as("what is under way goes on").isEqualTo(6);
        assertThat(other.inFlight()).isEqualTo(1);
        busy.end(3);
        assertThat(busy.inFlight()).isEqualTo(3);
        ticks(MOVING);
        assertThat(other.inFlight()).isEqualTo(3);
        assertThat(shares()).containsExactly(3, 3, 1);
    }

    @Test
    void allHaveEvenPartsAgainWhenNobodyNeedsMore() {
        three(6);
        nodes.getFirst().arrive(20);
        ticks(MOVING);
        nodes.getFirst().idle();
        ticks(MOVING);
        assertThat(nodes.getFirst().share()).as("not between two requests").isEqualTo(6);
        ticks(FORGETTING);
        assertThat(shares()).containsExactly(2, 2, 2);
    }

    @Test
    void whoWaitsForMomentsOnlyGetsAQuarterMore() {
        three(60);
        Node busy = nodes.getFirst();
        busy.arrive(21);
        busy.end(1);
        assertThat(busy.waiting).isZero();
        assertThat(busy.inFlight()).isEqualTo(20);
        ticks(MOVING);
        assertThat(busy.share()).isEqualTo(26);
    }

    @Test
    void moreThanThisNodeMayHaveAnywayIsNotNeeded() {
        for (int i = 0; i < 3; i++) {
            nodes.add(new Node(4, 9, 3));
        }
        ticks(MOVING);
        assertThat(nodes.getFirst().backend.limit().most()).isEqualTo(3);
        nodes.getFirst().arrive(20);
        ticks(MOVING);
        assertThat(nodes.getFirst().share()).isEqualTo(4);
        assertThat(nodes.getFirst().inFlight()).isEqualTo(4);
    }

    @Test
    void whatASilentNodeHadIsLeftToItUntilItIsGone() {
        three(6);
        nodes.forEach(node -> node.arrive(9));
        ticks(MOVING);
        nodes.get(2).silent = true;
        ticks(MOVING);
        assertThat(nodes.getFirst().share() + nodes.get(1).share()).isEqualTo(4);
        assertThat(inFlight()).isEqualTo(6);
        nodes.get(2).gone = true;
        ticks(MOVING);
        assertThat(shares()).containsExactly(3, 3);
    }

    @Test
    void eachPartOfAPartedNetworkHasTheWholeLimitAndItHealsByGivingBack() {
        for (int i = 0; i < 2; i++) {
            node(6);
        }
        ticks(MOVING);
        nodes.forEach(node -> node.arrive(9));
        ticks(MOVING);
        assertThat(shares()).containsExactly(3, 3);
        Node lost = nodes.getLast();
        nodes.remove(lost); // nobody hears of the other any more
        nodes.getFirst().heard.clear();
        ticks(MOVING);
        assertThat(shares()).containsExactly(6);
        nodes.add(lost);
        ticks(MOVING);
        assertThat(shares()).containsExactly(3, 3);
    }

    @Test
    void aNodeThatHearsOfNobodyTakesTheWholeLimitAfterAWhile() {
        node(6);
        ticks(20);
        assertThat(shares()).containsExactly(2);
        ticks(35);
        assertThat(shares()).containsExactly(6);
    }

    @Test
    void whoJoinsGetsItsPartOfThoseThatAreThere() {
        node(6);
        ticks(60);
        assertThat(shares()).containsExactly(6);
        nodes.getFirst().arrive(9);
        node(6);
        nodes.getLast().arrive(9);
        ticks(MOVING);
        assertThat(shares())
                .as("it begins with half of it, but gets no more of what is still in use")
                .containsExactly(3, 2);
        nodes.getFirst().end(3);
        ticks(MOVING);
        assertThat(shares()).containsExactly(3, 3);
        assertThat(inFlight()).isEqualTo(6);
    }

    @Test
    void ofALimitSmallerThanTheNodesEachMayHaveOne() {
        for (int i = 0; i < 4; i++) {
            nodes.add(new Node(0, 2, 4));
        }
        ticks(MOVING);
        nodes.forEach(node -> node.arrive(5));
        ticks(MOVING);
        assertThat(shares()).containsExactly(1, 1, 1, 1);
        assertThat(inFlight()).isEqualTo(4);
    }

    @Test
    void aNodeWithoutSuchALimitTakesNoPart() {
        node(6);
        node(6);
        nodes.add(new Node(0, 0, 3));
        ticks(MOVING);
        assertThat(nodes.getFirst().share()).isEqualTo(3);
        assertThat(nodes.getLast().backend.limit().most()).isZero();
    }

    /** Whatever comes and however late the nodes hear of each other: those that are below their floor of one are the tolerance. */
    @Property(tries = 60)
    void neverIsMoreUnderWayThanTheLimitAndOneForEachNodeThatHadNothing(
            @ForAll @IntRange(min = 3, max = 30) int limit,
            @ForAll @IntRange(min = 2, max = 6) int count,
            @ForAll long seed) {
        random = new Random(seed);
        nodes.clear();
        latestMillis = 350; // and a tick until it is said
        for (int i = 0; i < count; i++) {
            nodes.add(new Node(0, limit, count));
        }
        ticks(MOVING);
        for (int i = 0; i < 150; i++) {
            Node node = nodes.get(random.nextInt(count));
            if (random.nextInt(8) == 0) {
                node.arrive(random.nextInt(2 * limit));
            } else {
                node.end(random.nextInt(1 + node.inFlight()));
            }
            ticks(random.nextInt(3));
            int surelyHeld = nodes.stream()
                    .mapToInt(Node::share)
                    .filter(share -> share > 1)
                    .sum();
            assertThat(surelyHeld).isLessThanOrEqualTo(limit);
            assertThat(inFlight()).isLessThanOrEqualTo(limit + count - 1);
        }
        nodes.forEach(Node::idle);
        ticks(FORGETTING);
        assertThat(shares()).allMatch(share -> share == Math.max(1, limit / count) || share == limit / count + 1);
    }
}
