package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections to backends between two requests. */
class IdleConnectionTest {
    private static final int KILOBYTE = 1_024;

    @ParameterizedTest
    @EnumSource
    void itsEndIsNoticedAlsoIfTheClientCouldNotTakeTheLastResponseAtOnce(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        String chunk = "400\r\n" + "x".repeat(KILOBYTE) + "\r\n";
        try (RawBackend backend = RawBackend.that(connection -> {
                    int chunks = Integer.parseInt(
                            connection.readHead().split(" ", 3)[1].substring(1));
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk.repeat(chunks)
                            + "0\r\n\r\n");
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start()) {
            for (int chunks = 60; chunks <= 180; chunks += 4) { // around the 64 KB that may wait for the client
                assertThat(RawClient.get(proxy.port(), "/" + chunks).body().length())
                        .isEqualTo(chunks * KILOBYTE);
                Await.untilTrue(() -> proxy.backend(0).stats().connections() == 0, "no connection is left");
            }
        }
    }
}
