package dev.weir.loadtest.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.loadtest.process.MeasurementException;
import org.junit.jupiter.api.Test;

class BackendsTest {
    @Test
    void readsTheCountersOfStubStatus() {
        String page = """
                Active connections: 3\s
                server accepts handled requests
                 130 129 244783\s
                Reading: 0 Writing: 1 Waiting: 2\s
                """;

        assertThat(Backends.Counters.parse(page)).isEqualTo(new Backends.Counters(130, 244_783));
    }

    @Test
    void showsAPageThatHasNoCounters() {
        assertThatThrownBy(() -> Backends.Counters.parse("404 Not Found"))
                .isInstanceOf(MeasurementException.class)
                .hasMessageContaining("404 Not Found");
    }
}
