package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HopByHopTest {
    /** @param lines such as "Name: value" */
    private static HttpHeaders fields(String... lines) {
        HttpHeaders headers = new DefaultHttpHeaders();
        for (String line : lines) {
            int colon = line.indexOf(':');
            headers.add(line.substring(0, colon), line.substring(colon + 2));
        }
        return headers;
    }

    private static List<String> lines(HttpHeaders headers) {
        return headers.entries().stream()
                .map(field -> field.getKey() + ": " + field.getValue())
                .toList();
    }

    private static List<String> ofRequest(String... lines) {
        HttpHeaders headers = fields(lines);
        HopByHop.stripRequest(headers);
        return lines(headers);
    }

    private static List<String> ofResponse(String... lines) {
        HttpHeaders headers = fields(lines);
        HopByHop.stripResponse(headers);
        return lines(headers);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: keep-alive",
                "connection: close",
                "Keep-Alive: timeout=5",
                "Proxy-Connection: keep-alive",
                "Upgrade: websocket",
                "TE: gzip"
            })
    void whatIsMeantForOneConnectionIsRemovedBothWays(String line) {
        assertThat(ofRequest("Accept: */*", line, "X-A: b")).containsExactly("Accept: */*", "X-A: b");
        assertThat(ofResponse("Server: x", line, "X-A: b")).containsExactly("Server: x", "X-A: b");
    }

    @Test
    void whatIsMeantForTheNextProxyIsRemovedFromRequests() {
        assertThat(ofRequest("Proxy-Authorization: Basic eDp5", "HTTP2-Settings: AAMAAABkAAQ"))
                .isEmpty();
    }

    @Test
    void fieldsThatConnectionNamesAreRemovedInAnyCaseAndHoweverTheyAreListed() {
        String[] lines = {
            "Connection: keep-alive",
            "X-One: 1",
            "Connection: x-one,X-TWO ,, close",
            "X-Two: 2",
            "x-two: 2",
            "X-Three: 3",
            "Connection: ",
            "Connection: , X-Four",
            "X-Four: 4"
        };
        assertThat(ofRequest(lines)).containsExactly("X-Three: 3");
        assertThat(ofResponse(lines)).containsExactly("X-Three: 3");
    }

    @Test
    void connectionCannotTakeAwayWhatDelimitsOrDirectsTheMessage() {
        String[] lines = {
            "Host: shop.example",
            "Connection: host, content-length, Transfer-Encoding",
            "Content-Length: 3",
            "Transfer-Encoding: chunked"
        };
        String[] kept = {"Host: shop.example", "Content-Length: 3", "Transfer-Encoding: chunked"};
        assertThat(ofRequest(lines)).containsExactly(kept);
        assertThat(ofResponse(lines)).containsExactly(kept);
    }

    @Test
    void thatTheClientAcceptsTrailersIsPassedOn() {
        assertThat(ofRequest("TE: gzip, trailers", "Connection: TE")).containsExactly("te: trailers", "connection: te");
        assertThat(ofRequest("TE: Trailers")).containsExactly("te: trailers", "connection: te");
    }

    @Test
    void everythingElseKeepsItsOrderItsDuplicatesAndItsNamesCase() {
        String[] lines = {"Set-Cookie: a=1", "ETag: x", "set-cookie: b=2", "Trailer: X-Sum", "Set-Cookie: a=1"};
        assertThat(ofResponse(lines)).containsExactly(lines);
    }

    @Test
    void trailersCanNeitherDirectTheMessageNorTellWhereItCameFrom() {
        HttpHeaders trailers = fields(
                "X-Sum: 1",
                "Host: evil.example",
                "Connection: close",
                "X-Forwarded-For: 10.0.0.1",
                "Forwarded: for=10.0.0.1",
                "X-Real-IP: 10.0.0.1",
                "X-Forwarded-Proto: https",
                "Server-Timing: db");
        HopByHop.stripTrailers(trailers);
        assertThat(lines(trailers)).containsExactly("X-Sum: 1", "Server-Timing: db");
    }
}
