package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Against a map that is changed in the same way. */
final class RecordsPropertyTest {

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void theChangedReplaceWhatWasAndTheRemovedGo(
            @ForAll("maps") Map<Long, String> before,
            @ForAll("maps") Map<Long, String> changed,
            @ForAll("keys") Set<Long> removed) {
        Map<Long, String> expected = new TreeMap<>(before);
        expected.keySet().removeAll(removed);
        expected.putAll(changed);
        Records old = Bytes.records(before);

        Records after = old.with(Bytes.records(changed), sorted(removed));

        assertThat(Bytes.map(after)).isEqualTo(expected);
        assertThat(Bytes.map(old)).isEqualTo(before);
        assertThat(after == old)
                .isEqualTo(expected.equals(before) && !before.keySet().stream().anyMatch(removed::contains));
        assertThat(expected)
                .allSatisfy((key, value) -> assertThat(after.get(key)).isEqualTo(Bytes.of(value)));
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void aRangeHoldsExactlyWhatItWasToldToHold(
            @ForAll("maps") Map<Long, String> before,
            @ForAll("maps") Map<Long, String> told,
            @ForAll("bounds") long one,
            @ForAll("bounds") long other) {
        long first = Math.min(one, other);
        long last = Math.max(one, other);
        TreeMap<Long, String> within = new TreeMap<>(new TreeMap<>(told).subMap(first, true, last, true));
        TreeMap<Long, String> expected = new TreeMap<>(before);
        expected.subMap(first, true, last, true).clear();
        expected.putAll(within);
        Records old = Bytes.records(before);

        Records after = old.withRange(first, last, Bytes.records(within));

        assertThat(Bytes.map(after)).isEqualTo(expected);
        assertThat(after == old).isEqualTo(expected.equals(before));
    }

    private static long[] sorted(Set<Long> keys) {
        return keys.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    /** Few, so that they meet, and the ends. */
    @Provide
    Arbitrary<Long> bounds() {
        return Arbitraries.oneOf(
                Arbitraries.longs().between(-8, 8), Arbitraries.of(Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 1));
    }

    @Provide
    Arbitrary<Set<Long>> keys() {
        return bounds().set().ofMaxSize(5);
    }

    @Provide
    Arbitrary<Map<Long, String>> maps() {
        return Arbitraries.maps(bounds(), Arbitraries.of("a", "b")).ofMaxSize(12);
    }
}
