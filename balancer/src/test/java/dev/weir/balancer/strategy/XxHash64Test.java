package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XxHash64Test {
    /** As printed by xxh64sum of the reference implementation. */
    @ParameterizedTest
    @CsvSource({
        "'', ef46db3751d8e999",
        "a, d24ec4f1a98c6e5b",
        "as, 1c330fb2d66be179",
        "asd, 631c37ce72a97393",
        "asdf, 415872f599cea71e",
        "10.0.0.1:8080, cb972177068eb685",
        "0123456789abcdef0123456789abcdef, 642a94958e71e6c5",
        "Nobody inspects the spammish repetition, fbcea83c8a378bf1",
        "Call me Ishmael. Some years ago--never mind how long precisely-, 02a2e85470d6fd96",
    })
    void hashesAreThoseOfTheReference(String text, String hash) {
        assertThat(XxHash64.of(text, 0)).isEqualTo(Long.parseUnsignedLong(hash, 16));
    }

    @Property
    void aRangeHashesAsIfItWereCutOut(
            @ForAll @CharRange(from = 0, to = 255) @StringLength(max = 80) String text,
            @ForAll @CharRange(from = 0, to = 255) @StringLength(max = 20) String around,
            @ForAll long seed) {
        CharSequence whole = around + text + around;
        int start = around.length();
        assertThat(XxHash64.of(whole, start, start + text.length(), seed)).isEqualTo(XxHash64.of(text, seed));
    }

    @Test
    void everyBitOfTheInputChangesHalfTheBitsOfTheHash() {
        String text = "192.168.100.200";
        long hash = XxHash64.of(text, 0);
        double changed = 0;
        int flips = 0;
        for (int i = 0; i < text.length(); i++) {
            for (int bit = 0; bit < 8; bit++, flips++) {
                StringBuilder other = new StringBuilder(text);
                other.setCharAt(i, (char) (text.charAt(i) ^ 1 << bit));
                changed += Long.bitCount(hash ^ XxHash64.of(other, 0));
            }
        }
        assertThat(changed / flips).isCloseTo(32, within(1.5));
    }
}
