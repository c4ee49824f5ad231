package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the demo promises to those who try it. */
final class DemoTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private Demo demo;

    @BeforeEach
    void start() throws Exception {
        demo = Demo.start(0, 0);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        Lifetime.await(demo.stop());
    }

    @Test
    void everybodyAnswersAndNobodySeesTheFlakyOneFail() throws Exception {
        Set<String> answers = new HashSet<>();
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 36; i++) {
            HttpResponse<String> response = get(demo.port(), "/");
            statuses.add(response.statusCode());
            answers.add(response.body());
        }
        assertThat(statuses).containsOnly(200);
        assertThat(answers).containsExactlyInAnyOrder("Hello from red\n", "Hello from green\n", "Hello from flaky\n");
        assertThat(saved()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void behindADeadPoolIsA502() throws Exception {
        HttpResponse<String> response = get(demo.port(), "/dead");
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.headers().firstValue("Proxy-Status").orElse("")).contains("connection_refused");
    }

    @Test
    void whatIsPrintedToTryIsThere() throws Exception {
        assertThat(get(demo.adminPort(), "/metrics").body()).contains("weir_requests_saved");
        assertThat(get(demo.adminPort(), "/api/pools").body()).contains("\"shop\"", "\"dead\"");
    }

    @Test
    void nothingListensOnceItHasStopped() throws Exception {
        int port = demo.port();
        Lifetime.await(demo.stop());
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> get(port, "/"));
    }

    private double saved() throws Exception {
        return get(demo.adminPort(), "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("weir_requests_saved_total{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
