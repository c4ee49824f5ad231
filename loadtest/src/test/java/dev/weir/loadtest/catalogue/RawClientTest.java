package dev.weir.loadtest.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.loadtest.faults.FaultServer;
import dev.weir.loadtest.faults.Faults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client sees the symptoms of backends that misbehave as they are. */
class RawClientTest {
    private static final Duration PATIENCE = Duration.ofMillis(500);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    healthy               | 200
                    answers-502           | 502
                    close-before-response | closed without a byte
                    reset-before-response | reset without a byte
                    no-response           | nothing (hangs)
                    body-cut-fin          | 200, cut after 7 B
                    body-cut-reset        | 200, reset after 7 B
                    body-stalls           | 200, hangs after 7 B
                    no-last-chunk-fin     | 200, cut after 2 B
                    unframed-body         | 200, ends with the connection after 2 B
                    unframed-body-reset   | 200, reset after 2 B
                    interim-103-twice     | 103,103,200
                    ssh-banner            | no HTTP: "SSH-2.0-OpenSSH_9.2"
                    chunk-size-invalid    | 200, broken after 0 B
                    """)
    void seesHowAResponseEnds(String fault, String symptom) throws IOException {
        try (FaultServer server = FaultServer.start(Faults.get(fault));
                RawClient client = new RawClient(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                        "any.example",
                        PATIENCE)) {
            assertThat(client.send(Request.GET, "test").summary()).isEqualTo(symptom);
        }
    }

    @ParameterizedTest
    @CsvSource({"healthy, true", "answers-502, true", "unframed-body, false", "body-cut-fin, false"})
    void knowsWhetherAnotherRequestMayFollow(String fault, boolean usable) throws IOException {
        try (FaultServer server = FaultServer.start(Faults.get(fault));
                RawClient client = new RawClient(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                        "any.example",
                        PATIENCE)) {
            client.send(Request.GET, "test");

            assertThat(client.isUsable()).isEqualTo(usable);
        }
    }
}
