package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeepAliveFieldTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timeout=5|5|-1",
                "timeout=5, max=100|5|100",
                "max=100,timeout=5|5|100",
                "Timeout = 15 ; x, MAX=3|15|3",
                "timeout=0|0|-1",
                "timeout=99999999999999999999|1000000000|-1",
                "max=99999999999999999999|-1|1000000000",
                "''|-1|-1",
                "timeout|-1|-1",
                "timeout=|-1|-1",
                "timeout=-5|-1|-1",
                "timeouts=5|-1|-1",
                "x=timeout=5|-1|-1",
                "300|-1|-1",
                ",,=,|-1|-1"
            })
    void bothParametersAreFoundAndNothingElse(String field, int seconds, int max) {
        assertThat(KeepAliveField.timeoutNanos(field))
                .isEqualTo(seconds < 0 ? Long.MAX_VALUE : TimeUnit.SECONDS.toNanos(seconds));
        assertThat(KeepAliveField.max(field)).isEqualTo(max < 0 ? Integer.MAX_VALUE : max);
    }
}
