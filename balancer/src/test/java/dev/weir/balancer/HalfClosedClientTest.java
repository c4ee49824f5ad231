package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.config.TransportChoice;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that has said all it wanted, ends its side, and takes its time with the response. */
final class HalfClosedClientTest {
    private static final int LENGTH = 16 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private ServerSocket backend;

    @BeforeEach
    void startBackend() throws IOException {
        backend = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
    }

    @AfterEach
    void stopBackend() throws IOException {
        backend.close();
    }

    private void serve() {
        try (Socket client = backend.accept()) {
            InputStream in = client.getInputStream();
            String head = "";
            while (!head.endsWith("\r\n\r\n")) {
                head += (char) in.read();
            }
            client.getOutputStream()
                    .write(("HTTP/1.1 200 OK\r\nContent-Length: " + LENGTH + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().write(new byte[LENGTH]);
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"NIO", "EPOLL", "IO_URING"})
    void getsTheWholeResponse(TransportChoice transport) throws Exception {
        LoadBalancer balancer = LoadBalancer.start(Configuration.parse("test", """
                        listeners: [{ address: 127.0.0.1:0 }]
                        admin: { address: 127.0.0.1:0 }
                        access-log: off
                        event-loops: 1
                        transport: %s
                        drain: { delay: 0s }
                        pools: { shop: { backends: ['http://127.0.0.1:%d'] } }
                        """.formatted(
                                transport.name().toLowerCase(java.util.Locale.ROOT), backend.getLocalPort())))
                .await(20, TimeUnit.SECONDS);
        try (Socket client = new Socket()) {
            client.setReceiveBufferSize(16 * 1024);
            client.setSoTimeout((int) PATIENCE.toMillis());
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), balancer.port(0)));
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200)); // until nothing fits in anywhere any more
            byte[] response = client.getInputStream().readAllBytes();
            String text = new String(response, 0, 2_000, StandardCharsets.ISO_8859_1);
            int head = text.indexOf("HTTP/1.1 200 OK");
            int body = text.indexOf("\r\n\r\n", head) + 4;
            assertThat(response.length - body).isEqualTo(LENGTH);
        } finally {
            balancer.stop().await(20, TimeUnit.SECONDS);
        }
    }
}
