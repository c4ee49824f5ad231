package dev.weir.balancer.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A backend may take its time at each step; the whole examination ends nevertheless. */
final class DoctorDeadlineTest {
    private static final Duration WHOLE = Duration.ofMillis(300);

    @Test
    void whatIsUnderWayWhenTheTimeIsOverIsGivenUpAndWhatFollowsLeftOut() {
        try (RawServer stalling = RawServer.doing(socket -> {
            RawServer.requestHead(socket);
            RawServer.send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
            RawServer.hold(socket);
        })) {
            Report report = Examine.url("http://127.0.0.1:" + stalling.port())
                    .whole(WHOLE)
                    .report();

            assertThat(report.severity()).isEqualTo(Severity.PROBLEM);
            assertThat(Examine.complaints(report)).containsExactly("http/out-of-time");
            assertThat(Examine.finding(report, Stage.HTTP, "out-of-time").text())
                    .startsWith("The examination's 300 ms were over before this stage had ended");
            assertThat(Examine.stage(report, Stage.CONNECT).severity()).isEqualTo(Severity.OK);
            assertThat(Examine.stage(report, Stage.LATENCY).skipped()).isEqualTo("the time was over");
            assertThat(report.took()).isLessThan(Duration.ofSeconds(4)); // one step may take 5 s
        }
    }

    @Test
    void aNameServerThatIsSilentTakesNoLongerEither() {
        try (FakeDns silent = FakeDns.silent()) {
            Report report = Examine.url("http://shop.test")
                    .resolver(silent.port())
                    .whole(WHOLE)
                    .report();
            assertThat(Examine.complaints(report)).containsExactly("name/out-of-time");
            assertThat(report.took()).isLessThan(Duration.ofSeconds(4));
        }
    }
}
