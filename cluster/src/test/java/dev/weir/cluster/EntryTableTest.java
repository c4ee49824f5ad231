package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.EntryTable.Cell;
import dev.weir.cluster.EntryTable.Merge;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class EntryTableTest {
    private static final UUID SELF = new UUID(0, 1);
    private static final UUID OTHER = new UUID(0, 2);
    private final AtomicLong epochMillis = new AtomicLong(1_000);
    private final EntryTable table = new EntryTable(SELF, epochMillis::get);

    private record Told(String name, Cell cell) {}

    @Property(tries = 500)
    void tablesThatWereToldTheSameHoldTheSame(@ForAll long seed) {
        Random random = new Random(seed);
        List<Told> told = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte[] value = random.nextInt(3) == 0 ? null : new byte[] {(byte) random.nextInt(3)};
            Cell cell = new Cell(value, random.nextInt(4), new UUID(0, random.nextInt(3)), 0);
            told.add(new Told("entry " + random.nextInt(3), cell));
        }
        EntryTable one = tell(told);
        Collections.shuffle(told, random);
        told.addAll(told.subList(0, 10));
        EntryTable other = tell(told);

        assertThat(other.names()).isEqualTo(one.names());
        assertThat(other.names()).allSatisfy(name -> {
            assertThat(other.get(name).isAfter(one.get(name))).isFalse();
            assertThat(one.get(name).isAfter(other.get(name))).isFalse();
        });
    }

    private static EntryTable tell(List<Told> told) {
        EntryTable table = new EntryTable(SELF, () -> 0);
        told.forEach(each -> table.merge(each.name, each.cell, 0));
        return table;
    }

    @Test
    void aWriteBeatsAllThatItsWriterKnewWhateverTheClocksSay() {
        table.merge("x", new Cell(Bytes.of("from the future"), 9_000_000, OTHER, 0), 0);

        table.write("x", Bytes.of("mine"), 0);

        assertThat(Bytes.text(table.live().get("x").value())).isEqualTo("mine");
        assertThat(table.live().get("x").version()).isGreaterThan(9_000_000);
    }

    @Test
    void aVersionThatNothingCouldFollowIsRefused() {
        Cell last = new Cell(Bytes.of("forever"), Long.MAX_VALUE, OTHER, 0);

        assertThat(table.merge("x", last, 0)).isEqualTo(Merge.NO_ROOM);
        table.write("x", Bytes.of("mine"), 0);

        assertThat(Bytes.text(table.live().get("x").value())).isEqualTo("mine");
    }

    @Test
    void whatWasRemovedDoesNotComeBackFromWhoDidNotHear() {
        Cell old = new Cell(Bytes.of("old"), 500, OTHER, 0);
        table.merge("x", old, 0);
        assertThat(table.remove("x", 0)).isTrue();

        assertThat(table.merge("x", old, 1)).isEqualTo(Merge.KNOWN);

        assertThat(table.live()).isEmpty();
    }

    @Test
    void whatIsRemovedBeforeItIsKnownStaysAwayWhenWhoWroteItEarlierTells() {
        assertThat(table.remove("x", 0)).isTrue();

        assertThat(table.merge("x", new Cell(Bytes.of("written before"), 999, OTHER, 0), 1))
                .isEqualTo(Merge.KNOWN);
        assertThat(table.merge("x", new Cell(Bytes.of("written later"), 1_001, OTHER, 0), 1))
                .isEqualTo(Merge.NEWS);
    }

    @Test
    void whatIsRemovedAgainIsRemovedByTheLaterWord() {
        table.remove("x", 0);
        epochMillis.set(3_000);
        table.remove("x", 1);

        assertThat(table.merge("x", new Cell(Bytes.of("written between"), 2_000, OTHER, 0), 2))
                .isEqualTo(Merge.KNOWN);
    }

    @Test
    void tombstonesAreForgottenByTheirAgeAndNotTakenFromOthersThen() {
        table.write("x", Bytes.of("yes"), 0);
        table.remove("x", 0);
        Cell tombstone = table.get("x");

        table.expire(EntryTable.TOMBSTONE_NANOS - 1);
        assertThat(table.names()).containsExactly("x");
        table.expire(EntryTable.TOMBSTONE_NANOS);
        table.merge("x", tombstone, EntryTable.TOMBSTONE_NANOS);

        assertThat(table.names()).isEmpty();
    }

    @Test
    void whenThereIsNoRoomTheOldestTombstoneGivesWay() {
        for (int i = 0; i < Cluster.MAX_ENTRIES; i++) {
            table.write("entry " + i, new byte[0], 0);
        }
        assertThat(table.write("one more", new byte[0], 0)).isFalse();
        table.remove("entry 7", 1);
        table.remove("entry 8", 2);

        assertThat(table.write("one more", new byte[0], 3)).isTrue();

        assertThat(table.get("entry 7")).isNull();
        assertThat(table.get("entry 8")).isNotNull();
    }

    @Test
    void whenThereIsNoRoomNothingGivesWayToTheTombstoneOfWhatIsNotKnown() {
        for (int i = 0; i < Cluster.MAX_ENTRIES; i++) {
            table.write("entry " + i, new byte[0], 0);
        }
        table.remove("entry 7", 1);

        assertThat(table.merge("another", new Cell(null, 2_000, OTHER, 2), 3)).isEqualTo(Merge.KNOWN);

        assertThat(table.get("entry 7")).isNotNull();
    }
}
