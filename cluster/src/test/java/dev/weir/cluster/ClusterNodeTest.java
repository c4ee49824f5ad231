package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The thread of a node, with a transport that hands each message straight to the others. */
final class ClusterNodeTest {
    private final List<Wired> wires = new CopyOnWriteArrayList<>();
    private final List<ClusterNode> open = new ArrayList<>();
    private final AtomicInteger names = new AtomicInteger();

    private final class Wired implements Transport {
        volatile Receiver receiver;
        volatile boolean closed;

        @Override
        public void start(Receiver to) {
            receiver = to;
            wires.add(this);
            wires.forEach(wire -> wire.receiver.membershipChanged());
        }

        @Override
        public boolean send(byte[] message) {
            wires.stream().filter(wire -> wire != this).forEach(wire -> wire.receiver.received(message));
            return true;
        }

        @Override
        public int peers() {
            return wires.size() - 1;
        }

        @Override
        public boolean isConnected() {
            return receiver != null;
        }

        @Override
        public String link() {
            return "wired";
        }

        @Override
        public void close() {
            wires.remove(this);
            closed = true;
        }
    }

    private ClusterNode start(Wired wire) {
        return start(wire, Pace.DEFAULT);
    }

    private ClusterNode start(Wired wire, Pace pace) {
        Identity self = new Identity(UUID.randomUUID(), "node " + names.incrementAndGet(), 1);
        Conversation conversation = new Conversation(
                self,
                pace,
                wire,
                new Counters(),
                System::nanoTime,
                System::currentTimeMillis,
                RandomGenerator.getDefault());
        ClusterNode node = new ClusterNode(self, pace, wire, conversation, System::nanoTime);
        open.add(node);
        node.start();
        return node;
    }

    @AfterEach
    void close() {
        open.forEach(Cluster::close);
    }

    @Test
    void listenersHearOnTheClustersThreadAndOneThatFailsHarmsNobody() {
        ClusterNode a = start(new Wired());
        ClusterNode b = start(new Wired());
        List<View> views = new CopyOnWriteArrayList<>();
        List<String> threads = new CopyOnWriteArrayList<>();
        b.listen(view -> {
            throw new IllegalStateException("on purpose");
        });
        b.listen(view -> {
            views.add(view);
            threads.add(Thread.currentThread().getName());
        });

        a.publish(1, Bytes.of("one"));
        Await.untilTrue(() -> views.stream().anyMatch(view -> knows(view, a, "one")), "the first");
        a.publish(1, Bytes.of("two"));
        Await.untilTrue(() -> views.stream().anyMatch(view -> knows(view, a, "two")), "the second");

        assertThat(threads).containsOnly("weir-cluster");
    }

    private static boolean knows(View view, Cluster writer, String value) {
        Node node = view.node(writer.self().id());
        byte[] bytes = node == null ? null : node.records().get(1);
        return bytes != null && Bytes.text(bytes).equals(value);
    }

    @Test
    void whatIsPublishedBeforeATickGoesOutWithItAndAHookThatFailsHarmsNobody() {
        ClusterNode a = start(new Wired());
        ClusterNode b = start(new Wired());
        AtomicInteger ticks = new AtomicInteger();
        a.beforeTick(early -> {
            a.publish(1, Bytes.of("tick " + ticks.incrementAndGet()));
            throw new IllegalStateException("on purpose");
        });

        Await.untilTrue(() -> ticks.get() > 2 && knows(b.view(), a, "tick " + ticks.get()), "what the last tick told");
    }

    @Test
    void theLastWordCountsWhicheverThreadSaysIt() {
        ClusterNode a = start(new Wired());
        ClusterNode b = start(new Wired());
        a.beforeTick(early -> {
            if (!knows(b.view(), a, "later")) {
                a.publish(1, Bytes.of("earlier"));
            }
        });
        Await.untilTrue(() -> knows(b.view(), a, "earlier"), "the thread's own");

        a.beforeTick(early -> {});
        a.publish(1, Bytes.of("later"));
        Await.untilTrue(() -> knows(b.view(), a, "later"), "another thread's");
        a.beforeTick(early -> a.withdraw(1));

        Await.untilTrue(() -> b.view().node(a.self().id()).records().size() == 0, "the thread's own again");
    }

    @Test
    void whoIsInAHurryDoesNotWaitForTheTick() {
        Pace slow = new Pace(
                Duration.ofMillis(500),
                Duration.ofMillis(500),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                4 * 1024 * 1024);
        ClusterNode a = start(new Wired(), slow);
        ClusterNode b = start(new Wired(), slow);
        Await.untilTrue(() -> b.view().node(a.self().id()) != null, "they met");

        long beganNanos = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            String value = "value " + i;
            a.publish(1, Bytes.of(value));
            a.hurry();
            Await.untilTrue(() -> knows(b.view(), a, value), value);
        }

        // Each is published when the one before has arrived: ticks that are due would take 10 times 500 ms.
        assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofMillis(4_500));
    }

    @Test
    void aListenerThatHangsHoldsUpNeitherCallersNorTheEnd() throws InterruptedException {
        Wired wire = new Wired();
        ClusterNode a = start(wire);
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        a.listen(view -> {
            hanging.countDown();
            awaitUninterruptibly(release);
        });
        hanging.await();

        long beganNanos = System.nanoTime();
        a.publish(1, Bytes.of("one"));
        a.write("x", Bytes.of("yes"));
        assertThat(a.view()).isNotNull();
        a.close();

        assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofSeconds(5));
        assertThat(wire.closed).isTrue();
        release.countDown();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatArrivesWhileNobodyReadsIsBounded() {
        Wired wire = new Wired();
        ClusterNode a = start(wire);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        a.listen(view -> {
            hanging.countDown();
            awaitUninterruptibly(release);
        });
        assertThat(Await.happened(hanging, Duration.ofSeconds(20))).isTrue();

        byte[] message = new byte[Wire.MAX_MESSAGE_BYTES];
        long fit = ClusterNode.MAX_INBOX_BYTES / (message.length + ClusterNode.INBOX_OVERHEAD);
        for (int i = 0; i < fit + 10; i++) {
            a.received(message);
        }

        assertThat(a.stats().dropped(Drop.RECEIVED_TOO_FAST)).isEqualTo(10);
        release.countDown();
        Await.untilTrue(() -> a.stats().dropped(Drop.MALFORMED) == fit, "the rest is read");
        a.received(message);
        assertThat(a.stats().dropped(Drop.RECEIVED_TOO_FAST)).isEqualTo(10);
    }

    @Test
    void emptyMessagesThatNobodyReadsAreBoundedToo() {
        ClusterNode a = start(new Wired());
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        a.listen(view -> {
            hanging.countDown();
            awaitUninterruptibly(release);
        });
        assertThat(Await.happened(hanging, Duration.ofSeconds(20))).isTrue();

        long fit = ClusterNode.MAX_INBOX_BYTES / ClusterNode.INBOX_OVERHEAD;
        for (int i = 0; i < fit + 10; i++) {
            a.received(new byte[0]);
        }

        assertThat(a.stats().dropped(Drop.RECEIVED_TOO_FAST)).isEqualTo(10);
        release.countDown();
    }

    /** Its listener is so slow that it looks once in a second only, and what beats the entry may come in between. */
    @Test
    void whoWritesSeesThatItHasComeToBeAlthoughItIsBeatenAtOnce() {
        ClusterNode a = start(new Wired());
        Set<String> shown = ConcurrentHashMap.newKeySet();
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch listening = new CountDownLatch(1);
        a.listen(view -> {
            shown.addAll(view.entries().keySet());
            listening.countDown();
            Await.happened(never, Duration.ofMillis(60));
        });
        assertThat(Await.happened(listening, Duration.ofSeconds(20))).isTrue();

        a.write("x", Bytes.of("mine"));
        AtomicInteger sequence = new AtomicInteger();
        Await.untilTrue(
                () -> {
                    a.received(removal("x", sequence.incrementAndGet()));
                    return shown.contains("x");
                },
                "its own word");
    }

    /** By a node whose clock is a day ahead. */
    private static byte[] removal(String entry, int sequence) {
        long version = System.currentTimeMillis() + Duration.ofDays(1).toMillis();
        UUID id = new UUID(7, 7);
        return Wire.encode(new Message(
                new Identity(id, "ahead", 1),
                sequence,
                0,
                250,
                5_000,
                Message.Parting.STAYS,
                List.of(),
                null,
                Records.NONE,
                Message.NO_KEYS,
                List.of(new Message.Told(entry, null, version, id, 0))));
    }

    @Test
    void theThreadSurvivesAnErrorOfWhatItCalls() {
        ClusterNode a = start(new Wired());
        ClusterNode b = start(new Wired());
        b.listen(view -> {
            throw new NoClassDefFoundError("on purpose");
        });

        a.publish(1, Bytes.of("one"));
        Await.untilTrue(() -> knows(b.view(), a, "one"), "the first");
        a.publish(1, Bytes.of("two"));
        Await.untilTrue(() -> knows(b.view(), a, "two"), "the second");
    }

    @Test
    void aNodeThatClosesSaysGoodbye() {
        ClusterNode a = start(new Wired());
        ClusterNode b = start(new Wired());
        Await.untilTrue(() -> b.view().node(a.self().id()) != null, "they met");

        a.close();

        long beganNanos = System.nanoTime();
        Await.untilTrue(() -> b.view().node(a.self().id()) == null, "the goodbye");
        assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofSeconds(4));
    }
}
