package dev.weir.balancer.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HttpCheckTest {
    private static Report examine(RawServer server) {
        try (server) {
            return Examine.url("http://127.0.0.1:" + server.port()).alone(Stage.HTTP);
        }
    }

    /** For backends that leave unanswered what is tried, such as a handshake. */
    private static Report waitBriefly(RawServer server) {
        try (server) {
            return Examine.url("http://127.0.0.1:" + server.port())
                    .timeout(Duration.ofMillis(500))
                    .alone(Stage.HTTP);
        }
    }

    /** A greeting of a loaded machine may come late. */
    private static Report listen(RawServer server) {
        try (server) {
            return Examine.url("http://127.0.0.1:" + server.port())
                    .glance(Duration.ofSeconds(5))
                    .alone(Stage.HTTP);
        }
    }

    @Test
    void aSoundBackendIsSound() {
        try (RawServer server = RawServer.answering(RawServer.OK)) {
            Report report = Examine.http(server.port());
            assertThat(Examine.complaints(report)).isEmpty();
            assertThat(report.verdict()).startsWith("All is well with http://127.0.0.1:");
            assertThat(report.advice()).isEmpty();
            assertThat(Examine.stage(report, Stage.HTTP).facts())
                    .containsEntry("status", 200)
                    .containsEntry("framing", "length")
                    .containsEntry("body_bytes", 5L)
                    .containsEntry("complete", true);
        }
    }

    @Test
    void aHeadThatGoesOnAndOnIsNotReadForEver() {
        Report report = examine(RawServer.doing(socket -> {
            RawServer.requestHead(socket);
            RawServer.send(socket, "HTTP/1.1 200 OK\r\n");
            while (true) {
                RawServer.send(socket, "X-More: and more\r\n".repeat(1000));
            }
        }));
        assertThat(Examine.complaints(report)).containsExactly("http/head-endless");
        assertThat(report.verdict()).contains("sends a head of more than 1 MB: \"HTTP/1.1 200 OK");
    }

    @Test
    void whatABackendSaysDoesNotCommandTheTerminal() {
        Report report = examine(RawServer.answering(
                "HTTP/1.1 503 \u001b[2JBusy\r\nServer: \u009b2Jinner\r\nContent-Length: 0\r\n\r\n"));
        assertThat(ReportText.of(report, false))
                .contains("\\x1b[2JBusy", "(Server: \\x9b2Jinner)")
                .doesNotContain("\u001b", "\u009b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "bare-lf              | HTTP/1.1 200 OK\\nContent-Length: 2\\n\\nok",
                "http-version         | HTTP/2.0 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok",
                "status-out-of-range  | HTTP/1.1 2000 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok",
                "field-without-colon  | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nhello\\r\\n\\r\\nok",
                "field-name           | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nBad Name: x\\r\\n\\r\\nok",
                "field-name           | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nBad : x\\r\\n\\r\\nok",
                "field-name           | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n: x\\r\\n\\r\\nok",
                "field-value          | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nX-N: a\\0b\\r\\n\\r\\nok",
                "folded-field         | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nX: a\\r\\n b\\r\\n\\r\\nok",
                "chunked-twice        | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
                "two-lengths          | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\nContent-Length: 5\\r\\n\\r\\n0\\r\\n\\r\\n",
                "transfer-coding      | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: foo\\r\\nConnection: close\\r\\n\\r\\nok",
                "different-lengths    | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nContent-Length: 3\\r\\nConnection: close\\r\\n\\r\\nok",
                "length-twice         | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nContent-Length: 2\\r\\n\\r\\nok",
                "bad-length           | HTTP/1.1 200 OK\\r\\nContent-Length: 2x\\r\\nConnection: close\\r\\n\\r\\nok",
                "bad-length           | HTTP/1.1 200 OK\\r\\nContent-Length: -5\\r\\nConnection: close\\r\\n\\r\\nok",
                "bad-chunk            | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\nok\\r\\n",
                "bad-chunk            | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nokay\\r\\n0\\r\\n\\r\\n",
                "body-cut             | HTTP/1.1 200 OK\\r\\nContent-Length: 100\\r\\n\\r\\nonly",
                "body-cut             | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nok\\r\\n",
                "no-length            | HTTP/1.1 200 OK\\r\\n\\r\\nok",
                "surplus-bytes        | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nokJUNK",
                "surplus-bytes        | HTTP/1.1 204 No Content\\r\\n\\r\\nJUNK",
                "body-on-204          | HTTP/1.1 204 No Content\\r\\nContent-Length: 2\\r\\n\\r\\n",
                "unasked-upgrade      | HTTP/1.1 101 Switching Protocols\\r\\n\\r\\n",
                "status-503           | HTTP/1.1 503 Busy\\r\\nServer: inner\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "status-421           | HTTP/1.1 421 Misdirected\\r\\nContent-Length: 0\\r\\n\\r\\n"
            })
    void eachBrokenRuleIsNamed(String code, String response) {
        String bytes = response.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
        Report report = examine(RawServer.answeringOnce(bytes));
        Finding finding = Examine.finding(report, Stage.HTTP, code);
        assertThat(finding.severity()).isNotEqualTo(Severity.OK);
        assertThat(finding.advice()).isNotBlank();
    }

    @Test
    void lineEndsWithoutCrNameTheKeyThatHelps() {
        Report report = examine(RawServer.answeringOnce("HTTP/1.1 200 OK\nContent-Length: 2\n\nok"));
        assertThat(report.advice()).contains("pools.<name>.http.lenient-line-ends: true");
        assertThat(report.verdict()).contains("LF alone", "502");
    }

    @Test
    void aBodyOnHeadIsFoundThoughGetIsSound() {
        Report report = examine(RawServer.doing(socket -> {
            while (RawServer.requestHead(socket) != null) {
                RawServer.send(socket, RawServer.OK); // to HEAD, too
            }
        }));
        assertThat(Examine.complaints(report)).containsExactly("http/body-on-head");
    }

    @Test
    void interimResponsesAreNoMistake() {
        Report report = examine(RawServer.answering("HTTP/1.1 103 Early Hints\r\n\r\n" + RawServer.OK));
        assertThat(Examine.complaints(report)).isEmpty();
        assertThat(Examine.stage(report, Stage.HTTP).facts()).containsEntry("interim", List.of(103));
    }

    @Test
    void chunksWithExtensionsAndTrailersAreSound() {
        Report report = examine(RawServer.answering(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"));
        assertThat(Examine.complaints(report)).isEmpty();
    }

    @Test
    void whoSpeaksFirstIsNoHttpServer() {
        Report report = listen(RawServer.doing(socket -> {
            RawServer.send(socket, "SSH-2.0-OpenSSH_9.2\r\n");
            RawServer.hold(socket);
        }));
        assertThat(Examine.complaints(report)).containsExactly("http/not-http");
        assertThat(report.verdict()).contains("\"SSH-2.0-OpenSSH_9.2\\r\\n\"", "This is an SSH server");
    }

    @Test
    void aResponseWithoutARequestIsTold() {
        Report report = listen(RawServer.doing(socket -> {
            RawServer.send(socket, "HTTP/1.0 408 Request Time-out\r\nConnection: close\r\n\r\n");
            RawServer.hold(socket);
        }));
        assertThat(Examine.complaints(report)).containsExactly("http/unsolicited-response");
    }

    @Test
    void whoAnswersSomethingElseIsNoHttpServer() {
        Report report = examine(RawServer.answering("+OK ready\r\n"));
        assertThat(Examine.complaints(report)).containsExactly("http/not-http");
    }

    @Test
    void http2WithoutAnInvitationIsRecognized() {
        Report report = examine(RawServer.answering("\0\0\0\4\0\0\0\0\0"));
        assertThat(Examine.complaints(report)).containsExactly("http/http2-only");
    }

    @Test
    void whoHangsUpIsToldFromWhoNeverAnswers() {
        Report closes = waitBriefly(RawServer.scripted(head -> null));
        assertThat(Examine.complaints(closes)).containsExactly("http/connection-terminated");
        Report resets = examine(RawServer.doing(socket -> {
            socket.getInputStream().read();
            RawServer.reset(socket);
        }));
        assertThat(Examine.complaints(resets)).containsExactly("http/connection-terminated");
        assertThat(resets.verdict()).contains(" reset the connection without a byte");
        Report silent = waitBriefly(RawServer.doing(RawServer::hold));
        assertThat(Examine.complaints(silent)).containsExactly("http/no-response");
    }

    @Test
    void whoAcceptsAndClosesAtOnceIsTold() {
        assertThat(Examine.complaints(listen(RawServer.doing(socket -> {})))).containsExactly("http/closes-at-once");
        assertThat(Examine.complaints(listen(RawServer.doing(RawServer::reset))))
                .containsExactly("http/closes-at-once");
    }

    @Test
    void aHeadThatBreaksOffIsToldFromOneThatStalls() {
        Report cut = examine(RawServer.answeringOnce("HTTP/1.1 200 OK\r\nContent-Le"));
        assertThat(Examine.complaints(cut)).containsExactly("http/head-cut");
        Report stalls = waitBriefly(RawServer.doing(socket -> {
            RawServer.requestHead(socket);
            RawServer.send(socket, "HTTP/1.1 200 OK\r\nContent-Le");
            RawServer.hold(socket);
        }));
        assertThat(Examine.complaints(stalls)).containsExactly("http/head-stalls");
    }

    @Test
    void aBodyThatStallsIsAWarningSinceItMayBeAStream() {
        AtomicBoolean stalled = new AtomicBoolean();
        Report report = waitBriefly(RawServer.doing(socket -> {
            if (RawServer.requestHead(socket) != null && stalled.compareAndSet(false, true)) {
                RawServer.send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok");
                RawServer.hold(socket);
            } else {
                RawServer.send(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            }
        }));
        assertThat(Examine.complaints(report)).contains("http/body-stalls");
        assertThat(report.severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void whoWantsTheProxyProtocolIsFoundByTryingIt() {
        Report report = waitBriefly(RawServer.doing(socket -> {
            String head = RawServer.requestHead(socket);
            if (head != null && head.startsWith("PROXY ")) {
                RawServer.send(socket, RawServer.OK);
            }
        }));
        assertThat(Examine.complaints(report)).containsExactly("http/proxy-protocol");
    }
}
