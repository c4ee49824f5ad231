package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadTest {
    private static HttpRequest get(String target) {
        return request(HttpVersion.HTTP_1_1, "GET", target);
    }

    private static HttpRequest request(HttpVersion version, String method, String target) {
        HttpRequest request = new DefaultHttpRequest(version, HttpMethod.valueOf(method), target);
        request.headers().add("Host", "shop.example");
        return request;
    }

    /** 0: accepted. */
    private static int status(HttpRequest request) {
        return status(RequestHead.normalize(request, 0));
    }

    private static int status(RequestHead.@Nullable Rejection rejection) {
        return rejection == null ? 0 : rejection.status().code();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a/b?c=d&e", "/a//b/../c;v=1", "/%2e%2E/%00", "/|{}\"<>\\^`'", "/a?b=http://c/d"})
    void aPathIsForwardedAsItIs(String target) {
        HttpRequest request = get(target);
        assertThat(status(request)).isZero();
        assertThat(request.uri()).isEqualTo(target);
    }

    @ParameterizedTest
    @CsvSource({
        "http://other.example/a?b,other.example,/a?b",
        "HTTP://other.example:8080/,other.example:8080,/",
        "http://other.example,other.example,/",
        "http://other.example?q=/x,other.example,/?q=/x",
        "https://[2001:db8::1]:443/a,[2001:db8::1]:443,/a"
    })
    void aUrlBecomesAPathAndItsAuthorityTheHost(String target, String host, String path) {
        HttpRequest request = get(target);
        assertThat(status(request)).isZero();
        assertThat(request.uri()).isEqualTo(path);
        assertThat(request.headers().getAll("host")).containsExactly(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "*",
                "?a",
                "shop.example:80",
                "ftp://shop.example/",
                "http:/shop.example/",
                "http:///a",
                "http://?a",
                "http://user@shop.example/",
                "http://shop.example:80:81/",
                "http://[::1/",
                "http://::1/",
                "http://shop.example:x/",
                "/a\tb",
                "/a\u007f",
                "/a\u0000",
                "/a#b"
            })
    void aTargetThatIsNeitherPathNorUrlIsRefused(String target) {
        assertThat(status(get(target))).isEqualTo(400);
    }

    @Test
    void optionsMayAskForTheWholeServerInEitherForm() {
        HttpRequest asterisk = request(HttpVersion.HTTP_1_1, "OPTIONS", "*");
        assertThat(status(asterisk)).isZero();
        assertThat(asterisk.uri()).isEqualTo("*");
        HttpRequest absolute = request(HttpVersion.HTTP_1_1, "OPTIONS", "http://other.example:81");
        assertThat(status(absolute)).isZero();
        assertThat(absolute.uri()).isEqualTo("*");
        assertThat(absolute.headers().get("host")).isEqualTo("other.example:81");
    }

    @Test
    void rawBytesInATargetBecomePercentEncoded() {
        HttpRequest request = get("/caf\u00c3\u00a9?\u00ff=%C3%A9");
        assertThat(status(request)).isZero();
        assertThat(request.uri()).isEqualTo("/caf%C3%A9?%FF=%C3%A9");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shop.example",
                "SHOP.example:80",
                "shop.example:",
                "127.0.0.1:8080",
                "[::1]",
                "[::1]:80",
                "[fe80::1%25eth0]",
                "my_shop~1.example",
                "xn--caf-dma.example",
                ""
            })
    void aHostIsANameOrAnAddressPerhapsWithAPort(String host) {
        HttpRequest request = get("/");
        request.headers().set("Host", host);
        assertThat(status(request)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user@shop.example",
                "shop.example/a",
                "shop.example?a",
                "a\tb",
                "shop.example:80:81",
                "shop.example:8o",
                "[::1",
                "::1",
                "[::1]a",
                "a[::1]",
                "[[::1]]",
                "caf\u00e9.example",
                "a\"b",
                "a\\b",
                "a<b>"
            })
    void anythingElseIsNoHost(String host) {
        HttpRequest request = get("/");
        request.headers().set("Host", host);
        assertThat(status(request)).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "http://other.example/"})
    void aHostMustBeNamedOnceUnlessTheClientIsOld(String target) {
        HttpRequest twice = get(target);
        twice.headers().add("Host", "shop.example");
        assertThat(status(twice)).isEqualTo(400);
        HttpRequest never = get(target);
        never.headers().remove("Host");
        assertThat(status(never)).isEqualTo(400);
        HttpRequest old = request(HttpVersion.HTTP_1_0, "GET", target);
        old.headers().remove("Host");
        assertThat(status(old)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"CONNECT,405", "TRACE,405", "PROPFIND,0", "get,0", "M-SEARCH,0", "!#$%&'*+-.^_`|~,0"})
    void anyTokenIsAMethodButTunnelsAndEchoesAreNotServed(String method, int status) {
        assertThat(status(request(HttpVersion.HTTP_1_1, method, "/"))).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"HTTP/2.0,505", "HTTP/0.9,505", "HTTP/1.0,0", "HTTP/1.1,0", "HTTP/1.2,0"})
    void onlyTheFirstMajorVersionIsSpoken(String version, int status) {
        assertThat(status(request(HttpVersion.valueOf(version), "GET", "/"))).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"chunked,0", "Chunked,0", "'gzip, chunked',501", "'chunked,',501", "identity,501"})
    void onlyChunkedIsATransferCodingThatIsServed(String coding, int status) {
        HttpRequest request = get("/");
        request.headers().add("Transfer-Encoding", coding);
        assertThat(status(request)).isEqualTo(status);
    }

    @Test
    void twoWaysOfDelimitingABodyAreOneTooMany() {
        HttpRequest both = get("/");
        both.headers().add("Transfer-Encoding", "chunked").add("Content-Length", "3");
        assertThat(status(both)).isEqualTo(400);
        HttpRequest twice = get("/");
        twice.headers().add("Transfer-Encoding", "chunked").add("Transfer-Encoding", "chunked");
        assertThat(status(twice)).isEqualTo(501);
    }

    @ParameterizedTest
    @CsvSource({"100-continue,0", "100-Continue,0", "200-ok,417", "'100-continue, 100-continue',417"})
    void onlyOneExpectationIsMet(String expectation, int status) {
        HttpRequest request = get("/");
        request.headers().add("Expect", expectation);
        assertThat(status(request)).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"10,0", "11,413", "9223372036854775807,413"})
    void anAnnouncedBodyIsHeldAgainstTheLimit(String length, int status) {
        HttpRequest request = get("/");
        request.headers().add("Content-Length", length);
        assertThat(status(RequestHead.normalize(request, 10))).isEqualTo(status);
        assertThat(status(RequestHead.normalize(request, 0))).isZero();
    }
}
