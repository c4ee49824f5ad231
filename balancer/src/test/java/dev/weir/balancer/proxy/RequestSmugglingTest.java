package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A request that one server understands in one way and another one in another is refused, and ends its connection; what is
 * forwarded has one meaning. In all of these requests lies another one, which must never reach a backend as such.
 */
class RequestSmugglingTest {
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    private static StrictBackend backend;
    private static ProxyUnderTest proxy;

    @BeforeAll
    static void start() {
        backend = new StrictBackend();
        proxy = ProxyUnderTest.before(backend.port()).start();
    }

    @AfterAll
    static void stop() {
        proxy.close();
        backend.close();
    }

    @BeforeEach
    void forget() {
        backend.forget();
    }

    @AfterEach
    void nothingWasAmbiguousOrSmuggled() {
        assertThat(backend.violations()).isEmpty();
        assertThat(backend.requests()).extracting(StrictHttp.Request::target).doesNotContain("/smuggled");
    }

    private static String escaped(String text) {
        return text.replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\0", "\0")
                .replace("\\t", "\t")
                .replace("\\v", "\u000b");
    }

    /** All responses on one connection, up to its end. */
    private static List<RawClient.Response> exchange(String requests) throws IOException {
        List<RawClient.Response> responses = new ArrayList<>();
        try (RawClient client = new RawClient(proxy.port())) {
            client.sendQuietly(requests);
            RawClient.Response response = client.read();
            responses.add(response);
            while (!"close".equals(response.field("connection"))) {
                response = client.read();
                responses.add(response);
            }
            assertThat(client.ends()).isTrue();
        }
        return responses;
    }

    private static void assertRefused(String requests, int... statuses) throws IOException {
        assertThat(exchange(requests)).singleElement().satisfies(response -> {
            assertThat(statuses).contains(response.status());
            assertThat(response.field("proxy-status")).startsWith("weir; error=http_request_error");
        });
        assertThat(backend.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 6\\r\\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\\r\\nContent-Length: 6",
                "Content-Length: 6\\r\\nContent-Length: 0",
                "Content-Length: 6\\r\\nContent-Length: 6",
                "Content-Length: 6\\r\\nX-A: b\\r\\ncontent-length: 5",
                "Content-Length: 6, 6",
                "Content-Length: 6,5",
                "Content-Length: +6",
                "Content-Length: -6",
                "Content-Length: 0x6",
                "Content-Length: 6 6",
                "Content-Length: 6a",
                "Content-Length: 6.0",
                "Content-Length: \\v6",
                "Content-Length:",
                "Content-Length: 9223372036854775808",
                "Content-Length: 99999999999999999999999999",
                "Content-Length : 6",
                "Content-Length\\t: 6",
                "Content\\0-Length: 6",
                "Content-Length: 6\\r\\n 5",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\\r\\nTransfer-Encoding: identity",
                "Transfer-Encoding: identity\\r\\nTransfer-Encoding: chunked",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunkedx",
                "Transfer-Encoding: chunk ed",
                "Transfer-Encoding: chunked;q=1",
                "Transfer-Encoding: \"chunked\"",
                "Transfer-Encoding: chunked,",
                "Transfer-Encoding: ,chunked",
                "Transfer-Encoding:",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: gzip",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: cow",
                "Transfer-Encoding: \\vchunked",
                "Transfer-Encoding: chunked\\v",
                "Transfer-Encoding: chunked\\0",
                "Transfer-Encoding : chunked",
                "Transfer-Encoding\\t: chunked",
                "Transfer-Encoding\\v: chunked",
                "Transfer_Encoding: chunked",
                "transfer_encoding: chunked",
                "Content_Length: 6",
                "Content-Length: 5\\r\\nContent_Length: 0",
                "Transfer-Encoding:\\r\\n chunked",
                "\\rTransfer-Encoding: chunked",
                "X-A: b\\rTransfer-Encoding: chunked",
                "X-A: b\\nTransfer-Encoding: chunked",
                "X-A: b\\0",
                "X-A: b\\vc",
                "X-A",
                ": b",
                "X A: b",
                "X-A\\0: b",
                "X-\u00c4: b",
                "(X): b",
                "Host: b",
                "Host: a",
                "Sec-WebSocket-Key1: 1\\r\\nSec-WebSocket-Key2: 2",
                "sec-websocket-key1: 1"
            })
    void whatCouldBeUnderstoodInAnotherWayIsRefused(String fields) throws IOException {
        assertRefused("POST / HTTP/1.1\r\nHost: a\r\n" + escaped(fields) + "\r\n\r\n0\r\n\r\n" + SMUGGLED, 400, 501);
        backend.forget();
        assertRefused("GET / HTTP/1.1\r\nHost: a\r\n" + escaped(fields) + "\r\n\r\n0\r\n\r\n" + SMUGGLED, 400, 501);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked",
                "Content-Length: 6\\r\\nTransfer-Encoding: chunked",
                "Content-Length: 6\\r\\nContent-Length: 0",
                "Content-Length: 6\\r\\nContent-Length: 6",
                "Content-Length: 6, 0"
            })
    void anOldClientIsHeldToTheSameRules(String fields) throws IOException {
        assertRefused(
                "POST / HTTP/1.0\r\nConnection: keep-alive\r\n" + escaped(fields) + "\r\n\r\n0\r\n\r\n" + SMUGGLED,
                400,
                501);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\\nHost: a\\n\\n",
                "GET / HTTP/1.1\\r\\nHost: a\\n\\r\\n",
                "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\n",
                "GET / HTTP/1.1\\r\\n Host: a\\r\\n\\r\\n",
                "GET / HTTP/1.1\\r\\n\\r\\nHost: a\\r\\n\\r\\n",
                "GET /\\r\\n",
                "GET\\r\\n\\r\\n",
                "GET / \\r\\nHost: a\\r\\n\\r\\n",
                "/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "GET / HTTP/1.1 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "GET /a b HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "GET /a\\0 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "G\\0T / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "GET: / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "GET / http/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "GET / HTTP/1.1x\\r\\nHost: a\\r\\n\\r\\n",
                "GET / HTTP/11\\r\\nHost: a\\r\\n\\r\\n",
                "GET / HTTP/1.10\\r\\nHost: a\\r\\n\\r\\n",
                "GET / HTTP/ 1.1\\r\\nHost: a\\r\\n\\r\\n",
                "GET / RTSP/1.0\\r\\nHost: a\\r\\n\\r\\n",
                "\\0GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"
            })
    void aHeadThatIsNotWellFormedIsRefused(String head) throws IOException {
        assertRefused(escaped(head) + SMUGGLED, 400);
    }

    @Test
    void anotherMajorVersionIsRefused() throws IOException {
        List<RawClient.Response> responses = exchange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0\0\0\4\0\0\0\0\0");
        assertThat(responses.getFirst().status()).isEqualTo(505);
        assertThat(backend.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\\r\\n",
                "-5\\r\\n",
                "+5\\r\\n",
                "0x5\\r\\n",
                " 5\\r\\n",
                "5 \\r\\n",
                "5\\t\\r\\n",
                "\\r\\n",
                ";x\\r\\n",
                "5\\n",
                "5;x\\n",
                "5;x=\\ry\\r\\n",
                "5,x\\r\\n",
                "5.\\r\\n",
                "80000000\\r\\n",
                "ffffffff\\r\\n",
                "100000005\\r\\n",
                "fffffffffffffffff5\\r\\n",
                "5\\r\\nhello0\\r\\n\\r\\n",
                "5\\r\\nhello\\n0\\r\\n\\r\\n",
                "5\\r\\nhello\\r0\\r\\n\\r\\n",
                "5\\r\\nhelloX\\r\\n0\\r\\n\\r\\n",
                "5\\r\\nhello\\r\\n0\\r\\nX A: b\\r\\n\\r\\n",
                "5\\r\\nhello\\r\\n0\\r\\nnocolon\\r\\n\\r\\n",
                "5\\r\\nhello\\r\\n0\\r\\nX-A: b\\n\\r\\n",
                "0\\n\\r\\n",
                "0\\r\\n\\n"
            })
    void aBodyWithBrokenChunksIsCutOff(String chunks) throws IOException {
        assertRefused(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + escaped(chunks) + SMUGGLED, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5\\r\\nhello\\r\\n0\\r\\n\\r\\n",
                "0000000000000005\\r\\nhello\\r\\n000\\r\\n\\r\\n",
                "5;x\\r\\nhello\\r\\n0;y\\r\\n\\r\\n",
                "5;x=y;z=\"a;b\"\\r\\nhello\\r\\n0\\r\\n\\r\\n",
                "5 ;x\\r\\nhello\\r\\n0\\r\\n\\r\\n",
                "2\\r\\nhe\\r\\n3\\r\\nllo\\r\\n0\\r\\nX-Sum: 1\\r\\n\\r\\n",
                "5\\r\\nhello\\r\\n0\\r\\nContent-Length: 3\\r\\nTransfer-Encoding: x\\r\\nHost: b\\r\\n\\r\\n"
            })
    void oddButSoundChunksAreForwardedWithoutOddities(String chunks) throws IOException {
        List<RawClient.Response> responses = exchange("POST / HTTP/1.1\r\nHost: a\r\n"
                + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + escaped(chunks));
        assertThat(responses.getFirst().status()).isEqualTo(200);
        assertThat(backend.requests()).singleElement().satisfies(request -> {
            assertThat(request.body()).isEqualTo("hello");
            assertThat(request.values("transfer-encoding")).containsExactly("chunked");
            assertThat(request.values("content-length")).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\r\\nGET / HTTP/1.1\\r\\nHost: a\\r\\n",
                "\\r\\n\\r\\n\\r\\nGET / HTTP/1.1\\r\\nHost: a\\r\\n",
                "GET  /  HTTP/1.1\\r\\nHost: a\\r\\n",
                "GET\\t/\\tHTTP/1.1\\r\\nHost: a\\r\\n",
                "GET / HTTP/1.1\\r\\nHost:a\\r\\n",
                "GET / HTTP/1.1\\r\\nHost: \\t a \\t\\r\\n",
                "GET / HTTP/1.1\\r\\nHost: a\\r\\nX-A: b\\r\\n c\\r\\n\\td\\r\\n",
                "GET / HTTP/1.1\\r\\nHost: a\\r\\nX-A: b\\r\\n Content-Length: 6\\r\\n",
                "GET / HTTP/1.1\\r\\nHost: a\\r\\nX-A:\\r\\n",
                "GET / HTTP/1.2\\r\\nHost: a\\r\\n"
            })
    void oddButSoundHeadsAreForwardedWithoutOddities(String head) throws IOException {
        List<RawClient.Response> responses = exchange(escaped(head) + "Connection: close\r\n\r\n");
        assertThat(responses.getFirst().status()).isEqualTo(200);
        assertThat(backend.requests()).singleElement().satisfies(request -> {
            assertThat(request.method()).isEqualTo("GET");
            assertThat(request.target()).isEqualTo("/");
            assertThat(request.values("host")).containsExactly("a");
            assertThat(request.body()).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"X_Forwarded_For", "x-forwarded_for", "X_FORWARDED-FOR", "X_Real_IP", "X_Forwarded_Prefix"})
    void whoAskedCannotBeForgedByUnderscores(String name) throws IOException {
        exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX_Other: kept\r\n" + name + ": 10.1.2.3\r\n\r\n");
        assertThat(backend.requests()).singleElement().satisfies(request -> {
            assertThat(request.values("x-forwarded-for")).containsExactly("127.0.0.1");
            assertThat(request.values("x_other")).containsExactly("kept");
            assertThat(request.values(name.toLowerCase(Locale.ROOT))).isEmpty();
            assertThat(request.values("x-real-ip")).isEmpty();
            assertThat(request.values("x-forwarded-prefix")).isEmpty();
        });
    }

    @Test
    void aRequestInABodyStaysThere() throws IOException {
        List<RawClient.Response> responses = exchange("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: "
                + SMUGGLED.length() + "\r\n\r\n" + SMUGGLED + "POST /2 HTTP/1.1\r\nHost: a\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(SMUGGLED.length()) + "\r\n" + SMUGGLED
                + "\r\n0\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + SMUGGLED);
        assertThat(responses).extracting(RawClient.Response::status).containsExactly(200, 200, 200);
        assertThat(backend.requests()).extracting(StrictHttp.Request::target).containsExactly("/1", "/2", "/3");
        assertThat(backend.requests()).extracting(StrictHttp.Request::body).containsExactly(SMUGGLED, SMUGGLED, "");
    }

    @Test
    void contentBehindARequestThatAnnouncesNoneIsTheNextRequest() throws IOException {
        List<RawClient.Response> responses = exchange("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n{\"a\": 1}" + SMUGGLED);
        assertThat(responses).extracting(RawClient.Response::status).containsExactly(200, 400);
        assertThat(backend.requests()).extracting(StrictHttp.Request::target).containsExactly("/1");
    }
}
