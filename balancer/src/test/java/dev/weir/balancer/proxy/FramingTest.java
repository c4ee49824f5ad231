package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How messages are delimited: as they came, and so that nobody can understand it differently. */
class FramingTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** Sends a request through the balancer, and returns all bytes that came out of it. */
    private static String forwarded(String request) throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            assertThat(RawClient.exchange(proxy.port(), request).status()).isEqualTo(200);
            return String.join("", backend.received());
        }
    }

    /** Answers two requests with the same response, and returns what the client got for the first. */
    private static RawClient.Response relayed(String request, boolean head, String answer) throws IOException {
        try (RawBackend backend = RawBackend.answering(answer);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(request);
            RawClient.Response first = client.read(head);
            client.send(request);
            RawClient.Response second = client.read(head);
            assertThat(second.status()).isEqualTo(first.status());
            assertThat(second.body()).isEqualTo(first.body());
            assertThat(backend.connections()).as("the connection is reused").isEqualTo(1);
            return first;
        }
    }

    @Test
    void aRequestWithoutABodyIsNotGivenOne() throws IOException {
        assertThat(forwarded(GET).toLowerCase(Locale.ROOT))
                .doesNotContain("content-length")
                .doesNotContain("transfer-encoding")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "DELETE", "PROPFIND"})
    void aLengthIsForwardedAsALengthWhateverTheMethod(String method) throws IOException {
        assertThat(forwarded(method + " / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"))
                .startsWith(method + " / HTTP/1.1\r\n")
                .contains("\r\nContent-Length: 3\r\n")
                .doesNotContainIgnoringCase("transfer-encoding")
                .endsWith("\r\n\r\nabc");
    }

    @Test
    void aLengthOfZeroIsForwardedToo() throws IOException {
        assertThat(forwarded("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"))
                .contains("\r\nContent-Length: 0\r\n")
                .doesNotContainIgnoringCase("transfer-encoding")
                .endsWith("\r\n\r\n");
        assertThat(forwarded("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 000\r\n\r\n"))
                .endsWith("\r\n\r\n");
    }

    @Test
    void chunksAreForwardedAsChunksWithoutTheirExtensions() throws IOException {
        assertThat(forwarded(HttpText.lines(
                        "POST / HTTP/1.1",
                        "Host: a",
                        "Transfer-Encoding: Chunked",
                        "",
                        "3;x=\"y\"",
                        "abc",
                        "00A",
                        "0123456789",
                        "000",
                        "")))
                .contains("\r\nTransfer-Encoding: Chunked\r\n")
                .doesNotContainIgnoringCase("content-length")
                .endsWith("\r\n\r\n3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n");
    }

    @Test
    void anEmptyChunkedBodyIsForwardedAsOne() throws IOException {
        assertThat(forwarded("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
                .contains("\r\nTransfer-Encoding: chunked\r\n")
                .endsWith("\r\n\r\n0\r\n\r\n");
    }

    @Test
    void trailersOfARequestAreForwardedWithoutThoseThatCouldDeceive() throws IOException {
        assertThat(forwarded(HttpText.lines(
                        "POST / HTTP/1.1",
                        "Host: a",
                        "Trailer: X-Sum",
                        "Transfer-Encoding: chunked",
                        "",
                        "3",
                        "abc",
                        "0",
                        "X-Sum: 1",
                        "Content-Length: 7",
                        "Transfer-Encoding: x",
                        "Host: evil",
                        "X-Forwarded-For: 10.0.0.1",
                        "X-sum: 2",
                        "")))
                .contains("\r\nTrailer: X-Sum\r\n")
                .endsWith("\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\nX-sum: 2\r\n\r\n");
    }

    @Test
    void aResponsesLengthIsForwardedAsALength() throws IOException {
        RawClient.Response response = relayed(GET, false, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
        assertThat(response.text()).isEqualTo("abc");
        assertThat(response.field("content-length")).isEqualTo("3");
        assertThat(response.field("transfer-encoding")).isNull();
    }

    @Test
    void aResponsesChunksAndTrailersAreForwarded() throws IOException {
        RawClient.Response response = relayed(
                GET,
                false,
                HttpText.lines(
                        "HTTP/1.1 200 OK",
                        "Trailer: X-Sum",
                        "Transfer-Encoding: chunked",
                        "",
                        "3",
                        "abc",
                        "2;x",
                        "de",
                        "0",
                        "X-Sum: 1",
                        "Connection: close",
                        "Server-Timing: db",
                        ""));
        assertThat(response.text()).isEqualTo("abcde");
        assertThat(response.field("transfer-encoding")).isEqualTo("chunked");
        assertThat(response.field("content-length")).isNull();
        assertThat(response.field("trailer")).isEqualTo("X-Sum");
        assertThat(response.trailers()).containsExactly("X-Sum: 1", "Server-Timing: db");
        assertThat(response.complete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n"
            })
    void anEmptyResponseIsComplete(String answer) throws IOException {
        RawClient.Response response = relayed(GET, false, answer);
        assertThat(response.body().length()).isZero();
        assertThat(response.complete()).isTrue();
    }

    @Test
    void anAnswerToHeadKeepsItsLengthAndHasNoBody() throws IOException {
        RawClient.Response response = relayed(
                "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
                true,
                "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nETag: x\r\n\r\n");
        assertThat(response.field("content-length")).isEqualTo("1000000");
        assertThat(response.field("etag")).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Transfer-Encoding: chunked\r\n"})
    void anAnswerToHeadThatTellsNoLengthEndsAtOnce(String framing) throws IOException {
        RawClient.Response response =
                relayed("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", true, "HTTP/1.1 200 OK\r\n" + framing + "\r\n");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.field("content-length")).isNull();
        assertThat(response.field("connection")).isNull();
    }

    @Test
    void aNotModifiedResponseKeepsItsLengthAndHasNoBody() throws IOException {
        RawClient.Response response =
                relayed(GET, false, "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000000\r\nETag: x\r\n\r\n");
        assertThat(response.status()).isEqualTo(304);
        assertThat(response.field("content-length")).isEqualTo("1000000");
    }

    @Test
    void aNotModifiedResponseWithoutALengthIsNotGivenOne() throws IOException {
        RawClient.Response response = relayed(GET, false, "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n");
        assertThat(response.field("content-length")).isNull();
        assertThat(response.field("transfer-encoding")).isNull();
    }

    @Test
    void aResponseWithoutContentHasNeitherBodyNorLength() throws IOException {
        RawClient.Response response = relayed(GET, false, "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n");
        assertThat(response.status()).isEqualTo(204);
        assertThat(response.field("x-a")).isEqualTo("b");
        assertThat(response.field("content-length")).isNull();
        assertThat(response.field("transfer-encoding")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"})
    void aResetContentResponseHasAnEmptyBody(String framing) throws IOException {
        RawClient.Response response = relayed(GET, false, "HTTP/1.1 205 Reset Content\r\n" + framing);
        assertThat(response.status()).isEqualTo(205);
        assertThat(response.body().length()).isZero();
        assertThat(response.complete()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void bodiesInManySmallPiecesComeThroughWhole(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        int pieces = 2_000;
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.socket().setTcpNoDelay(true);
                    RawBackend.Request request = connection.readRequest();
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    for (int i = 0; i < request.body().length(); i += 7) {
                        connection.send("7\r\n" + request.body().getString(i, i + 7) + "\r\n");
                    }
                    connection.send("0\r\n\r\n");
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.socket().setTcpNoDelay(true);
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            StringBuilder body = new StringBuilder();
            for (int i = 0; i < pieces; i++) {
                String piece = "%07d".formatted(i);
                body.append(piece);
                client.send("7\r\n" + piece + "\r\n");
            }
            client.send("0\r\n\r\n");
            RawClient.Response response = client.read();
            assertThat(response.complete()).isTrue();
            assertThat(response.text()).isEqualTo(body.toString());
        }
    }
}
