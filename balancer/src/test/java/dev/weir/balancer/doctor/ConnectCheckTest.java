package dev.weir.balancer.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class ConnectCheckTest {
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    @Test
    void aPortThatNobodyListensOnRefuses() throws IOException {
        int port = freePort();
        Report report = Examine.http(port);
        assertThat(Examine.complaints(report)).containsExactly("connect/connection-refused");
        assertThat(report.verdict())
                .startsWith("1 problem: 127.0.0.1:" + port + " refused the connection after ")
                .endsWith("nothing listens there, or a firewall rejects.");
        assertThat(Examine.stage(report, Stage.HTTP).skipped()).isEqualTo("there is no connection");
        assertThat(report.requests()).isZero();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whoListensOnAnotherAddressOfThisHostIsNamed() {
        try (RawServer server = RawServer.on("127.0.0.2", RawServer::hold)) {
            Report report = Examine.http(server.port());
            assertThat(Examine.finding(report, Stage.CONNECT, "connection-refused")
                            .advice())
                    .contains("listened on at 127.0.0.2 only");
        }
    }

    /** The queue takes one more than its backlog says. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullAcceptQueueIsToldFromADeadPort() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            Report report = Examine.url("http://127.0.0.1:" + listener.getLocalPort())
                    .timeout(Duration.ofMillis(300))
                    .report();
            assertThat(Examine.complaints(report)).containsExactly("connect/accept-queue-full");
            assertThat(report.verdict()).contains("stood, the next one did not", "It is up, but accepts no new ones");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aQueueThatWasFullBeforeIsSeenByItsLengthOnTheSameHost() throws IOException {
        List<SocketChannel> fill = new ArrayList<>();
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            for (int i = 0; i < 4; i++) {
                SocketChannel waiting = SocketChannel.open();
                fill.add(waiting);
                waiting.configureBlocking(false);
                waiting.connect(listener.getLocalSocketAddress());
            }
            Report report = Examine.url("http://127.0.0.1:" + listener.getLocalPort())
                    .timeout(Duration.ofMillis(200))
                    .report();
            assertThat(Examine.complaints(report)).containsExactly("connect/accept-queue-full");
            assertThat(report.verdict()).contains("did not answer within", "connections wait there to be accepted");
        } finally {
            for (SocketChannel waiting : fill) {
                waiting.close();
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void listenersOfThisHostAreRead() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            assertThat(new LocalListeners(Path.of("/proc/net")).on(listener.getLocalPort()))
                    .extracting(LocalListeners.Listener::address)
                    .containsExactly(InetAddress.ofLiteral("127.0.0.1"));
        }
        assertThat(new LocalListeners(Path.of("/nowhere")).on(80)).isEmpty();
    }
}
