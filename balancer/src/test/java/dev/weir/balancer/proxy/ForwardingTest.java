package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ForwardingTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: today\r\n\r\nok";

    @Test
    void aRequestIsAnsweredByTheBackend() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            RawClient.Response response = RawClient.get(proxy.port(), "/a?b=c");
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo("ok");
            assertThat(response.field("via")).isEqualTo("1.1 weir");
            assertThat(backend.heads()).hasSize(1);
            assertThat(backend.heads().getFirst().toLowerCase(Locale.ROOT))
                    .startsWith("get /a?b=c http/1.1\r\n")
                    .contains("\r\nhost: shop.example\r\n")
                    .contains("\r\nx-forwarded-for: 127.0.0.1\r\n")
                    .contains("\r\nforwarded: for=127.0.0.1;host=shop.example;proto=http\r\n");
        }
    }

    @Test
    void aBackendThatRefusesIsReplacedByAnother() throws IOException {
        int nobody;
        try (RawBackend gone = RawBackend.answering(OK)) {
            nobody = gone.port();
        }
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(nobody, backend.port()).start()) {
            for (int i = 0; i < 10; i++) {
                assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            }
        }
    }
}
