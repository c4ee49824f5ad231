package dev.weir.loadtest.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loadtest.faults.RawConnection.End;
import dev.weir.loadtest.faults.RawConnection.Rest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestFaultsTest {
    private static final String POST = "POST /a HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 1000000\r\n\r\n";
    private static final String EARLY_413 =
            "HTTP/1.1 413 Content Too Large\r\nContent-Length: 10\r\nConnection: close\r\n\r\ntoo large\n";

    @Test
    void anEarly413ComesBeforeTheBodyAndThenEitherRstOrFin() throws Exception {
        assertThat(answer("early-413-reset", POST)).isEqualTo(new Rest(EARLY_413, End.RST));
        assertThat(answer("early-413-close", POST)).isEqualTo(new Rest(EARLY_413, End.FIN));
        assertThat(answer("early-413-lingering", POST)).isEqualTo(new Rest(EARLY_413, End.FIN));
    }

    @Test
    void aLingeringServerTakesTheRestOfTheBody() throws Exception {
        try (FaultServer server = FaultsOnTheWireTest.quick("early-413-lingering");
                RawConnection connection = RawConnection.to(server)) {
            connection.send(POST);
            assertThat(connection.read(EARLY_413.length())).isEqualTo(EARLY_413);
            connection.send("x".repeat(1_000_000));

            assertThat(connection.readAll()).isEqualTo(new Rest("", End.FIN));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "early-413-reset",
                "early-413-close",
                "early-413-lingering",
                "stops-reading",
                "large-head-reset",
                "large-head-431",
                "ignores-expect",
                "rejects-expect",
                "rejects-chunked-get",
                "rejects-chunked"
            })
    void whatMindsSomeRequestsOnlyAnswersOthersWell(String id) throws Exception {
        try (FaultServer server = FaultsOnTheWireTest.quick(id);
                RawConnection connection = RawConnection.to(server)) {
            assertThat(connection.get().readResponse()).isEqualTo(FaultsOnTheWireTest.well(id, ""));
            assertThat(server.timesShown()).isZero();
        }
    }

    @Test
    void aServerThatStopsReadingLetsTheWindowClose() throws Exception {
        try (FaultServer server = FaultsOnTheWireTest.quick("stops-reading");
                SocketChannel channel = SocketChannel.open(new InetSocketAddress(server.host(), server.port()))) {
            channel.write(ByteBuffer.wrap(POST.getBytes(StandardCharsets.ISO_8859_1)));
            assertThat(server.awaitRequests(1, Duration.ofSeconds(20))).isTrue();
            channel.configureBlocking(false);
            ByteBuffer body = ByteBuffer.allocate(64 * 1024);
            long taken = 0;
            int written = 1;
            // the kernels of both sides buffer some megabytes at most
            while (written > 0 && taken < 64L * 1024 * 1024) {
                body.clear();
                written = channel.write(body);
                taken += written;
            }

            assertThat(written).isZero();
            assertThat(server.requests().getFirst().length()).isLessThan(POST.length() + 10_000L);
        }
    }

    @Test
    void aLargeHeadIsTakenAmiss() throws Exception {
        String large = "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(4096) + "\r\n\r\n";

        assertThat(answer("large-head-reset", large)).isEqualTo(new Rest("", End.RST));
        assertThat(answer("large-head-431", large).bytes()).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void leaveToSendTheBodyIsGivenByGoodServersOnly() throws Exception {
        String head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";

        assertThat(answer("rejects-expect", head).bytes()).startsWith("HTTP/1.1 417 ");
        try (FaultServer server = FaultsOnTheWireTest.quick("ignores-expect");
                RawConnection connection = RawConnection.to(server)) {
            connection.send(head);
            assertThat(connection.staysSilent(Duration.ofMillis(40))).isTrue();
            assertThat(connection.send("ok").readResponse()).isEqualTo(FaultsOnTheWireTest.well("ignores-expect", ""));
        }
        try (FaultServer server = FaultServer.start(Faults.healthy());
                RawConnection connection = RawConnection.to(server)) {
            connection.send(head);
            assertThat(connection.read(25)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(connection.send("ok").readResponse()).isEqualTo(FaultsOnTheWireTest.well("healthy", ""));
        }
    }

    @Test
    void chunksAreRejectedByThoseThatDoNotKnowThem() throws Exception {
        String rest = " / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";

        assertThat(answer("rejects-chunked-get", "GET" + rest).bytes()).startsWith("HTTP/1.1 400 ");
        assertThat(answer("rejects-chunked", "POST" + rest).bytes()).startsWith("HTTP/1.1 411 ");
    }

    @Test
    void whoAsksForAnotherHostIsMisdirected() throws Exception {
        assertThat(answer("misdirected", "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n")
                        .bytes())
                .startsWith("HTTP/1.1 421 ");
        try (FaultServer server = FaultsOnTheWireTest.quick("misdirected");
                RawConnection connection = RawConnection.to(server)) {
            connection.send("GET / HTTP/1.1\r\nHost: " + server.host() + ":" + server.port() + "\r\n\r\n");

            assertThat(connection.readResponse()).isEqualTo(FaultsOnTheWireTest.well("misdirected", ""));
        }
    }

    @Test
    void whoDoesNotSpeakTheProxyProtocolIsReset() throws Exception {
        try (FaultServer server = FaultsOnTheWireTest.quick("proxy-protocol-expected");
                RawConnection connection = RawConnection.to(server)) {
            connection.get();

            assertThat(connection.readAll()).isEqualTo(new Rest("", End.RST));
            assertThat(server.awaitRequests(1, Duration.ofSeconds(5))).isTrue(); // noted once it has been reset
            assertThat(server.requests()).singleElement().satisfies(request -> {
                assertThat(request.number()).isZero();
                assertThat(request.raw()).isEqualTo("GET / HTTP/1");
            });
        }
    }

    @Test
    void whoSpeaksTheProxyProtocolIsServed() throws Exception {
        String header = "\r\n\r\n\0\r\nQUIT\n" + "!\21\0\f" + "\u007f\0\0\1\u007f\0\0\1\0\1\0\2";
        try (FaultServer server = FaultsOnTheWireTest.quick("proxy-protocol-expected");
                RawConnection connection = RawConnection.to(server)) {
            assertThat(connection.send(header).get().readResponse())
                    .isEqualTo(FaultsOnTheWireTest.well("proxy-protocol-expected", ""));
        }
    }

    @Test
    void aServerThatAwaitsTheEndOfItsInputAnswersOnceThatHasCome() throws Exception {
        try (FaultServer server = FaultsOnTheWireTest.quick("answers-at-end-of-input");
                RawConnection connection = RawConnection.to(server)) {
            assertThat(connection.get().staysSilent(Duration.ofMillis(40))).isTrue();
            connection.socket().shutdownOutput();

            assertThat(connection.readAll())
                    .isEqualTo(new Rest(
                            FaultsOnTheWireTest.well("answers-at-end-of-input", "Connection: close\r\n"), End.FIN));
        }
    }

    private static Rest answer(String id, String request) throws IOException {
        try (FaultServer server = FaultsOnTheWireTest.quick(id);
                RawConnection connection = RawConnection.to(server)) {
            return connection.send(request).readAll();
        }
    }
}
