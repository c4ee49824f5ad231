package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class UtcTimestampTest {
    private static final DateTimeFormatter JDK =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final String SEED = "20251120";
    private static final long YEAR_ZERO = -62_167_219_200_000L;
    private static final long END_OF_9999 = 253_402_300_799_999L;

    private final UtcTimestamp timestamp = new UtcTimestamp();

    @Property(seed = SEED)
    void everyTimeIsAsTheJdkFormatsIt(@ForAll @LongRange(min = YEAR_ZERO, max = END_OF_9999) long millis) {
        assertThat(at(millis)).isEqualTo(jdk(millis));
    }

    @Property(seed = SEED)
    void aSmallStepFromAnyTimeIsRightToo(
            @ForAll @LongRange(min = YEAR_ZERO, max = END_OF_9999 - 100_000_000) long millis,
            @ForAll @LongRange(max = 100_000_000) long step) {
        timestamp.at(millis);

        assertThat(at(millis + step)).isEqualTo(jdk(millis + step));
    }

    @Test
    void theTurnsOfLeapYearsAreRight() {
        for (String time : new String[] {
            "1999-12-31T23:59:59.999Z",
            "2000-02-29T00:00:00.000Z",
            "2000-03-01T00:00:00.000Z",
            "2023-02-28T23:59:59.999Z",
            "2024-02-29T12:34:56.789Z",
            "2100-02-28T23:59:59.999Z",
            "2100-03-01T00:00:00.000Z"
        }) {
            assertThat(at(Instant.parse(time).toEpochMilli())).isEqualTo(time);
        }
    }

    private String at(long millis) {
        return new String(timestamp.at(millis), StandardCharsets.US_ASCII);
    }

    private static String jdk(long millis) {
        return JDK.format(Instant.ofEpochMilli(millis));
    }
}
