package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.weir.balancer.config.TransportChoice;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TransportsTest {
    /** Without multishot polls none is missed; with them it is about one in twenty. */
    private static final int CONNECTIONS = 80;

    @Test
    void ioUringNoticesEachResetThatComesRightBehindData() throws Exception {
        Vertx vertx = Vertx.builder().withTransport(ioUring()).build();
        try (ServerSocket backend = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"))) {
            Thread.ofVirtual().start(() -> answerAndReset(backend));
            NetClient client = vertx.createNetClient();
            for (int i = 0; i < CONNECTIONS; i++) {
                Promise<Void> closed = Promise.promise();
                NetSocket socket =
                        client.connect(backend.getLocalPort(), "127.0.0.1").await(10, TimeUnit.SECONDS);
                socket.handler(data -> {});
                socket.closeHandler(closed::complete);
                socket.write("request");

                closed.future().await(10, TimeUnit.SECONDS);
            }
        } finally {
            vertx.close().await(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void ioUringIsToldNotToPollByMultishot() {
        Transports.choose(TransportChoice.NIO);

        assertThat(System.getProperty(Transports.MULTISHOT_POLL)).isEqualTo("false");
    }

    private static Transport ioUring() {
        try {
            return Transports.choose(TransportChoice.IO_URING).transport();
        } catch (IllegalArgumentException e) {
            return abort(e.getMessage());
        }
    }

    private static void answerAndReset(ServerSocket backend) {
        try {
            while (true) {
                try (Socket socket = backend.accept()) {
                    socket.getInputStream().read();
                    socket.getOutputStream().write(new byte[47]);
                    socket.setSoLinger(true, 0);
                }
            }
        } catch (IOException e) {
            // closed
        }
    }
}
