package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of methods, targets and fields on their way. */
class FieldsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** The head that a backend gets, line by line. */
    private static List<String> forwarded(String request) throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            assertThat(RawClient.exchange(proxy.port(), request).status()).isEqualTo(200);
            assertThat(backend.heads()).hasSize(1);
            return List.of(backend.heads().getFirst().split("\r\n", -1));
        }
    }

    private static RawClient.Response relayed(String answer) throws IOException {
        try (RawBackend backend = RawBackend.answering(answer);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            return RawClient.get(proxy.port(), "/");
        }
    }

    /** Of an exchange that the balancer refuses. */
    private static RawClient.Response refused(String request) throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            RawClient.Response response = RawClient.exchange(proxy.port(), request);
            assertThat(backend.connections()).isZero();
            return response;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "PURGE", "get", "X-Y_Z"})
    void anyMethodIsForwarded(String method) throws IOException {
        assertThat(forwarded(method + " /a HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith(method + " /a HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT a:80", "TRACE /"})
    void tunnelsAndEchoesAreNotServed(String request) throws IOException {
        RawClient.Response response = refused(request + " HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(response.status()).isEqualTo(405);
        assertThat(response.field("allow"))
                .contains("GET")
                .doesNotContain("TRACE")
                .doesNotContain("CONNECT");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/a//b/./../c;d=e?f=g&h=%20%zz+i?j,/a//b/./../c;d=e?f=g&h=%20%zz+i?j",
        "GET,/{a}|[b]\\^`'\"<>,/{a}|[b]\\^`'\"<>",
        "GET,//a,//a",
        "GET,/?http://b/,/?http://b/",
        "GET,http://a/b?c,/b?c",
        "GET,HTTP://a,/",
        "OPTIONS,*,*",
        "OPTIONS,http://a,*",
        "OPTIONS,/,/"
    })
    void oddButLegalTargetsAreForwarded(String method, String target, String expected) throws IOException {
        assertThat(forwarded(method + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith(method + " " + expected + " HTTP/1.1");
    }

    @Test
    void theHostOfAUrlReplacesTheField() throws IOException {
        assertThat(forwarded("GET http://other.example:81/ HTTP/1.1\r\nHost: a\r\n\r\n"))
                .contains("host: other.example:81", "x-forwarded-host: other.example:81")
                .noneMatch(line -> line.equalsIgnoreCase("host: a"));
    }

    @Test
    void rawBytesInATargetAreForwardedPercentEncoded() throws IOException {
        assertThat(forwarded("GET /caf\u00c3\u00a9?\u00ff HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("GET /caf%C3%A9?%FF HTTP/1.1");
    }

    @Test
    void fieldsKeepTheirOrderTheirDuplicatesAndTheirNamesCaseBothWays() throws IOException {
        String[] fields = {"X-B: 1", "x-a: 2", "Cookie: a=b; c=d", "X-b: 3", "Cookie: e=f", "X-Empty:", "X-B: 1"};
        String lines = String.join("\r\n", fields) + "\r\n";
        List<String> normal = Arrays.stream(fields)
                .map(line -> line.replace("X-Empty:", "X-Empty: "))
                .toList();
        assertThat(forwarded("GET / HTTP/1.1\r\n" + lines + "Host: a\r\n\r\n").subList(1, 1 + fields.length))
                .isEqualTo(normal);
        RawClient.Response response = relayed("HTTP/1.1 200 OK\r\n" + lines + "Content-Length: 2\r\n\r\nok");
        assertThat(List.of(response.head().split("\r\n", -1)).subList(1, 1 + fields.length))
                .isEqualTo(normal);
    }

    @Test
    void manyCookiesAreSetInTheirOrder() throws IOException {
        List<String> cookies = Stream.iterate(0, i -> i < 50, i -> i + 1)
                .map(i -> "c" + i + "=v" + i + "; Path=/; HttpOnly")
                .toList();
        String lines = String.join(
                "", cookies.stream().map(c -> "Set-Cookie: " + c + "\r\n").toList());
        assertThat(relayed("HTTP/1.1 200 OK\r\n" + lines + "Content-Length: 2\r\n\r\nok")
                        .fields("set-cookie"))
                .isEqualTo(cookies);
    }

    @Test
    void rawBytesInValuesAreForwardedByteForByte() throws IOException {
        String value = "caf\u00c3\u00a9 \u0080\u00ff\tend";
        assertThat(forwarded("GET / HTTP/1.1\r\nHost: a\r\nX-Name: " + value + "\r\n\r\n"))
                .contains("X-Name: " + value);
        RawClient.Response response =
                relayed("HTTP/1.1 200 Tr\u00c3\u00a8s bien\r\nX-Name: " + value + "\r\nContent-Length: 2\r\n\r\nok");
        assertThat(response.head())
                .startsWith("HTTP/1.1 200 Tr\u00c3\u00a8s bien\r\n")
                .contains("\r\nX-Name: " + value + "\r\n");
    }

    @Test
    void longHeadsWithinTheLimitsComeThrough() throws IOException {
        String target = "/" + "t".repeat(8_000);
        String value = "v".repeat(60_000);
        assertThat(forwarded("GET " + target + " HTTP/1.1\r\nHost: a\r\nX-Long: " + value + "\r\n\r\n"))
                .startsWith("GET " + target + " HTTP/1.1")
                .contains("X-Long: " + value);
        assertThat(relayed("HTTP/1.1 200 OK\r\nX-Long: " + value + "\r\nContent-Length: 2\r\n\r\nok")
                        .field("x-long"))
                .isEqualTo(value);
    }

    @Test
    void fieldsOfOneConnectionAreForwardedInNeitherDirection() throws IOException {
        String lines = HttpText.lines(
                "Connection: keep-alive, X-Hop",
                "Keep-Alive: timeout=5",
                "Connection: x-other",
                "X-Hop: 1",
                "Upgrade: h2c",
                "X-Other: 2",
                "Proxy-Connection: keep-alive",
                "X-Kept: 3");
        List<String> request = forwarded("GET / HTTP/1.1\r\nHost: a\r\n" + lines
                + "HTTP2-Settings: AAMAAABkAAQ\r\nProxy-Authorization: Basic eDp5\r\n\r\n");
        assertThat(request).contains("X-Kept: 3");
        assertThat(String.join("\n", request))
                .doesNotContainIgnoringCase("x-hop")
                .doesNotContainIgnoringCase("x-other")
                .doesNotContainIgnoringCase("keep-alive")
                .doesNotContainIgnoringCase("upgrade")
                .doesNotContainIgnoringCase("settings")
                .doesNotContainIgnoringCase("authorization");
        RawClient.Response response = relayed("HTTP/1.1 200 OK\r\n" + lines + "Content-Length: 2\r\n\r\nok");
        assertThat(response.text()).isEqualTo("ok");
        assertThat(response.field("x-kept")).isEqualTo("3");
        assertThat(response.head())
                .doesNotContainIgnoringCase("x-hop")
                .doesNotContainIgnoringCase("x-other")
                .doesNotContainIgnoringCase("keep-alive")
                .doesNotContainIgnoringCase("upgrade");
    }

    @Test
    void connectionCannotTakeAwayTheFraming() throws IOException {
        try (RawBackend backend = RawBackend.answering(
                        "HTTP/1.1 200 OK\r\nConnection: content-length\r\nContent-Length: 2\r\n\r\nok");
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            RawClient.Response response = RawClient.exchange(
                    proxy.port(),
                    "POST / HTTP/1.1\r\nHost: a\r\nConnection: host, content-length\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(response.field("content-length")).isEqualTo("2");
            assertThat(backend.received().getFirst())
                    .contains("\r\nHost: a\r\n")
                    .contains("\r\nContent-Length: 3\r\n")
                    .endsWith("\r\n\r\nabc");
        }
    }

    @Test
    void thatAClientAcceptsTrailersIsForwarded() throws IOException {
        assertThat(forwarded("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers, deflate\r\nConnection: TE\r\n\r\n"))
                .contains("te: trailers", "connection: te");
    }

    @Test
    void theBalancerAddsItselfToViaAndADateToAResponseThatHasNone() throws IOException {
        assertThat(forwarded("GET / HTTP/1.1\r\nHost: a\r\nVia: 1.0 edge\r\n\r\n"))
                .contains("Via: 1.0 edge")
                .anyMatch(FieldsTest::isOwnVia);
        RawClient.Response dated =
                relayed("HTTP/1.1 200 OK\r\nDate: today\r\nVia: 1.1 app\r\nContent-Length: 2\r\n\r\nok");
        assertThat(dated.fields("via")).containsExactly("1.1 app", "1.1 weir");
        assertThat(dated.fields("date")).containsExactly("today");
        assertThat(relayed(OK).field("date")).matches("\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT");
    }

    /** A name that this process has made up. */
    private static boolean isOwnVia(String line) {
        return line.matches("via: 1\\.1 weir-[a-z2-7]{12}");
    }

    @Test
    void anUntrustedClientCannotForgeWhoItIs() throws IOException {
        List<String> head = forwarded(HttpText.lines(
                "GET / HTTP/1.1",
                "Host: shop.example",
                "X-Forwarded-For: 10.0.0.1",
                "X-Forwarded-For: 10.0.0.2",
                "Forwarded: for=10.0.0.1",
                "X-Real-IP: 10.0.0.1",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: evil",
                "X-Forwarded-Port: 1",
                "X-Forwarded-Prefix: /e",
                "Connection: x-forwarded-for, forwarded, via",
                ""));
        assertThat(head)
                .contains(
                        "x-forwarded-for: 127.0.0.1",
                        "forwarded: for=127.0.0.1;host=shop.example;proto=http",
                        "x-forwarded-proto: http",
                        "x-forwarded-host: shop.example")
                .anyMatch(FieldsTest::isOwnVia)
                .noneMatch(line -> line.contains("10.0.0.") || line.contains("evil") || line.contains("https"));
    }

    @Test
    void aTrustedProxyIsBelieved() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .trusting("127.0.0.0/8")
                        .start()) {
            RawClient.exchange(
                    proxy.port(),
                    "GET / HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: 198.51.100.9\r\nX-Forwarded-Proto: https\r\n\r\n");
            assertThat(backend.heads().getFirst())
                    .contains("\r\nx-forwarded-for: 198.51.100.9, 127.0.0.1\r\n")
                    .contains("\r\nX-Forwarded-Proto: https\r\n");
            assertThat(proxy.accessLog(1).getFirst().getString("client")).isEqualTo("198.51.100.9");
        }
    }
}
