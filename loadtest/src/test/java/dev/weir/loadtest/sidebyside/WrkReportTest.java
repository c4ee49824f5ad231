package dev.weir.loadtest.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.loadtest.process.MeasurementException;
import org.junit.jupiter.api.Test;

class WrkReportTest {
    private static final String GOOD = """
            Running 4s test @ http://127.0.0.1:18002/
              1 threads and 64 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency     1.01ms  384.00us   9.60ms   94.88%
                Req/Sec    61.54k     5.11k   65.70k    77.50%
              Latency Distribution
                 50%  960.00us
                 75%    1.08ms
                 90%    1.21ms
                 99%    1.85s
              244783 requests in 4.02s, 59.06MB read
            Requests/sec:  61170.14
            Transfer/sec:     14.76MB
            """;

    @Test
    void readsCountTimeAndPercentilesInTheirUnits() {
        WrkReport report = WrkReport.parse(GOOD);

        assertThat(report.requests()).isEqualTo(244_783);
        assertThat(report.seconds()).isCloseTo(4.02, within(1e-9));
        assertThat(report.p50Millis()).isCloseTo(0.96, within(1e-9));
        assertThat(report.p99Millis()).isCloseTo(1850, within(1e-9));
        assertThat(report.complaints()).isEmpty();
    }

    @Test
    void readsMinutes() {
        WrkReport report = WrkReport.parse(GOOD.replace("in 4.02s", "in 1.50m"));

        assertThat(report.seconds()).isCloseTo(90, within(1e-9));
    }

    @Test
    void keepsComplaintsAboutSocketsAndStatuses() {
        WrkReport report = WrkReport.parse(GOOD.replace("Requests/sec", """
                  Socket errors: connect 0, read 3, write 0, timeout 2
                  Non-2xx or 3xx responses: 17
                Requests/sec"""));

        assertThat(report.complaints())
                .isEqualTo("Socket errors: connect 0, read 3, write 0, timeout 2; Non-2xx or 3xx responses: 17");
    }

    @Test
    void showsWhatItCouldNotRead() {
        assertThatThrownBy(() -> WrkReport.parse("unable to connect to 127.0.0.1:1 Connection refused"))
                .isInstanceOf(MeasurementException.class)
                .hasMessageContaining("Connection refused");
    }
}
