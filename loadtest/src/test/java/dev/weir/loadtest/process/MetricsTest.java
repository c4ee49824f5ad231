package dev.weir.loadtest.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final Metrics METRICS = Metrics.of("""
            # TYPE weir_queued_requests gauge
            weir_queued_requests{pool="a"} 1.0
            weir_queued_requests{pool="b"} 2.0
            """);

    @Test
    void samplesAreSummedUp() {
        assertThat(METRICS.sum("weir_queued_requests")).isEqualTo(3);
        assertThat(METRICS.sum("weir_queued_requests", "pool=\"b\"")).isEqualTo(2);
    }

    @Test
    void aMeterThatIsNotThereIsNotZero() {
        assertThatThrownBy(() -> METRICS.sum("weir_client_connections"))
                .hasMessage("no sample of weir_client_connections with []");
        assertThatThrownBy(() -> METRICS.sum("weir_queued_requests", "pool=\"c\""))
                .hasMessageContaining("pool=\"c\"");
    }
}
