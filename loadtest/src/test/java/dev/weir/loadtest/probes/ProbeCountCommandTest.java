package dev.weir.loadtest.probes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ProbeCountCommandTest {
    private final StringWriter err = new StringWriter();

    private int execute(String... arguments) {
        return new CommandLine(new ProbeCountCommand())
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void sizesThatMakeNoSenseAreNamed() {
        assertThat(execute("--nodes", "1,0")).isEqualTo(2);
        assertThat(err.toString()).contains("--nodes: [1, 0]; expected 1 to 50");
        assertThat(execute("--backends", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--backends: 0; expected 1 to 1000");
    }

    @Test
    void aMissingJarIsNamedWithTheCommandThatBuildsIt() {
        assertThat(execute("--weir-jar", "/nowhere/weir.jar")).isEqualTo(1);
        assertThat(err.toString()).contains("/nowhere/weir.jar is not there", "mvn -pl balancer");
    }

    @Test
    void everyRequestToAnyBackendIsCounted() throws IOException, InterruptedException {
        try (CountingBackends backends = new CountingBackends(2);
                HttpClient client = HttpClient.newHttpClient()) {
            for (String url : backends.urls()) {
                HttpRequest request =
                        HttpRequest.newBuilder(URI.create(url + "/healthz")).build();
                assertThat(client.send(request, BodyHandlers.discarding()).statusCode())
                        .isEqualTo(200);
            }
            assertThat(backends.requests()).isEqualTo(2);
        }
    }
}
