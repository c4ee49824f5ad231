package dev.weir.balancer.failure;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RetryClassTest {
    @ParameterizedTest
    @CsvSource({
        "QUEUE,              0,    0,    false,   R0",
        "CONNECT,            0,    0,    false,   R0",
        "REQUEST,            0,    0,    false,   R0",
        "REQUEST,            1,    0,    false,   R1",
        "REQUEST,          100,   12,    false,   R2",
        "RESPONSE_HEAD,    100,    0,    false,   R1",
        "RESPONSE_HEAD,    100,    1,    false,   R2",
        "RESPONSE_BODY,    100,  500,    false,   R2",
        "RESPONSE_BODY,    100,  500,    true,    R3",
    })
    void theClassSaysHowFarTheAttemptWent(Phase phase, long written, long read, boolean sent, RetryClass expected) {
        assertThat(RetryClass.of(phase, written, read, sent)).isEqualTo(expected);
    }

    @Property
    void onceTheClientHasGotSomethingItIsTooLate(@ForAll Phase phase, @ForAll long written, @ForAll long read) {
        assertThat(RetryClass.of(phase, written, read, true)).isEqualTo(RetryClass.R3);
    }

    @Property
    void whateverGoesFurtherIsNeverSafer(
            @ForAll Phase phase,
            @ForAll @LongRange(min = 0, max = 9) long written,
            @ForAll @LongRange(min = 0, max = 9) long read,
            @ForAll boolean sent) {
        RetryClass now = RetryClass.of(phase, written, read, sent);
        assertThat(RetryClass.of(phase, written + 1, read, sent)).isGreaterThanOrEqualTo(now);
        assertThat(RetryClass.of(phase, written, read + 1, sent)).isGreaterThanOrEqualTo(now);
        assertThat(RetryClass.of(phase, written, read, true)).isGreaterThanOrEqualTo(now);
    }

    @ParameterizedTest
    @CsvSource({
        "R0, true, true", "R0, false, true",
        "R1, true, true", "R1, false, false",
        "R2, true, true", "R2, false, false",
        "R3, true, false", "R3, false, false",
    })
    void onlyWhatWasNotProcessedOrMayBeRepeatedIsTriedAgain(RetryClass retry, boolean repeatable, boolean allowed) {
        assertThat(retry.allows(repeatable)).isEqualTo(allowed);
    }
}
