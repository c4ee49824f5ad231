package dev.weir.loadtest.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loadtest.faults.RawConnection.End;
import dev.weir.loadtest.faults.RawConnection.Rest;
import dev.weir.loadtest.faults.Settings.Pace;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One line for each fault that shows itself by what it answers to one request. */
class FaultsOnTheWireTest {
    private static final Duration MOMENT = Duration.ofMillis(40);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String GET = "GET /a HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    private static final String HEAD = "HEAD /a HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    private static final String OF_2 = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    private static final String OF_100 = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String UNFRAMED = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    private static final String NO_CONTENT = "HTTP/1.1 204 No Content\r\n\r\n";
    private static final String NOT_MODIFIED = "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n";
    private static final String EVIL = "HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n";
    private static final String UNASKED_408 =
            "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    /** What follows the bytes that are expected. */
    enum Then {
        FIN,
        RST,
        SILENCE,
        /** The next request of the same connection is read. */
        NEXT_REQUEST
    }

    record Case(String id, String request, String response, Then then) {
        @Override
        public String toString() {
            return id;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                get("close-before-response", "", Then.FIN),
                get("reset-before-response", "", Then.RST),
                get("head-cut-fin", "HTTP/1.1 200 OK\r\nContent-Le", Then.FIN),
                get("head-cut-reset", "HTTP/1.1 200 OK\r\nContent-Le", Then.RST),
                get("head-stalls", "HTTP/1.1 200 OK\r\nContent-Le", Then.SILENCE),
                get("status-line-cut", "HTTP/1.", Then.FIN),
                get("no-response", "", Then.SILENCE),
                get("slow-response", well("slow-response", ""), Then.NEXT_REQUEST),
                get("ssh-banner", "SSH-2.0-OpenSSH_9.2\r\n", Then.SILENCE),
                get("smtp-banner", "220 mail.example ESMTP\r\n", Then.SILENCE),
                get("http-0-9", "<html>hello</html>\n", Then.FIN),
                get("protocol-misspelt", "HTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Then.NEXT_REQUEST),
                get("version-2-0", "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok", Then.NEXT_REQUEST),
                get("binary-garbage", "\0\u0001\u0002\u00ff\u00fe\u0080\n\n", Then.FIN),
                get("status-not-a-number", "HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\nok", Then.NEXT_REQUEST),
                get("status-2000", "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok", Then.NEXT_REQUEST),
                get("status-099", "HTTP/1.1 099 Low\r\nContent-Length: 2\r\n\r\nok", Then.NEXT_REQUEST),
                get("status-600", "HTTP/1.1 600 High\r\nContent-Length: 2\r\n\r\nok", Then.NEXT_REQUEST),
                wellBut("head-9k", "X-Large: " + "x".repeat(9 * 1024)),
                wellBut("head-128k", "X-Large: " + "x".repeat(128 * 1024)),
                wellBut("fields-300", fields300()),
                get(
                        "chunked-twice",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                        Then.NEXT_REQUEST),
                get(
                        "length-and-chunked",
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                        Then.NEXT_REQUEST),
                get(
                        "lengths-differ",
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
                        Then.NEXT_REQUEST),
                get(
                        "lengths-equal",
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
                        Then.NEXT_REQUEST),
                get("length-list", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", Then.NEXT_REQUEST),
                get("length-negative", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nok", Then.NEXT_REQUEST),
                get("length-not-a-number", "HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok", Then.NEXT_REQUEST),
                get(
                        "length-overflow",
                        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551618\r\n\r\nok",
                        Then.NEXT_REQUEST),
                wellBut("name-with-space", "Bad Name: x"),
                wellBut("space-before-colon", "Bad : x"),
                wellBut("no-colon", "Bad"),
                wellBut("empty-name", ": x"),
                wellBut("nul-in-value", "X-N: a\0b"),
                wellBut("control-in-value", "X-N: a\u0001b"),
                get("bare-lf", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", Then.NEXT_REQUEST),
                wellBut("folded-field", "X-Folded: a\r\n b"),
                new Case("unasked-408-on-accept", "", UNASKED_408, Then.FIN),
                get("unasked-408-when-idle", well("unasked-408-when-idle", "") + UNASKED_408, Then.FIN),
                get(
                        "unasked-200-when-idle",
                        well("unasked-200-when-idle", "") + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged",
                        Then.NEXT_REQUEST),
                get("interim-100", "HTTP/1.1 100 Continue\r\n\r\n" + well("interim-100", ""), Then.NEXT_REQUEST),
                get("interim-102", "HTTP/1.1 102 Processing\r\n\r\n" + well("interim-102", ""), Then.NEXT_REQUEST),
                get(
                        "interim-103-twice",
                        "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n".repeat(2)
                                + well("interim-103-twice", ""),
                        Then.NEXT_REQUEST),
                get(
                        "interim-flood",
                        "HTTP/1.1 102 Processing\r\n\r\n".repeat(1000) + well("interim-flood", ""),
                        Then.NEXT_REQUEST),
                get("unasked-101", "HTTP/1.1 101 Switching Protocols\r\n\r\n", Then.NEXT_REQUEST),
                get(
                        "unasked-101-websocket",
                        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
                        Then.NEXT_REQUEST),
                own("answers-502", "502 Bad Gateway\r\n"),
                own("answers-503", "503 Service Unavailable\r\n"),
                own("answers-503-retry-after", "503 Service Unavailable\r\nRetry-After: 7\r\n"),
                own("answers-504", "504 Gateway Timeout\r\n"),
                get("body-cut-fin", OF_100 + "7 bytes", Then.FIN),
                get("body-cut-reset", OF_100 + "7 bytes", Then.RST),
                get(
                        "large-body-cut-fin",
                        "HTTP/1.1 200 OK\r\nContent-Length: 2097152\r\n\r\n" + "x".repeat(1048576),
                        Then.FIN),
                get("body-missing", OF_100, Then.FIN),
                get("body-stalls", OF_100 + "7 bytes", Then.SILENCE),
                get("chunk-size-invalid", CHUNKED + "zz\r\nok\r\n0\r\n\r\n", Then.NEXT_REQUEST),
                get("chunk-size-invalid-later", CHUNKED + "2\r\nok\r\nzz\r\n", Then.NEXT_REQUEST),
                get("chunk-without-line-end", CHUNKED + "2\r\nokay\r\n0\r\n\r\n", Then.NEXT_REQUEST),
                get("no-last-chunk-fin", CHUNKED + "2\r\nok\r\n", Then.FIN),
                get("no-last-chunk-reset", CHUNKED + "2\r\nok\r\n", Then.RST),
                get("chunk-stalls", CHUNKED + "2\r\nok\r\n", Then.SILENCE),
                get("unframed-body", UNFRAMED + "ok", Then.FIN),
                get("unframed-body-reset", UNFRAMED + "ok", Then.RST),
                get("unframed-body-stalls", UNFRAMED + "ok", Then.SILENCE),
                get("unknown-coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: foo\r\n\r\nok", Then.NEXT_REQUEST),
                get("surplus-after-204", NO_CONTENT + "JUNK", Then.NEXT_REQUEST),
                get("surplus-after-304", NOT_MODIFIED + "JUNK", Then.NEXT_REQUEST),
                get("surplus-after-length", OF_2 + "okJUNK", Then.NEXT_REQUEST),
                get("surplus-after-chunks", CHUNKED + "2\r\nok\r\n0\r\n\r\nJUNK", Then.NEXT_REQUEST),
                new Case("surplus-after-head", HEAD, OF_2 + "ok", Then.NEXT_REQUEST),
                get("forged-part-after-204", NO_CONTENT + EVIL + "X-Next: ", Then.NEXT_REQUEST),
                get("forged-part-after-304", NOT_MODIFIED + EVIL + "X-Next: ", Then.NEXT_REQUEST),
                get("forged-part-after-length", OF_2 + "ok" + EVIL + "X-Next: ", Then.NEXT_REQUEST),
                new Case("forged-part-after-head", HEAD, OF_2 + EVIL + "X-Next: ", Then.NEXT_REQUEST),
                get("forged-response-after-204", NO_CONTENT + EVIL + "\r\n", Then.NEXT_REQUEST),
                get("forged-response-after-length", OF_2 + "ok" + EVIL + "\r\n", Then.NEXT_REQUEST),
                get("length-on-204", "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nJUNK", Then.NEXT_REQUEST),
                get(
                        "chunked-204",
                        "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nJUNK\r\n0\r\n\r\n",
                        Then.NEXT_REQUEST),
                get("idle-close", well("idle-close", ""), Then.FIN),
                get("idle-reset", well("idle-reset", ""), Then.RST),
                get("idle-close-announced", well("idle-close-announced", "Keep-Alive: timeout=1\r\n"), Then.FIN),
                twice("close-on-second-request", well("close-on-second-request", ""), Then.FIN),
                twice("reset-on-second-request", well("reset-on-second-request", ""), Then.RST),
                get("close-after-response", well("close-after-response", ""), Then.FIN),
                get("half-close-after-response", well("half-close-after-response", ""), Then.FIN),
                new Case(
                        "close-after-5-requests",
                        GET.repeat(5),
                        well("close-after-5-requests", "").repeat(5),
                        Then.FIN),
                new Case(
                        "refuses-upgrade",
                        "GET /a HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
                        "HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno\n",
                        Then.NEXT_REQUEST),
                get("refuses-upgrade", well("refuses-upgrade", ""), Then.NEXT_REQUEST),
                get(
                        "advertises-h2c",
                        CHUNKED.replace("OK\r\n", "OK\r\nConnection: Upgrade\r\nUpgrade: h2,h2c\r\n")
                                + "2\r\nok\r\n0\r\n\r\n",
                        Then.NEXT_REQUEST),
                twice(
                        "reset-after-connection-close",
                        well("reset-after-connection-close", "Connection: close\r\n"),
                        Then.RST));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sends(Case expected) throws Exception {
        try (FaultServer server = quick(expected.id());
                RawConnection connection = RawConnection.to(server)) {
            connection.send(expected.request());

            assertThat(connection.read(expected.response().length())).isEqualTo(expected.response());
            switch (expected.then()) {
                case FIN -> assertThat(connection.readAll()).isEqualTo(new Rest("", End.FIN));
                case RST -> assertThat(connection.readAll()).isEqualTo(new Rest("", End.RST));
                case SILENCE -> assertThat(connection.staysSilent(MOMENT)).isTrue();
                case NEXT_REQUEST -> {
                    connection.send(GET);
                    assertThat(server.awaitRequests(2, PATIENCE)).isTrue();
                }
            }
        }
    }

    @Test
    void aHeadThatDripsComesByteByByteAndGoesOn() throws Exception {
        try (FaultServer server = quick("head-drips");
                RawConnection connection = RawConnection.to(server)) {
            connection.send(GET);

            assertThat(connection.read(60))
                    .startsWith("HTTP/1.1 200 OK\r\nX-Slow: zzz")
                    .doesNotContain("\r\n\r\n");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.weir.loadtest.faults.Faults#all")
    void onceHealedEveryOneOfThemIsAGoodServerThatNamesItself(Fault fault) throws Exception {
        try (FaultServer server = FaultServer.start(fault)) {
            server.heal();
            try (RawConnection connection = new RawConnection(address(server), server.port())) {
                assertThat(connection.send(GET).readResponse()).isEqualTo(well(fault.id(), ""));
                assertThat(connection.send(GET).readResponse()).isEqualTo(well(fault.id(), ""));
            }
        }
    }

    @Test
    void everyFaultHasATestOfItsOwn() {
        Stream<String> elsewhere = Stream.of(ConnectFaults.ALL, RequestFaults.ALL, LoadFaults.ALL, NameFaults.ALL)
                .flatMap(List::stream)
                .map(Fault::id);
        Set<String> tested = Stream.of(cases().map(Case::id), elsewhere, Stream.of("head-drips"))
                .flatMap(ids -> ids)
                .collect(Collectors.toSet());

        assertThat(Faults.all()).extracting(Fault::id).containsExactlyInAnyOrderElementsOf(tested);
    }

    static FaultServer quick(String id) throws IOException {
        Pace pace = new Pace(
                Duration.ofMillis(1),
                Duration.ofMillis(5),
                Duration.ofMillis(20),
                Duration.ofMillis(100),
                Duration.ofMinutes(1),
                PATIENCE);
        return FaultServer.start(Faults.get(id), Settings.DEFAULT.withPace(pace));
    }

    static String well(String id, String fields) {
        String body = id + " is well\n";
        return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + fields + "Content-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    private static String address(FaultServer server) throws IOException {
        return server.resolver() == null
                ? server.host()
                : DnsClient.lookUp(server.resolver(), server.host(), "A").getFirst();
    }

    private static Case get(String id, String response, Then then) {
        return new Case(id, GET, response, then);
    }

    private static Case twice(String id, String response, Then then) {
        return new Case(id, GET + GET, response, then);
    }

    /** A good answer but for a line. */
    private static Case wellBut(String id, String line) {
        return get(id, well(id, line + "\r\n"), Then.NEXT_REQUEST);
    }

    private static Case own(String id, String status) {
        return get(id, "HTTP/1.1 " + status + "Content-Length: 4\r\n\r\nown\n", Then.NEXT_REQUEST);
    }

    private static String fields300() {
        return String.join(
                "\r\n", IntStream.range(0, 300).mapToObj(i -> "X-" + i + ": x").toList());
    }
}
