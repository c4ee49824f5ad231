package dev.weir.balancer.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class IncidentIdTest {
    /** Until the year 3058. */
    private static final long LAST = (1L << 35) * 1_000 - 1;

    @Property
    void anIdIsSixteenCharactersThatNobodyMisreads(
            @ForAll long seed, @ForAll @LongRange(min = 0, max = LAST) long epochMillis) {
        assertThat(IncidentId.create(new SplittableRandom(seed), epochMillis)).matches("[0-9A-HJKMNP-TV-Z]{16}");
    }

    @Property
    void idsSortByTheSecond(@ForAll long seed, @ForAll @LongRange(min = 0, max = LAST - 1_000) long epochMillis) {
        SplittableRandom random = new SplittableRandom(seed);
        String earlier = IncidentId.create(random, epochMillis);
        assertThat(IncidentId.create(random, epochMillis + 1_000)).isGreaterThan(earlier);
    }

    @Test
    void isReadInAnyCaseAndWithLettersTakenForDigits() {
        assertThat(IncidentId.parse("ing0c9m2x3l7rkte")).isEqualTo("1NG0C9M2X317RKTE");
        assertThat(IncidentId.parse("1NGOC9M2X317RKTE")).isEqualTo("1NG0C9M2X317RKTE");
    }

    @Test
    void nothingElseIsTakenForOne() {
        for (String other :
                new String[] {"", "1NG0C9M2X317RKT", "1NG0C9M2X317RKTEE", "1NG0C9M2X317RKTU", "1NG0 9M2X317RKTE"}) {
            assertThat(IncidentId.parse(other)).as(other).isNull();
        }
    }

    @Test
    void whatIsCreatedIsReadAsItself() {
        String id = IncidentId.create(new java.util.SplittableRandom(7), 1_763_636_073_000L);
        assertThat(IncidentId.parse(id)).isEqualTo(id);
    }

    @Test
    void idsOfOneSecondDiffer() {
        SplittableRandom random = new SplittableRandom(7);
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            ids.add(IncidentId.create(random, 1_800_000_000_000L));
        }
        assertThat(ids).hasSize(10_000);
    }
}
