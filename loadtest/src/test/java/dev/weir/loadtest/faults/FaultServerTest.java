package dev.weir.loadtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.weir.loadtest.faults.RawConnection.End;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void aFaultCanShowOnce() throws Exception {
        assertThat(statuses("answers-502", Mode.ONCE, 4)).containsExactly(502, 200, 200, 200);
    }

    @Test
    void aFaultCanShowAtEveryThirdExchange() throws Exception {
        assertThat(statuses("answers-502", Mode.everyNth(3), 7)).containsExactly(200, 200, 502, 200, 200, 502, 200);
    }

    @Test
    void aFaultOfTheAcceptShowsAtEverySecondConnection() throws Exception {
        Settings settings = Settings.DEFAULT.withMode(Mode.everyNth(2));
        try (FaultServer server = FaultServer.start(Faults.get("reset-on-accept"), settings)) {
            for (int i = 0; i < 2; i++) {
                try (RawConnection good = RawConnection.to(server);
                        RawConnection bad = RawConnection.to(server)) {
                    assertThat(good.get().readResponse()).contains(" 200 ");
                    assertThat(bad.readAll().end()).isEqualTo(End.RST);
                }
            }
            assertThat(server.timesShown()).isEqualTo(2);
        }
    }

    @Test
    void onlyOccasionsCountForTheMode() throws Exception {
        Settings settings = Settings.DEFAULT.withMode(Mode.ONCE);
        try (FaultServer server = FaultServer.start(Faults.get("reset-on-second-request"), settings)) {
            try (RawConnection connection = RawConnection.to(server)) {
                assertThat(connection.get().readResponse()).contains(" 200 ");
                assertThat(connection.get().readAll().end()).isEqualTo(End.RST);
            }
            try (RawConnection connection = RawConnection.to(server)) {
                assertThat(connection.get().readResponse()).contains(" 200 ");
                assertThat(connection.get().readResponse()).contains(" 200 ");
            }
        }
    }

    @Test
    void whatLastsCannotHappenOnce() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> FaultServer.start(Faults.get("refuse"), Settings.DEFAULT.withMode(Mode.ONCE)))
                .withMessageContaining("A1 refuse lasts until it is healed");
    }

    @Test
    void aModeWithoutAFirstOccasionIsRefused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Mode.everyNth(0))
                .withMessageContaining("first: 0");
    }

    @Test
    void healingAndBreakingTakeEffectOnOpenConnections() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("answers-502"));
                RawConnection connection = RawConnection.to(server)) {
            assertThat(connection.get().readResponse()).contains(" 502 ");
            server.heal();
            assertThat(connection.get().readResponse()).contains(" 200 ");
            server.breakAgain();
            assertThat(connection.get().readResponse()).contains(" 502 ");
        }
    }

    @Test
    void whatCameIsRememberedByteForByte() throws Exception {
        String body = "2\r\nok\r\n0\r\nX-T: t\r\n\r\n";
        String post =
                "POST /a?b=c HTTP/1.1\r\nHost: a\r\nX-A:  1\r\nx-a: 2\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
        try (FaultServer server = FaultServer.start(Faults.healthy());
                RawConnection connection = RawConnection.to(server)) {
            connection.send(post).readResponse();
            connection.get().readResponse();

            assertThat(server.connections()).isEqualTo(1);
            assertThat(server.requestCount()).isEqualTo(2);
            assertThat(server.requests().getFirst()).satisfies(request -> {
                assertThat(request.raw()).isEqualTo(post);
                assertThat(request.length()).isEqualTo(post.length());
                assertThat(request.method()).isEqualTo("POST");
                assertThat(request.target()).isEqualTo("/a?b=c");
                assertThat(request.values("X-A")).containsExactly("1", "2");
                assertThat(request.rawBody()).isEqualTo(body);
                assertThat(request.isComplete()).isTrue();
                assertThat(request.violations()).isEmpty();
                assertThat(request.number()).isEqualTo(1);
            });
            assertThat(server.requests().getLast().number()).isEqualTo(2);

            server.forget();
            assertThat(server.requestCount()).isZero();
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void onlyTheBeginningOfALargeRequestIsKept() throws Exception {
        int size = 3 * ReceivedRequest.KEPT;
        String head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n";
        try (FaultServer server = FaultServer.start(Faults.healthy());
                RawConnection connection = RawConnection.to(server)) {
            connection.send(head + "x".repeat(size)).readResponse();

            ReceivedRequest request = server.requests().getFirst();
            assertThat(request.length()).isEqualTo(head.length() + size);
            assertThat(request.raw()).hasSize(ReceivedRequest.KEPT);
            assertThat(request.isComplete()).isTrue();
        }
    }

    @Test
    void whatIsKeptOfAllRequestsIsBounded() throws Exception {
        String head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + ReceivedRequest.KEPT + "\r\n\r\n";
        try (FaultServer server = FaultServer.start(Faults.healthy());
                RawConnection connection = RawConnection.to(server)) {
            for (int i = 0; i < 8; i++) {
                connection.send(head + "x".repeat(ReceivedRequest.KEPT));
                assertThat(connection.readResponse()).contains(" 200 ");
            }
            assertThat(server.requestCount()).isEqualTo(8);
            assertThat(server.requests().stream()
                            .mapToInt(request -> request.raw().length())
                            .sum())
                    .isBetween(KeptBytes.MAX / 2, KeptBytes.MAX + 8 * head.length());
            server.forget();
            connection.get().readResponse();
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    GET / HTTP/1.1__                                                       | hosts: []
                    GET / HTTP/1.1_Host: a_Host: b__                                       | hosts: [a, b]
                    GET / HTTP/1.1_Host: a_X : b__                                         | field: X : b
                    GET / HTTP/1.1_Host: a_X: b_ c__                                       | field:  c
                    POST / HTTP/1.1_Host: a_Content-Length: 2_Content-Length: 2__ok        | framing: Content-Length [2, 2]
                    POST / HTTP/1.1_Host: a_Content-Length: 2_Transfer-Encoding: chunked__0__  | framing: Content-Length [2], Tra
                    POST / HTTP/1.1_Host: a_Content-Length: +2__ok                         | length: [+2]
                    POST / HTTP/1.1_Host: a_Transfer-Encoding: xchunked__0__               | coding: [xchunked]
                    POST / HTTP/1.1_Host: a_Transfer-Encoding: chunked__2;a=b_ok_0__       | chunk extension: ;a=b
                    POST / HTTP/1.1_Host: a_Transfer-Encoding: chunked__2 x=y_ok_0__       | chunk extension:  x=y
                    POST / HTTP/1.1_Host: a_Transfer-Encoding: chunked__1_ok_0__           | no line end behind a chunk
                    GET  / HTTP/1.1_Host: a__                                              | request line: GET  / HTTP/1.1
                    GET / HTTP/1.1~Host: a__                                               | a bare LF behind GET / HTTP/1.1
                    GET / HTTP/1.1_Host: a^X: b__                                          | a bare CR in Host: a
                    """)
    void whateverIsAmbiguousIsHeldAgainstTheOneWhoSentIt(String request, String violation) throws Exception {
        try (FaultServer server = FaultServer.start(Faults.healthy());
                RawConnection connection = RawConnection.to(server)) {
            connection.send(request.replace("_", "\r\n").replace('~', '\n').replace('^', '\r'));
            connection.socket().shutdownOutput();
            connection.readAll();

            assertThat(server.requests().getFirst().violations())
                    .anySatisfy(found -> assertThat(found).startsWith(violation));
        }
    }

    @Test
    void headAndConnectionCloseAreUnderstoodInGoodHealth() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.healthy());
                RawConnection connection = RawConnection.to(server)) {
            connection.send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

            assertThat(connection.readAll())
                    .isEqualTo(new RawConnection.Rest(
                            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 16\r\n\r\n",
                            End.FIN));
        }
    }

    @Test
    void whatIsUnreadableGets400() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.healthy());
                RawConnection connection = RawConnection.to(server)) {
            assertThat(connection.send("hello\r\n\r\n").readAll().bytes()).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void moreConnectionsThanAllowedWaitForTheirTurn() throws Exception {
        Settings settings = Settings.DEFAULT.withMaxConnections(1);
        try (FaultServer server = FaultServer.start(Faults.healthy(), settings);
                RawConnection first = RawConnection.to(server);
                RawConnection second = RawConnection.to(server)) {
            second.get();
            assertThat(first.get().readResponse()).contains(" 200 ");
            assertThat(server.connections()).isEqualTo(1);

            first.socket().close();
            assertThat(second.readResponse()).contains(" 200 ");
        }
    }

    @Test
    void closingEndsHeldConnectionsAndThePort() throws Exception {
        FaultServer server = FaultServer.start(Faults.get("no-response"));
        try (RawConnection connection = RawConnection.to(server)) {
            connection.get();
            assertThat(server.awaitRequests(1, PATIENCE)).isTrue();

            server.close();

            assertThat(connection.readAll().bytes()).isEmpty();
        }
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> RawConnection.to(server));
    }

    @Test
    void aHeldConnectionIsGivenUpOnceTheOtherSideHasClosedIt() throws Exception {
        try (FaultServer server = FaultServer.start(Faults.get("no-response"))) {
            RawConnection connection = RawConnection.to(server);
            connection.get();
            assertThat(server.awaitRequests(1, PATIENCE)).isTrue();
            connection.close();

            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (server.openConnections() > 0) {
                assertThat(System.nanoTime() - deadline).isNegative();
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        try (FaultServer server = FaultServer.start(Faults.healthy())) {
            assertThatIOException()
                    .isThrownBy(() -> FaultServer.start(Faults.healthy(), Settings.DEFAULT.withPort(server.port())))
                    .withMessageContaining("127.0.0.1 port " + server.port());
        }
    }

    @Test
    void aServerThatListensElsewhereHasToDoSoElsewhere() {
        assertThatIOException()
                .isThrownBy(() ->
                        FaultServer.start(Faults.get("listens-elsewhere"), Settings.DEFAULT.withHost("127.0.0.2")))
                .withMessageContaining("the host has to be another one");
    }

    @Test
    void anUnknownIdIsAnsweredWithThoseThatLookLikeIt() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Faults.get("reset-on-acept"))
                .withMessage("no fault: reset-on-acept; did you mean reset-on-accept, close-on-accept, "
                        + "reset-after-accept?");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Faults.get("xyzzy"))
                .withMessage("no fault: xyzzy; --list has all");
    }

    @Test
    void idsAreUniqueAndDescriptionsTakeOneLine() {
        assertThat(Faults.all()).extracting(Fault::id).doesNotHaveDuplicates();
        assertThat(Faults.all()).allSatisfy(fault -> {
            assertThat(fault.description()).hasSizeLessThan(110).doesNotContain("\n");
            assertThat(fault.row()).matches("[A-L][0-9]+");
        });
    }

    private static List<Integer> statuses(String id, Mode mode, int requests) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        try (FaultServer server = FaultServer.start(Faults.get(id), Settings.DEFAULT.withMode(mode));
                RawConnection connection = RawConnection.to(server)) {
            for (int i = 0; i < requests; i++) {
                statuses.add(Integer.parseInt(connection.get().readResponse().substring(9, 12)));
            }
        }
        return statuses;
    }
}
