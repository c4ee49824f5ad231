package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.Network.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ConversationTest {
    private final Network network = new Network(42);

    @Test
    void whatOnePublishesTheOthersSeeWithinTwoTicks() {
        Host a = network.join("a");
        Host b = network.join("b");
        Host c = network.join("c");
        network.run(1_000);

        a.conversation.records().publish(7, Bytes.of("down"));
        network.run(110);

        assertThat(Bytes.map(b.sees(a).records())).containsExactly(Map.entry(7L, "down"));
        assertThat(Bytes.map(c.sees(a).records())).containsExactly(Map.entry(7L, "down"));
        assertThat(b.sees(a).identity()).isEqualTo(a.identity);
    }

    @Test
    void theLastValueOfATickIsTheOneThatIsTold() {
        Host a = network.join("a");
        Host b = network.join("b");
        network.run(1_000);
        int before = a.messages;

        IntStream.rangeClosed(1, 1_000).forEach(i -> a.conversation.records().publish(7, Bytes.of("v" + i)));
        network.run(110);

        assertThat(Bytes.map(b.sees(a).records())).containsExactly(Map.entry(7L, "v1000"));
        assertThat(a.messages - before).isLessThanOrEqualTo(2);
    }

    @Test
    void whatIsWithdrawnIsGone() {
        Host a = network.join("a");
        Host b = network.join("b");
        a.conversation.records().publish(1, Bytes.of("one"));
        a.conversation.records().publish(2, Bytes.of("two"));
        network.run(500);

        a.conversation.records().withdraw(1);
        network.run(110);

        assertThat(Bytes.map(b.sees(a).records())).containsExactly(Map.entry(2L, "two"));
    }

    @Test
    void aNodeThatJoinsLaterLearnsAllWithinASecond() {
        Host a = network.join("a");
        IntStream.range(0, 1_000).forEach(i -> a.conversation.records().publish(i * 31L, Bytes.of("value " + i)));
        a.conversation.write("drain/x", Bytes.of("yes"));
        network.join("b");
        network.run(60_000);

        Host late = network.join("late");
        long millis =
                network.runUntil(() -> late.sees(a) != null && late.sees(a).synced(), 1_000);

        assertThat(late.sees(a).records().size()).isEqualTo(1_000);
        assertThat(late.entries()).containsExactly(Map.entry("drain/x", "yes"));
        assertThat(millis).isLessThan(1_000);
    }

    @Test
    void aSilentNodeIsStaleAfterThreeTicksAndGoneAfterItsLease() {
        Host a = network.join("a");
        Host b = network.join("b");
        network.run(2_000);
        assertThat(b.sees(a).fresh()).isTrue();
        assertThat(b.conversation.view().present()).isEqualTo(2);

        a.crash();
        // Three of 250 ms, and a tick to notice.
        network.run(860);

        assertThat(b.sees(a).fresh()).isFalse();
        assertThat(b.conversation.view().present()).isEqualTo(1);
        assertThat(b.stats().staleNodes()).isEqualTo(1);
        network.run(3_500);
        assertThat(b.sees(a)).isNotNull();
        network.run(800);
        assertThat(b.sees(a)).isNull();
    }

    @Test
    void aNodeThatSaysGoodbyeIsGoneAtOnceAndWhatArrivesLaterDoesNotBringItBack() {
        Host a = network.join("a");
        Host b = network.join("b");
        network.run(2_000);
        byte[] late = message(a, 1_000_000, 1);

        a.leave();
        network.run(110);
        b.hear(late);

        assertThat(b.sees(a)).isNull();
        assertThat(b.stats().dropped(Drop.STALE)).isPositive();
    }

    @Test
    void aNodeThatLeavesStillSpeaksButIsNotCountedOn() {
        Host a = network.join("a");
        Host b = network.join("b");
        network.run(2_000);

        a.conversation.leaving();
        a.conversation.records().publish(1, Bytes.of("in flight"));
        network.run(110);

        assertThat(b.sees(a).leaving()).isTrue();
        assertThat(b.sees(a).isPresent()).isFalse();
        assertThat(b.sees(a).records().size()).isEqualTo(1);
    }

    @Test
    void eachSeesByWhichConfigurationTheOthersWork() {
        Host a = network.join("a");
        Host b = network.join("b");
        a.conversation.configuration(0xCAFE);
        network.run(500);
        assertThat(b.sees(a).configuration()).isEqualTo(0xCAFE);

        a.conversation.configuration(0xBEEF);
        network.run(110);

        assertThat(b.sees(a).configuration()).isEqualTo(0xBEEF);
    }

    @Test
    void aLaterIncarnationReplacesTheEarlierWhichIsNotHeededAnyMore() {
        Host a = network.join(new Identity(new UUID(1, 1), "a", 1));
        Host b = network.join("b");
        a.conversation.records().publish(1, Bytes.of("old"));
        network.run(500);
        byte[] old = message(a, 1_000_000, 1);
        a.crash();

        Host again = network.join(new Identity(new UUID(1, 1), "a", 2));
        again.conversation.records().publish(2, Bytes.of("new"));
        network.run(500);
        b.hear(old);

        assertThat(b.sees(again).identity().incarnation()).isEqualTo(2);
        assertThat(Bytes.map(b.sees(again).records())).containsExactly(Map.entry(2L, "new"));
        assertThat(b.stats().dropped(Drop.OLD_INCARNATION)).isEqualTo(1);
    }

    @Test
    void whatArrivesTwiceOrLateChangesNothing() {
        Host b = network.join("b");
        Host a = network.join("a");
        network.run(1_000);
        byte[] second = message(a, 1_002, 1, Map.of(1L, "second"));
        byte[] first = message(a, 1_001, 1, Map.of(1L, "first"));

        b.hear(second);
        b.hear(second);
        b.hear(first);

        assertThat(Bytes.map(b.sees(a).records())).containsExactly(Map.entry(1L, "second"));
        assertThat(b.stats().dropped(Drop.STALE)).isEqualTo(2);
    }

    @Test
    void whatWasMissedIsAskedForAndMadeGoodWithinASecond() {
        Host a = network.join("a");
        Host b = network.join("b");
        network.run(3_000);
        network.loss = 1;
        a.conversation.records().publish(1, Bytes.of("lost"));
        network.run(210);
        network.loss = 0;
        assertThat(b.sees(a).records().size()).isZero();

        a.conversation.records().publish(2, Bytes.of("heard"));
        network.runUntil(() -> b.stats().gaps() > 0, 300);
        assertThat(b.sees(a).synced()).isFalse();
        long millis = network.runUntil(() -> b.sees(a).synced(), 1_000);

        assertThat(Bytes.map(b.sees(a).records())).containsOnlyKeys(1L, 2L);
        assertThat(millis).isLessThan(900);
    }

    @Test
    void whatTheTransportDoesNotTakeIsToldAgain() {
        Host a = network.join("a");
        Host b = network.join("b");
        network.run(1_000);
        a.queueFull = true;
        a.conversation.records().publish(1, Bytes.of("not taken"));
        network.run(300);
        assertThat(a.stats().dropped(Drop.SENT_TOO_FAST)).isPositive();

        a.queueFull = false;
        network.run(1_000);

        assertThat(Bytes.map(b.sees(a).records())).containsExactly(Map.entry(1L, "not taken"));
        assertThat(b.sees(a).synced()).isTrue();
    }

    @Test
    void aNodeThatWasStoppedMissesNobodyWhenItGoesOn() {
        Host a = network.join("a");
        Host b = network.join("b");
        a.conversation.records().publish(1, Bytes.of("one"));
        network.run(2_000);

        b.stopped = true;
        network.run(20_000);
        assertThat(a.sees(b)).isNull();
        b.news.clear();
        b.stopped = false;
        network.run(2_000);

        assertThat(b.news)
                .allSatisfy(view -> assertThat(view.node(a.identity.id())).isNotNull());
        assertThat(b.sees(a).fresh()).isTrue();
        assertThat(a.sees(b).synced()).isTrue();
    }

    @Test
    void anIdleNodeSpeaksAtItsHeartbeatOnlyAndNothingIsNews() {
        Host a = network.join("a");
        Host b = network.join("b");
        network.run(10_000);
        int messages = a.messages;
        b.news.clear();

        network.run(10_000);

        assertThat(a.messages - messages).isBetween(40, 60);
        assertThat(b.news).isEmpty();
        assertThat(b.sees(a).ageNanos(network.nowNanos))
                .isLessThan(Duration.ofMillis(310).toNanos());
    }

    @Test
    void theRecordsOfANodeAreTheSameObjectUntilTheyChange() {
        Host a = network.join("a");
        Host b = network.join("b");
        a.conversation.records().publish(1, Bytes.of("one"));
        network.run(3_000);
        Records before = b.sees(a).records();

        a.conversation.records().publish(1, Bytes.of("one"));
        network.run(20_000);

        assertThat(b.sees(a).records()).isSameAs(before);
    }

    @Test
    void moreThanMayBeSentWaitsAndTheOldestChangeGoesFirst() {
        Network slow = new Network(1, pace(160 * 1024));
        Host a = slow.join("a");
        Host b = slow.join("b");
        slow.run(3_000);
        byte[] value = new byte[1_000];
        for (long key = 0; key < 200; key++) {
            a.conversation.records().publish(key, value);
            a.conversation.tick(false);
        }
        long bytes = a.bytes;

        slow.runUntil(() -> b.sees(a).records().size() > 0, 500);
        assertThat(b.sees(a).records().get(0)).isNotNull();
        assertThat(b.sees(a).records().get(199)).isNull();
        assertThat(a.stats().backlog()).isPositive();
        long millis = slow.runUntil(() -> b.sees(a).records().size() == 200, 5_000);

        assertThat(a.stats().backlog()).isZero();
        assertThat(millis).isGreaterThan(900);
        assertThat((a.bytes - bytes) * 1_000 / millis).isLessThan(2 * 160 * 1024);
    }

    @Test
    void allOfMuchIsToldInPartsWhileChangesGoOn() {
        Network slow = new Network(1, pace(512 * 1024));
        Host a = slow.join("a");
        Map<Long, byte[]> all = new TreeMap<>();
        for (int i = 0; i < 2_000; i++) {
            all.put(slow.random.nextLong(), new byte[500]);
        }
        all.forEach(a.conversation.records()::publish);
        Host b = slow.join("b");
        slow.run(900);
        assertThat(b.sees(a).synced()).isFalse();

        long hot = all.keySet().iterator().next();
        a.conversation.records().publish(hot, Bytes.of("hot"));
        long cold = b.sees(a).records().size();
        slow.runUntil(
                () -> b.sees(a).records().get(hot) != null
                        && Bytes.text(b.sees(a).records().get(hot)).equals("hot"),
                1_000);
        assertThat(cold).isBetween(1L, 1_999L);

        slow.runUntil(() -> b.sees(a).synced(), 10_000);
        assertThat(b.sees(a).records().size()).isEqualTo(2_000);
    }

    private static Pace pace(int bytesPerSecond) {
        Pace pace = Pace.DEFAULT;
        return new Pace(pace.tick(), pace.heartbeat(), pace.lease(), pace.minFull(), pace.maxFull(), bytesPerSecond);
    }

    @Test
    void theMoreHearItTheLessEachMaySay() {
        Network wide = new Network(3, pace(1024 * 1024));
        Host a = wide.join("a");
        IntStream.range(0, 30).forEach(i -> wide.join("other " + i));
        wide.run(5_000);
        long bytes = a.bytes;
        for (int tick = 0; tick < 100; tick++) {
            for (long key = 0; key < 500; key++) {
                a.conversation.records().publish(key, Bytes.of("value " + tick + " padded to some thirty bytes"));
            }
            wide.run(100);
        }

        // 16 KiB a tick is what each may always send; at four to five ticks a second.
        assertThat((a.bytes - bytes) / 10).isLessThan(6 * Pace.MIN_TICK_BYTES);
    }

    @Test
    void whatIsUrgentDoesNotWaitForTheTickNorPutsItOff() {
        Host a = network.join("a");
        Host b = network.join("b");
        network.run(1_000);
        a.conversation.records().publish(1, Bytes.of("in its turn"));
        network.runUntil(() -> b.sees(a).records().size() == 1, 110);
        network.run(60);

        a.conversation.records().publish(2, Bytes.of("urgent"));
        a.conversation.tick(true);
        network.run(2);
        a.conversation.records().publish(3, Bytes.of("in its turn"));
        assertThat(Bytes.map(b.sees(a).records())).containsOnlyKeys(1L, 2L);
        long millis = network.runUntil(() -> b.sees(a).records().size() == 3, 110);

        assertThat(millis).isLessThan(40);
    }

    @Test
    void whoHasNothingNewIsInNoHurry() {
        Host a = network.join("a");
        network.join("b");
        network.run(1_000);
        int messages = a.messages;

        a.conversation.tick(true);

        assertThat(a.messages).isEqualTo(messages);
    }

    @Test
    void howeverUrgentNoMoreIsSaidThanMayBe() {
        Network wide = new Network(3, pace(1024 * 1024));
        Host a = wide.join("a");
        IntStream.range(0, 30).forEach(i -> wide.join("other " + i));
        wide.run(5_000);
        long bytes = a.bytes;
        for (int hurry = 0; hurry < 500; hurry++) {
            for (long key = 0; key < 500; key++) {
                a.conversation.records().publish(key, Bytes.of("value " + hurry + " padded to some thirty bytes"));
            }
            a.conversation.tick(true);
            wide.run(20);
        }

        assertThat((a.bytes - bytes) / 10).isLessThan(6 * Pace.MIN_TICK_BYTES);
    }

    @Test
    void aDirectiveHoldsOnAllNodesAndTheLastWriterWins() {
        Host a = network.join("a");
        Host b = network.join("b");
        Host c = network.join("c");
        network.run(1_000);
        a.epochMillis = 5_000_000;
        a.conversation.write("drain/x", Bytes.of("by a"));
        network.run(200);

        // Its clock is behind; but it has seen what it overwrites.
        c.conversation.write("drain/x", Bytes.of("by c"));
        network.run(200);

        for (Host host : network.hosts) {
            assertThat(host.entries()).containsExactly(Map.entry("drain/x", "by c"));
        }
        b.conversation.remove("drain/x");
        network.run(200);
        for (Host host : network.hosts) {
            assertThat(host.entries()).isEmpty();
        }
    }

    @Test
    void directivesSurviveTheirAuthorAndAPartitionAndItsHealing() {
        Host a = network.join("a");
        Host b = network.join("b");
        Host c = network.join("c");
        network.run(1_000);
        a.conversation.write("of a", Bytes.of("1"));
        network.run(200);
        a.crash();
        c.side = 1;
        network.run(10_000);
        b.conversation.write("of b", Bytes.of("2"));
        b.epochMillis += 1;
        b.conversation.write("both", Bytes.of("later"));
        c.conversation.write("both", Bytes.of("earlier"));
        c.conversation.remove("of a");
        network.run(10_000);
        assertThat(b.entries()).isEqualTo(Map.of("of a", "1", "of b", "2", "both", "later"));
        assertThat(c.entries()).isEqualTo(Map.of("both", "earlier"));

        c.side = 0;
        network.runUntil(() -> b.entries().equals(c.entries()), 6_000);

        assertThat(b.entries()).isEqualTo(Map.of("of b", "2", "both", "later"));
        Host late = network.join("late");
        network.run(1_500);
        assertThat(late.entries()).isEqualTo(b.entries());
    }

    @Test
    void whatIsRemovedByANodeThatCouldNotHearOfItIsRemovedWhenThePartitionHeals() {
        Host a = network.join("a");
        Host b = network.join("b");
        b.side = 1;
        network.run(10_000);
        a.conversation.write("drain/x", Bytes.of("yes"));
        network.run(1_000);

        b.epochMillis += 1_000;
        b.conversation.remove("drain/x");
        network.run(1_000);
        assertThat(a.entries()).containsOnlyKeys("drain/x");
        b.side = 0;
        network.run(6_000);

        assertThat(a.entries()).isEmpty();
        assertThat(b.entries()).isEmpty();
    }

    @Test
    void aTombstoneGetsNoYoungerOnItsWay() {
        network.maxDelayNanos = 500 * Network.MILLI;
        Host a = network.join("a");
        network.join("b");
        network.run(1_000);
        a.conversation.write("drain/x", Bytes.of("yes"));
        network.run(1_000);
        a.conversation.remove("drain/x");
        long removedNanos = network.nowNanos + Pace.DEFAULT.tick().toNanos();
        List<Duration> younger = new ArrayList<>();
        network.tap = message -> entries(message)
                .forEach(entry -> younger.add(
                        Duration.ofNanos(network.nowNanos - removedNanos).minusSeconds(entry.removedSeconds())));

        for (int i = 0; i < 5; i++) {
            network.run(2_700);
            network.join("later " + i);
        }

        assertThat(younger)
                .hasSizeGreaterThan(10)
                .allSatisfy(by -> assertThat(by).isNegative());
    }

    private static List<Message.Told> entries(byte[] message) {
        try {
            return Wire.decode(message).entries();
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void hostileBytesAreCountedAndChangeNothing() {
        Host a = network.join("a");
        Host b = network.join("b");
        network.run(2_000);
        View before = b.conversation.view();
        byte[] otherVersion = message(a, 1_000_000, 1);
        otherVersion[4] = 2;

        b.hear(new byte[0]);
        b.hear(new byte[1_000_000]);
        b.hear(otherVersion);

        assertThat(b.stats().dropped(Drop.MALFORMED)).isEqualTo(2);
        assertThat(b.stats().dropped(Drop.OTHER_VERSION)).isEqualTo(1);
        assertThat(b.conversation.view()).isSameAs(before);
    }

    @Test
    void nobodyCanMakeItRememberMoreNodesThanThereMayBe() {
        Host b = network.join("b");
        for (int i = 0; i < Neighbours.MAX_NODES + 10; i++) {
            b.hear(Wire.encode(WireTest.message(new Identity(new UUID(9, i), "n" + i, 1), 1)));
        }

        assertThat(b.conversation.view().nodes()).hasSize(Neighbours.MAX_NODES);
        assertThat(b.stats().dropped(Drop.TOO_MANY_NODES)).isEqualTo(10);
    }

    private static byte[] message(Host from, long sequence, long incarnation) {
        return message(from, sequence, incarnation, Map.of());
    }

    private static byte[] message(Host from, long sequence, long incarnation, Map<Long, String> changed) {
        Identity identity = new Identity(from.identity.id(), from.identity.name(), incarnation);
        Message plain = WireTest.message(identity, sequence);
        return Wire.encode(new Message(
                identity,
                sequence,
                0,
                250,
                5_000,
                Message.Parting.STAYS,
                plain.wanted(),
                null,
                Bytes.records(changed),
                Message.NO_KEYS,
                plain.entries()));
    }
}
