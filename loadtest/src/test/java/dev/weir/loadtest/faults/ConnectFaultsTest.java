package dev.weir.loadtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weir.loadtest.faults.RawConnection.End;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectFaultsTest {
    @Test
    void aPortThatRefusesCanBeOpenedAndClosedAgainWithItsConnections() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("refuse"))) {
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> RawConnection.to(server));

            server.heal();
            try (RawConnection connection = RawConnection.to(server)) {
                assertThat(connection.get().readResponse()).endsWith("refuse is well\n");

                server.breakAgain();
                assertThat(connection.readAll().end()).isEqualTo(End.RST);
            }
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> RawConnection.to(server));
        }
    }

    @Test
    void aServerThatListensElsewhereRefusesWhereItIsExpected() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("listens-elsewhere"))) {
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> RawConnection.to(server));
            try (RawConnection connection = new RawConnection("127.0.0.2", server.port())) {
                assertThat(connection.get().readResponse()).contains(" 200 ");
            }
        }
    }

    @Test
    void aFullAcceptQueueLeavesWhoeverConnectsWithoutAnAnswerUntilItIsHealed() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("accept-queue-full"))) {
            assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(server.host(), server.port()), 300);
                }
            });

            server.heal();
            try (RawConnection connection = RawConnection.to(server)) {
                assertThat(connection.get().readResponse()).contains(" 200 ");
                server.breakAgain();
                assertThat(connection.get().readResponse())
                        .as("on a connection from before")
                        .contains(" 200 ");
            }
        }
    }

    @Test
    void localhostAnswersByIPv4Only() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("localhost-ipv4-only"))) {
            assertThat(server.url()).isEqualTo("http://localhost:" + server.port());
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> new RawConnection("::1", server.port()));
            try (RawConnection connection = new RawConnection("127.0.0.1", server.port())) {
                assertThat(connection.get().readResponse()).contains(" 200 ");
            }
        }
    }

    @Test
    void whatAcceptsAndHangsUpSaysNothing() throws Exception {
        ends("close-on-accept", End.FIN, "");
        ends("reset-on-accept", End.RST, "");
        ends("reset-after-accept", End.RST, "");
    }

    @Test
    void aServerThatExpectsTlsAnswersPlainTextWithAnAlert() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("tls-expected"));
                RawConnection connection = RawConnection.to(server)) {
            assertThat(connection.get().readAll())
                    .isEqualTo(new RawConnection.Rest("\u0015\u0003\u0003\0\u0002\u0002\n", End.FIN));
        }
    }

    @Test
    void aFriendlyServerThatExpectsTlsSaysSo() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("tls-expected-says-400"));
                RawConnection connection = RawConnection.to(server)) {
            assertThat(connection.get().readResponse())
                    .startsWith("HTTP/1.1 400 ")
                    .endsWith("\r\n\r\nThe plain HTTP request was sent to HTTPS port");
        }
    }

    @Test
    void aServerThatExpectsHttp2AnswersHttp1WithItsFrames() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("http2-expected"));
                RawConnection connection = RawConnection.to(server)) {
            RawConnection.Rest rest = connection.get().readAll();

            assertThat(rest.bytes()).startsWith("\0\0\0\u0004").hasSize(9 + 9 + 8);
            assertThat(rest.end()).isEqualTo(End.FIN);
        }
    }

    private static void ends(String id, End end, String bytes) throws IOException {
        try (FaultServer server = FaultServer.start(
                        Faults.get(id),
                        Settings.DEFAULT.withPace(Settings.Pace.DEFAULT.withPause(Duration.ofMillis(1))));
                RawConnection connection = RawConnection.to(server)) {
            assertThat(connection.readAll()).as(id).isEqualTo(new RawConnection.Rest(bytes, end));
        }
    }
}
