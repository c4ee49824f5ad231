package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.ClosedPort;
import dev.weir.balancer.config.RouteConfig;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The responses that no backend gave. */
class BalancerResponsesTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static String get(String accept) {
        return "GET /cart?id=7 HTTP/1.1\r\nHost: shop.example\r\n" + accept + "\r\n";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Accept: text/html,application/xhtml+xml,*/*;q=0.8 | text/html; charset=utf-8    | <!DOCTYPE html>",
                "Accept: application/json                          | application/problem+json    | {",
                "Accept: application/problem+json                  | application/problem+json    | {",
                "Accept: application/json, */*                     | application/problem+json    | {",
                "Accept: text/plain                                | text/plain; charset=utf-8   | 502 Bad Gateway",
                "Accept: */*                                       | text/plain; charset=utf-8   | 502 Bad Gateway",
                "X-No: accept                                      | text/plain; charset=utf-8   | 502 Bad Gateway",
                "Accept: image/png                                 | text/plain; charset=utf-8   | 502 Bad Gateway"
            })
    void aFailureIsExplainedInTheFormThatTheClientAccepts(String accept, String contentType, String begin)
            throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(ClosedPort.take()).start()) {
            RawClient.Response response = RawClient.exchange(proxy.port(), get(accept + "\r\n"));
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("content-type")).isEqualTo(contentType);
            assertThat(response.text()).startsWith(begin);
            assertThat(response.field("vary")).isEqualToIgnoringCase("accept");
            assertThat(response.field("cache-control")).isEqualTo("no-store");
            assertThat(response.field("date")).isNotNull();
        }
    }

    @Test
    void severalAcceptLinesAreOneList() throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(ClosedPort.take()).start()) {
            RawClient.Response response =
                    RawClient.exchange(proxy.port(), get("Accept: image/png\r\nAccept: text/html\r\n"));
            assertThat(response.field("content-type")).startsWith("text/html");
        }
    }

    @Test
    void aFailureHasATypeForEverybodyAndDetailsForOperatorsOnly() throws IOException {
        int port = ClosedPort.take();
        try (ProxyUnderTest proxy = ProxyUnderTest.before(port).start()) {
            RawClient.Response response = RawClient.exchange(proxy.port(), get("Accept: application/problem+json\r\n"));
            String incident = response.field("x-incident-id");
            assertThat(incident).isNotBlank();
            assertThat(response.field("proxy-status")).isEqualTo("weir; error=connection_refused");
            JsonObject problem = new JsonObject(response.text());
            assertThat(problem.getInteger("status")).isEqualTo(502);
            assertThat(problem.getString("error")).isEqualTo("connection_refused");
            assertThat(problem.getString("instance")).isEqualTo("urn:weir:incident:" + incident);
            assertThat(response.head() + response.text())
                    .doesNotContain("127.0.0.1")
                    .doesNotContain("" + port);

            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getInteger("status")).isEqualTo(502);
            assertThat(line.getString("incident")).isEqualTo(incident);
            assertThat(line.getString("error")).isEqualTo("connection_refused");
            assertThat(line.getString("path")).isEqualTo("/cart?id=7");
            assertThat(line.getString("host")).isEqualTo("shop.example");
            assertThat(line.getString("pool")).isEqualTo("shop");
            assertThat(line.getJsonArray("attempts").getJsonObject(0).getString("backend"))
                    .isEqualTo("127.0.0.1:" + port);
        }
    }

    @Test
    void eachIncidentHasItsOwnId() throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(ClosedPort.take()).start()) {
            assertThat(RawClient.get(proxy.port(), "/").field("x-incident-id"))
                    .isNotEqualTo(RawClient.get(proxy.port(), "/").field("x-incident-id"));
        }
    }

    @Test
    void aFailureAnswersHeadWithoutABodyAndTheConnectionGoesOn() throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(ClosedPort.take()).start();
                RawClient client = new RawClient(proxy.port())) {
            for (int i = 0; i < 3; i++) {
                client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
                RawClient.Response response = client.read(true);
                assertThat(response.status()).isEqualTo(502);
                assertThat(Integer.parseInt(response.field("content-length"))).isPositive();
            }
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.read().text()).startsWith("502 Bad Gateway");
            assertThat(proxy.accessLog(4).getFirst().getInteger("bytes_out")).isZero();
        }
    }

    @Test
    void aFailureIsToldToOldClientsToo() throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(ClosedPort.take()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            RawClient.Response kept = client.read();
            assertThat(kept.status()).isEqualTo(502);
            assertThat(kept.field("connection")).isEqualTo("keep-alive");
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(client.read().field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void aRequestThatNoRouteMatchesIsNotFound() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .routes(new RouteConfig(List.of("shop.example"), "/cart", "shop"))
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(get(""));
            assertThat(client.read().status()).isEqualTo(200);
            client.send("POST /other HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 3\r\n\r\nabc");
            RawClient.Response response = client.read();
            assertThat(response.status()).isEqualTo(404);
            assertThat(response.field("proxy-status")).isEqualTo("weir; error=destination_not_found");
            assertThat(response.field("x-incident-id")).isNotBlank();
            JsonObject line = proxy.accessLog(2).getLast();
            assertThat(line.getInteger("status")).isEqualTo(404);
            assertThat(line.getString("pool")).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "shop.example,/api,200",
        "SHOP.EXAMPLE:8080,/api/v1?x,200",
        "shop.example.,/api,200",
        "shop.example,/apis,404",
        "shop.example,/,404",
        "a.b.wild.example,/,200",
        "wild.example,/,404",
        "other.example,/api,404"
    })
    void hostAndPathDecide(String host, String path, int status) throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .routes(
                                new RouteConfig(List.of("shop.example"), "/api", "shop"),
                                new RouteConfig(List.of("*.wild.example"), "/", "shop"))
                        .start()) {
            String request = " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
            assertThat(RawClient.exchange(proxy.port(), "GET " + path + request).status())
                    .isEqualTo(status);
            assertThat(RawClient.exchange(
                                    proxy.port(), "GET http://" + host + path + " HTTP/1.1\r\nHost: x.example\r\n\r\n")
                            .status())
                    .isEqualTo(status);
        }
    }
}
