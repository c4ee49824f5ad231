package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.failure.ProxyError;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What backends send that is no HTTP, or two things at once. */
class MalformedResponseTest {
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";

    private static String escaped(String text) {
        return text.replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\0", "\0")
                .replace("\\t", "\t");
    }

    /** Asks a backend that always answers so; no other attempt is made, since it could as well have done what was asked. */
    private static RawClient.Response relayed(String answer) throws IOException {
        try (RawBackend backend = RawBackend.answering(answer);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            RawClient.Response response = RawClient.exchange(proxy.port(), POST);
            assertThat(backend.connections()).isEqualTo(1);
            return response;
        }
    }

    private static void assertRefused(RawClient.Response response, ProxyError error) {
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.complete()).isTrue();
        assertThat(response.field("proxy-status")).isEqualTo("weir; error=" + error.token());
        assertThat(response.text()).contains(error.token()).doesNotContain("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage\\r\\n\\r\\n",
                "SSH-2.0-OpenSSH_9.2\\r\\n",
                "220 mail.example ESMTP\\r\\n",
                "<html>hello</html>\\r\\n\\r\\n",
                "HTTP/2.0 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "HTTP/0.9 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "HTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "HTTP/1.1 2000 OK\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "HTTP/1.1 099 OK\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "HTTP/1.1 600 OK\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "HTTP/1.1 -200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "HTTP/1.1 abc OK\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "HTTP/1.1\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nContent-Length x: 0\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nnocolon\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nContent-Length\\0: 0\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nContent-Length: 0\\0\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nX Transfer-Encoding: chunked\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\0\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\nTransfer-Encoding:\\r\\n\\r\\n0\\r\\n\\r\\n",
                "HTTP/1.0 200 OK\\r\\nContent-Length: 2\\r\\nContent-Length: 3\\r\\n\\r\\nok",
                "HTTP/1.1 200 OK\\nContent-Length: 0\\n\\n",
                "HTTP/1.1 200 OK\\r\\nX-A: b\\nContent-Length: 0\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nContent-Length: 3\\r\\n\\r\\nok",
                "HTTP/1.1 200 OK\\r\\nContent-Length: 2, 3\\r\\n\\r\\nok",
                "HTTP/1.1 200 OK\\r\\nContent-Length: -5\\r\\n\\r\\nok",
                "HTTP/1.1 200 OK\\r\\nContent-Length: +2\\r\\n\\r\\nok",
                "HTTP/1.1 200 OK\\r\\nContent-Length: 2x\\r\\n\\r\\nok",
                "HTTP/1.1 200 OK\\r\\nContent-Length: 0x2\\r\\n\\r\\nok",
                "HTTP/1.1 200 OK\\r\\nContent-Length:\\r\\n\\r\\nok",
                "HTTP/1.1 200 OK\\r\\nContent-Length: 99999999999999999999\\r\\n\\r\\nok"
            })
    void whatIsNotHttpIsAProtocolError(String answer) throws IOException {
        assertRefused(relayed(escaped(answer)), ProxyError.HTTP_PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: foo\\r\\n\\r\\nok",
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: identity\\r\\n\\r\\nok",
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\n2\\r\\nok\\r\\n0\\r\\n\\r\\n",
                "HTTP/1.0 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nok\\r\\n0\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\nok\\r\\n0\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n-2\\r\\nok\\r\\n0\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2 \\r\\nok\\r\\n0\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n\\r\\nok\\r\\n0\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\nok\\r\\n0\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nffffffffffffffff2\\r\\nok\\r\\n0\\r\\n\\r\\n"
            })
    void aTransferCodingThatNobodyUnderstandsIsAnErrorAndNotABroken200(String answer) throws IOException {
        assertRefused(relayed(escaped(answer)), ProxyError.HTTP_RESPONSE_TRANSFER_CODING);
    }

    @ParameterizedTest
    @EnumSource
    void thatHoldsForEveryTransport(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        try (RawBackend backend = RawBackend.answering("SSH-2.0-OpenSSH_9.2\r\n");
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(POST);
                assertRefused(client.read(), ProxyError.HTTP_PROTOCOL_ERROR);
            }
            assertThat(proxy.blamed())
                    .isNotEmpty() // what is found when the loop had just stood still is not counted
                    .containsOnly(ProxyError.HTTP_PROTOCOL_ERROR);
        }
    }

    @Test
    void aBannerThatComesBeforeTheRequestIsAnErrorToo() throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.send("SSH-2.0-OpenSSH_9.2\r\n");
                    connection.drain();
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            RawClient.Response response = RawClient.exchange(proxy.port(), POST);
            assertThat(response.status()).isEqualTo(502);
        }
    }

    @Test
    void aGetIsTriedAgainWhereAnswersAreSound() throws IOException {
        try (RawBackend mad = RawBackend.answering("garbage\r\n\r\n");
                RawBackend sound = RawBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(mad.port(), sound.port()).start()) {
            assertThat(RawClient.get(proxy.port(), "/").text()).isEqualTo("ok");
        }
    }

    @Test
    void chunksOverruleALengthAndTheConnectionIsNotReused() throws IOException {
        try (RawBackend backend = RawBackend.answering(HttpText.lines(
                        "HTTP/1.1 200 OK", "Content-Length: 3", "Transfer-Encoding: chunked", "", "2", "ok", "0", ""));
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(POST);
                RawClient.Response response = client.read();
                assertThat(response.text()).isEqualTo("ok");
                assertThat(response.field("content-length")).isNull();
                assertThat(response.field("transfer-encoding")).isEqualTo("chunked");
            }
            assertThat(backend.connections()).isEqualTo(3);
            assertThat(proxy.metric("weir_backend_violations_total", "violation=\"length_and_chunks\""))
                    .isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 2\\r\\nContent-Length: 2", "Content-Length: 2, 2", "content-length: 2 ,2"})
    void theSameLengthTwiceIsOneLength(String lengths) throws IOException {
        try (RawBackend backend = RawBackend.answering("HTTP/1.1 200 OK\r\n" + escaped(lengths) + "\r\n\r\nok");
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(POST);
            RawClient.Response response = client.read();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.fields("content-length")).containsExactly("2");
            assertThat(response.text()).isEqualTo("ok");
            assertThat(proxy.metric("weir_backend_violations_total", "violation=\"duplicate_content_length\""))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bad Name: x",
                "no colon",
                ": no name",
                "B@d: x",
                "X-A: a\\0b",
                "X-A: a\\rb",
                "Bad Name: x\\r\\n y: z",
                "Bad Name: x\\r\\nX-A: a\\0b\\r\\nAnother Bad Name: x"
            })
    void anInvalidFieldIsLeftOutAndTheRestPassedOn(String fields) throws IOException {
        String answer = escaped("HTTP/1.1 200 OK\\r\\nX-Before: 1\\r\\n" + fields
                + "\\r\\nContent-Length: 2\\r\\nX-After: 2\\r\\n\\r\\nok");
        try (RawBackend backend = RawBackend.answering(answer);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 2; i++) {
                client.send(POST);
                RawClient.Response response = client.read();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.text()).isEqualTo("ok");
                assertThat(response.field("x-before")).isEqualTo("1");
                assertThat(response.field("x-after")).isEqualTo("2");
                assertThat(response.head()).doesNotContainIgnoringCase("bad", "colon", "no name", "x-a:", "b@d");
            }
            assertThat(backend.connections()).isEqualTo(1);
            assertThat(proxy.metric("weir_backend_violations_total", "violation=\"invalid_field_"))
                    .isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void anInvalidTrailerIsLeftOutToo() throws IOException {
        RawClient.Response response = relayed(escaped("HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n"
                + "2\\r\\nok\\r\\n0\\r\\nBad Name: x\\r\\nX-A: a\\0b\\r\\nX-Sum: 1\\r\\n\\r\\n"));
        assertThat(response.complete()).isTrue();
        assertThat(response.trailers()).containsExactly("X-Sum: 1");
    }

    @Test
    void chunkedTwiceIsChunkedOnceAndCounted() throws IOException {
        try (RawBackend backend = RawBackend.answering(HttpText.lines(
                        "HTTP/1.1 200 OK",
                        "Transfer-Encoding: chunked",
                        "transfer-encoding: Chunked",
                        "",
                        "2",
                        "ok",
                        "0",
                        ""));
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(POST);
                RawClient.Response response = client.read();
                assertThat(response.text()).isEqualTo("ok");
                assertThat(response.fields("transfer-encoding")).containsExactly("chunked");
            }
            assertThat(backend.connections()).isEqualTo(1);
            assertThat(proxy.metric("weir_backend_violations_total", "violation=\"duplicate_transfer_encoding\""))
                    .isEqualTo(3);
        }
    }

    @Test
    void linesThatEndWithLfAloneArePutUpWithWhereThatIsAllowedAndForwardedAsTheyShouldBe() throws IOException {
        String answer = "HTTP/1.1 200 OK\nContent-Length: 2\nX-A: b\r\nX-B: c\n\nok";
        try (RawBackend backend = RawBackend.answering(answer);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(backend.port()).lenientLineEnds().start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 2; i++) {
                client.send(POST);
                RawClient.Response response = client.read();
                assertThat(response.text()).isEqualTo("ok");
                assertThat(response.field("x-a")).isEqualTo("b");
                assertThat(response.head().replace("\r\n", "")).doesNotContain("\n", "\r");
            }
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\x15\\x03\\x03\\0\\x02\\x02F",
                "\\x16\\x03\\x01",
                "\\0\\0\\x12\\x04\\0",
                "220 mail.example ESMTP",
                "<html>"
            })
    void whatIsAnotherProtocolIsNotWaitedFor(String banner) throws IOException {
        String bytes = escaped(banner)
                .replace("\\x15", "\u0015")
                .replace("\\x16", "\u0016")
                .replace("\\x12", "\u0012")
                .replace("\\x03", "\3")
                .replace("\\x02", "\2")
                .replace("\\x04", "\4")
                .replace("\\x01", "\1");
        for (boolean lenient : new boolean[] {false, true}) {
            try (RawBackend backend = RawBackend.that(connection -> {
                        connection.readHead();
                        connection.send(bytes);
                        connection.drain();
                    });
                    ProxyUnderTest proxy = (lenient
                                    ? ProxyUnderTest.before(backend.port()).lenientLineEnds()
                                    : ProxyUnderTest.before(backend.port()))
                            .responseHead(Duration.ofSeconds(60))
                            .start()) {
                assertRefused(RawClient.exchange(proxy.port(), POST), ProxyError.HTTP_PROTOCOL_ERROR);
            }
        }
    }

    @Test
    void aHeadThatIsTooLargeTellsItsLargestField() throws IOException {
        String answer = "HTTP/1.1 200 OK\r\nX-A: b\r\nSet-Cookie: " + "c".repeat(700) + "\r\nX-B: " + "d".repeat(600);
        try (RawBackend backend = RawBackend.answering(answer);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .maxResponseHead(1_000)
                        .start()) {
            assertThat(RawClient.exchange(proxy.port(), POST).status()).isEqualTo(502);
            assertThat(proxy.accessLog(1).getFirst().getString("detail"))
                    .matches("1.* came, more than the 1000 bytes that limits.response-head allows; "
                            + "the largest field is Set-Cookie with 712 bytes so far.*");
        }
    }

    @Test
    void aStatusLineThatIsTooLongIsNoMatterOfALimit() throws IOException {
        try (RawBackend backend = RawBackend.answering("HTTP/1.1 200 " + "O".repeat(9_000) + "\r\n\r\n");
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            assertRefused(RawClient.exchange(proxy.port(), POST), ProxyError.HTTP_PROTOCOL_ERROR);
            assertThat(proxy.accessLog(1).getFirst().getString("detail"))
                    .startsWith("a status line of more than 8192 bytes");
        }
    }

    /** Without it the response would be another one: kept by caches, shown as something else, without its protection. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cache-Control: private\\0",
                "cache-control: \\0no-store",
                "Cache Control: private",
                "Cache-Control\\0: private",
                "Vary: Cookie\\0",
                "Set-Cookie: session=\\0",
                "Content-Type: text/\\0plain",
                "Content-Encoding: gzip\\0",
                "Content-Security-Policy: default-src\\0"
            })
    void anInvalidFieldThatTheResponseDependsOnIsNotLeftOut(String field) throws IOException {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + escaped(field) + "\r\n\r\nok";
        try (RawBackend backend = RawBackend.answering(answer);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            assertRefused(RawClient.exchange(proxy.port(), POST), ProxyError.HTTP_PROTOCOL_ERROR);
            assertThat(proxy.accessLog(1).getFirst().getString("detail"))
                    .containsPattern("(?i)cache.control|vary|set-cookie|content-");
        }
    }

    @Test
    void amongTrailersNoFieldIsIndispensable() throws IOException {
        String trailers = "Cache-Control: private\0\r\nCache Control: private\r\n";
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n";
        RawClient.Response response = relayed(chunked + trailers + "\r\n");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.complete()).isTrue();
        assertThat(response.text()).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length : 2",
                "Content-Length\\t: 2",
                "X-A : b\\r\\nContent-Length: 2",
                "X-A: b\\r\\n c\\r\\nContent-Length: 2"
            })
    void whatIsUsualButWrongIsPutRight(String fields) throws IOException {
        RawClient.Response response = relayed("HTTP/1.1 200 OK\r\n" + escaped(fields) + "\r\n\r\nok");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).isEqualTo("ok");
        assertThat(response.head()).doesNotContain(" :").doesNotContain("\t").doesNotContain("\r\n ");
    }

    @Test
    void aBadChunkInTheMiddleCutsTheResponseOff() throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
                    connection.in().read(); // the test says when
                    connection.send("zz\r\nok\r\n0\r\n\r\n");
                    connection.drain();
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
            assertThat(HttpText.readHead(client.in())).startsWith("HTTP/1.1 200 ");
            client.send("x");
            assertThat(client.readsToACleanEnd(true)).isFalse();
            assertThat(proxy.accessLog(1).getFirst().getString("error")).isEqualTo("http_response_transfer_coding");
        }
    }
}
