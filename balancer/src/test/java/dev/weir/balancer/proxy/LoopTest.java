package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.config.StatusCodes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that come back, and those that only look like it. */
final class LoopTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final AtomicInteger target = new AtomicInteger();

    @ParameterizedTest
    @EnumSource(StatusCodes.class)
    void aRequestThatComesBackThroughAnotherProxyIsALoop(StatusCodes codes) throws IOException {
        try (RawBackend otherProxy = RawBackend.that(this::passOn);
                ProxyUnderTest proxy = ProxyUnderTest.before(otherProxy.port())
                        .statusCodes(codes)
                        .start()) {
            target.set(proxy.port());
            RawClient.Response response = RawClient.get(proxy.port(), "/");
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).contains("error=proxy_loop_detected");
            assertThat(proxy.blamed()).isEmpty();
            List<JsonObject> lines = proxy.accessLog(2);
            JsonObject inner = lines.getFirst();
            assertThat(inner.getString("error")).isEqualTo("proxy_loop_detected");
            assertThat(inner.getString("detail"))
                    .matches("the request was here before: Via: .*1\\.1 weir-[a-z2-7]{12}");
            assertThat(inner.getJsonArray("attempts")).isEqualTo(new JsonArray());
            assertThat(lines.getLast().getJsonArray("attempts"))
                    .as("not tried again")
                    .hasSize(1);
            assertThat(otherProxy.heads()).hasSize(1);
        }
    }

    @Test
    void balancersInARowAreNoLoop() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest inner = ProxyUnderTest.before(backend.port()).start();
                ProxyUnderTest outer = ProxyUnderTest.before(inner.port()).start()) {
            assertThat(RawClient.get(outer.port(), "/").status()).isEqualTo(200);
            assertThat(backend.heads().getFirst().lines().filter(line -> line.startsWith("via: 1.1 weir-")))
                    .hasSize(2)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void aNameThatResemblesTheOwnIsNoLoop() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            String request = "GET / HTTP/1.1\r\nHost: a\r\nVia: 1.1 weir, 1.1 weir-, 1.1 weir-aaaaaaaaaaaa (x)\r\n\r\n";
            assertThat(RawClient.exchange(proxy.port(), request).status()).isEqualTo(200);
        }
    }

    /** A proxy that changes nothing: whatever is around the pseudonym, it is still there. */
    private void passOn(RawBackend.Connection connection) throws IOException {
        String head = connection.readHead();
        try (Socket next = new Socket(InetAddress.getLoopbackAddress(), target.get())) {
            OutputStream out = next.getOutputStream();
            out.write(head.replace("\r\nvia: ", "\r\nVia: 1.1 edge (nginx), ")
                    .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            out.flush();
            InputStream in = next.getInputStream();
            String answer = HttpText.readHead(in);
            connection.send(answer);
            String length = answer.toLowerCase(java.util.Locale.ROOT)
                    .split("content-length: ", 2)[1]
                    .split("\r\n", 2)[0];
            connection.send(in.readNBytes(Integer.parseInt(length)));
        }
    }
}
