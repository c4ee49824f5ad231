package dev.weir.balancer.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.balancer.Await;
import io.netty.channel.Channel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/**
 * An error that waits in the kernel, and that nobody was told of: here a reset behind the back of a channel that no event
 * loop looks at.
 */
class HiddenConnectFailureTest {
    private interface Play {
        void with(Channel channel, Socket accepted) throws IOException;
    }

    private static void play(Play play) throws IOException {
        assumeTrue(Epoll.isAvailable());
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            io.netty.channel.unix.Socket socket = io.netty.channel.unix.Socket.newSocketStream();
            try {
                socket.connect(listener.getLocalSocketAddress());
                try (Socket accepted = listener.accept()) {
                    play.with(new EpollSocketChannel(socket.intValue()), accepted);
                }
            } finally {
                socket.close();
            }
        }
    }

    @Test
    void aConnectionThatStandsHidesNone() throws IOException {
        play((channel, accepted) -> assertThat(HiddenConnectFailure.of(channel)).isNull());
    }

    @Test
    void anErrorThatTheKernelKnowsIsTold() throws IOException {
        play((channel, accepted) -> {
            accepted.setSoLinger(true, 0);
            accepted.close();
            IOException found = Await.until(() -> HiddenConnectFailure.of(channel), "the reset has come");
            assertThat(FailureClassifier.classify(found, Phase.CONNECT)).isEqualTo(ProxyError.CONNECTION_TERMINATED);
        });
    }

    @Test
    void whatIsNoDescriptorOfTheKernelIsNotAsked() throws IOException {
        NioSocketChannel channel = new NioSocketChannel();
        try {
            assertThat(HiddenConnectFailure.of(channel)).isNull();
        } finally {
            channel.unsafe().closeForcibly();
        }
    }
}
