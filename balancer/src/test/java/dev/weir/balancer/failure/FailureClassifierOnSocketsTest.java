package dev.weir.balancer.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.weir.balancer.ClosedPort;
import dev.weir.balancer.failure.Client.Transport;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each transport really throws. On Linux, whose error numbers and queues these are. */
@EnabledOnOs(OS.LINUX)
final class FailureClassifierOnSocketsTest {
    @ParameterizedTest
    @EnumSource
    void aPortThatNobodyListensOnRefuses(Transport transport) throws Exception {
        try (Client client = client(transport)) {
            assertThat(connect(client, closedPort())).isEqualTo(ProxyError.CONNECTION_REFUSED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFullAcceptQueueIsAConnectionTimeout(Transport transport) throws Exception {
        try (Client client = client(transport);
                ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<SocketChannel> fill = new ArrayList<>();
            try {
                for (int i = 0; i < 4; i++) { // the queue takes one more than it says; the rest wait like we shall
                    SocketChannel waiting = SocketChannel.open();
                    fill.add(waiting);
                    waiting.configureBlocking(false);
                    waiting.connect(server.getLocalSocketAddress());
                }
                assertThat(classify(client.connect(address(server), null, 300)))
                        .isEqualTo(ProxyError.CONNECTION_TIMEOUT);
            } finally {
                for (SocketChannel waiting : fill) {
                    waiting.close();
                }
            }
        }
    }

    /** TCP to a multicast address is ENETUNREACH in every network ({@code tcp_v4_connect}). */
    @ParameterizedTest
    @EnumSource
    void anAddressWithoutARouteIsUnroutable(Transport transport) throws Exception {
        try (Client client = client(transport)) {
            assertThat(connect(client, new InetSocketAddress("224.0.0.1", 80)))
                    .isEqualTo(ProxyError.DESTINATION_IP_UNROUTABLE);
        }
    }

    /** A second connection with the addresses and ports of one that stands: EADDRNOTAVAIL, as if all ports were in use. */
    @ParameterizedTest
    @EnumSource
    void aLackOfSourcePortsIsOurOwn(Transport transport) throws Exception {
        try (Client client = client(transport);
                ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Channel first = client.connect(address(server), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .sync()
                    .channel();
            ChannelFuture second = client.connect(address(server), first.localAddress());
            assertThat(classify(second)).isEqualTo(ProxyError.PROXY_RESOURCES_EXHAUSTED);
        }
    }

    /** 192.0.2.0/24 is for documentation (RFC 5737): no host has it. */
    @ParameterizedTest
    @EnumSource
    void aSourceAddressThatIsNotOursIsOurOwnFault(Transport transport) throws Exception {
        try (Client client = client(transport)) {
            ChannelFuture connected = client.connect(closedPort(), new InetSocketAddress("192.0.2.1", 0));
            assertThat(classify(connected)).isEqualTo(ProxyError.PROXY_RESOURCES_EXHAUSTED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLackOfDescriptorsIsOurOwn(Transport transport) throws Exception {
        assumeThat(transport.available()).isTrue();
        try (ServerSocket server = new ServerSocket(0, 4_096, InetAddress.getLoopbackAddress())) {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Process process = new ProcessBuilder(
                            "sh",
                            "-c",
                            "ulimit -n 250; exec \"$@\"",
                            "sh",
                            java,
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            DescriptorsRunOut.class.getName(),
                            transport.name(),
                            Integer.toString(server.getLocalPort()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(said.lines().toList()).last().isEqualTo("PROXY_RESOURCES_EXHAUSTED");
                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aResetEndsTheConnection(Transport transport) throws Exception {
        try (Client client = client(transport);
                ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Channel channel = client.connect(address(server), null).sync().channel();
            try (Socket accepted = server.accept()) {
                channel.writeAndFlush(Unpooled.copiedBuffer("GET", StandardCharsets.US_ASCII))
                        .sync();
                assertThat(accepted.getInputStream().read()).isEqualTo('G');
                reset(accepted);
            }
            Throwable reset = client.thrown();
            assertThat(FailureClassifier.classify(reset, Phase.REQUEST)).isEqualTo(ProxyError.CONNECTION_TERMINATED);
            assertThat(FailureClassifier.classify(reset, Phase.RESPONSE_HEAD))
                    .isEqualTo(ProxyError.CONNECTION_TERMINATED);
            assertThat(FailureClassifier.classify(reset, Phase.RESPONSE_BODY))
                    .isEqualTo(ProxyError.HTTP_RESPONSE_INCOMPLETE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void writingToAConnectionThatIsGoneIsNoFaultOfOurs(Transport transport) throws Exception {
        try (Client client = client(transport);
                ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Channel channel = client.connect(address(server), null).sync().channel();
            try (Socket accepted = server.accept()) {
                reset(accepted);
            }
            channel.closeFuture().sync();
            ChannelFuture written = channel.writeAndFlush(Unpooled.copiedBuffer("GET", StandardCharsets.US_ASCII))
                    .awaitUninterruptibly();
            assertThat(FailureClassifier.classify(written.cause(), Phase.REQUEST))
                    .isEqualTo(ProxyError.CONNECTION_TERMINATED);
        }
    }

    /** Often the reset is there before the transport asks how connecting went. */
    @ParameterizedTest
    @EnumSource
    void aBackendThatAcceptsAndHangsUpIsNeverTakenForUnroutable(Transport transport) throws Exception {
        try (Client client = client(transport);
                ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> acceptAndReset(server));
            Set<ProxyError> errors = EnumSet.noneOf(ProxyError.class);
            for (int i = 0; i < 300; i++) {
                ChannelFuture connected = client.connect(address(server), null);
                errors.add(connected.cause() == null ? ProxyError.CONNECTION_TERMINATED : classify(connected));
                connected.channel().close().sync();
            }
            assertThat(errors).containsExactly(ProxyError.CONNECTION_TERMINATED);
        }
    }

    private static Client client(Transport transport) {
        assumeThat(transport.available()).as("%s", transport).isTrue();
        return new Client(transport);
    }

    private static ProxyError connect(Client client, InetSocketAddress remote) {
        return classify(client.connect(remote, null));
    }

    private static ProxyError classify(ChannelFuture connected) {
        assertThat(connected.isSuccess()).isFalse();
        return FailureClassifier.classify(connected.cause(), Phase.CONNECT);
    }

    private static InetSocketAddress address(ServerSocket server) {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private static InetSocketAddress closedPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), ClosedPort.take());
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static void acceptAndReset(ServerSocket server) {
        try {
            while (true) {
                reset(server.accept());
            }
        } catch (IOException closed) {
            // the test is over
        }
    }
}
