package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SingleNodeTest {
    private final AtomicInteger clock = new AtomicInteger();
    private final Identity self = new Identity(new UUID(1, 2), "alone", 1);
    private final SingleNode node = new SingleNode(self, clock::incrementAndGet, () -> 1_000);

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void aNodeAloneSeesNobody() {
        assertThat(node.view().nodes()).isEmpty();
        assertThat(node.view().self()).isEqualTo(self);
        assertThat(node.view().present()).isEqualTo(1);
        assertThat(node.stats().connected()).isFalse();
    }

    @Test
    void whatItWritesHolds() {
        node.write("drain/a", new byte[] {1});

        Entry entry = Await.until(() -> entry("drain/a"), "the entry");
        assertThat(entry.value()).containsExactly(1);
        assertThat(entry.author()).isEqualTo(self.id());
    }

    @Test
    void eachWriteHasAHigherVersionThoughTheClockStands() {
        node.write("a", new byte[] {1});
        Entry first = Await.until(() -> entry("a"), "the first");
        node.write("a", new byte[] {2});

        Await.untilTrue(() -> entry("a").value()[0] == 2, "the second");
        assertThat(entry("a").version()).isGreaterThan(first.version());
    }

    @Test
    void whatIsRemovedIsGone() {
        node.write("a", new byte[0]);
        Await.until(() -> entry("a"), "the entry");
        node.remove("a");
        node.remove("never written");

        Await.untilTrue(() -> node.view().entries().isEmpty(), "its end");
    }

    private @Nullable Entry entry(String name) {
        return node.view().entries().get(name);
    }

    @Test
    void listenersHearOfThePresentAndOfChangesAlthoughOneFails() {
        var heard = new CopyOnWriteArrayList<View>();
        node.listen(view -> {
            throw new IllegalStateException("on purpose");
        });
        node.listen(heard::add);
        Await.untilTrue(() -> !heard.isEmpty(), "the present view");

        node.write("a", new byte[] {1});

        Await.untilTrue(() -> heard.getLast().entries().containsKey("a"), "the change");
    }

    @Test
    void whatIsTooLongIsRefusedWithItsName() {
        assertThatThrownBy(() -> node.write("", new byte[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: 1 to 512");
        assertThatThrownBy(() -> node.write("drain/a", new byte[Cluster.MAX_ENTRY_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4097 bytes (expected: at most 4096)");
        assertThatThrownBy(() -> node.publish(1, new byte[Cluster.MAX_RECORD_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1025 bytes (expected: at most 1024)");
    }

    @Test
    void oneEntryTooManyIsRefusedAndTheOthersHold() {
        for (int i = 0; i < Cluster.MAX_ENTRIES; i++) {
            node.write("entry " + i, new byte[0]);
        }

        assertThatThrownBy(() -> node.write("one more", new byte[0]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("remove some first");
        node.write("entry 0", new byte[] {1});
        Await.untilTrue(() -> entry("entry 0").value().length == 1, "another value");
        assertThat(node.view().entries()).hasSize(Cluster.MAX_ENTRIES);
    }
}
