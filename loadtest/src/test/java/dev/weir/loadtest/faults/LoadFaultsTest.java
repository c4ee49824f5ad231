package dev.weir.loadtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weir.loadtest.faults.RawConnection.End;
import dev.weir.loadtest.faults.RawConnection.Rest;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoadFaultsTest {
    @Test
    void aColdServerAnswers503UntilItIsWarmAndIsColdAgainOnceBroken() throws Exception {
        AtomicLong nanoTime = new AtomicLong(-5);
        Settings settings = Settings.DEFAULT.withNanoClock(nanoTime::get);
        try (FaultServer server = FaultServer.start(Faults.get("cold-start"), settings);
                RawConnection connection = RawConnection.to(server)) {
            nanoTime.addAndGet(Duration.ofSeconds(30).toNanos() - 1);
            assertThat(connection.get().readResponse()).startsWith("HTTP/1.1 503 ");

            nanoTime.incrementAndGet();
            assertThat(connection.get().readResponse()).startsWith("HTTP/1.1 200 ");

            server.breakAgain();
            assertThat(connection.get().readResponse()).startsWith("HTTP/1.1 503 ");
        }
    }

    @Test
    void aServerThatStopsListeningServesTheConnectionsThatItHas() throws Exception {
        try (FaultServer server = FaultsOnTheWireTest.quick("stops-listening");
                RawConnection connection = RawConnection.to(server)) {
            assertThat(connection.get().readResponse()).contains(" 200 ");
            assertThat(connection.get().readResponse()).contains(" 200 ");
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> RawConnection.to(server));

            server.breakAgain();
            RawConnection.to(server).close();
        }
    }

    @Test
    void aServerThatDiesTakesAllItsConnectionsAlong() throws Exception {
        try (FaultServer server = FaultsOnTheWireTest.quick("dies-after-response");
                RawConnection bystander = RawConnection.to(server);
                RawConnection connection = RawConnection.to(server)) {
            assertThat(server.awaitConnections(2, Duration.ofSeconds(20))).isTrue();

            assertThat(connection.get().readResponse()).contains(" 200 ");

            assertThat(connection.readAll()).isEqualTo(new Rest("", End.RST));
            assertThat(bystander.readAll()).isEqualTo(new Rest("", End.RST));
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> RawConnection.to(server));
        }
    }

    @Test
    void aServerOfOneRequestAtATimeTurnsTheSecondOneAway() throws Exception {
        Settings.Pace pace = Settings.Pace.DEFAULT.withSlow(Duration.ofMinutes(1));
        try (FaultServer server = FaultServer.start(Faults.get("one-at-a-time"), Settings.DEFAULT.withPace(pace));
                RawConnection first = RawConnection.to(server);
                RawConnection second = RawConnection.to(server)) {
            first.get();
            assertThat(server.awaitRequests(1, Duration.ofSeconds(20))).isTrue();

            assertThat(second.get().readResponse()).startsWith("HTTP/1.1 503 ").endsWith("busy\n");
        }
    }

    @Test
    void aSlowServerOfOneRequestAtATimeAnswersThatOne() throws Exception {
        try (FaultServer server = FaultsOnTheWireTest.quick("one-at-a-time");
                RawConnection connection = RawConnection.to(server)) {
            assertThat(connection.get().readResponse()).isEqualTo(FaultsOnTheWireTest.well("one-at-a-time", ""));
        }
    }
}
