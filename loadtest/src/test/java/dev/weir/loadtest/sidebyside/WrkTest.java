package dev.weir.loadtest.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.weir.loadtest.process.Machine;
import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Sandbox;
import dev.weir.loadtest.process.Tool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WrkTest {
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);

    private HttpServer server;
    private Sandbox sandbox;
    private volatile int status = 200;

    @BeforeEach
    void startServer() throws Exception {
        assumeTrue(Tool.WRK.find().isPresent(), "wrk is not installed");
        sandbox = Sandbox.open();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stopServer() {
        if (server != null) {
            server.stop(0);
            sandbox.close();
        }
    }

    @Test
    void countsWhatTheServerAnswered() {
        WrkReport report = wrk().load(server.getAddress().getPort(), ONE_SECOND);

        assertThat(report.requests()).isPositive();
        assertThat(report.seconds()).isBetween(0.9, 10.0);
    }

    @Test
    void aSingleStatusOtherThanSuccessSpoilsTheRun() {
        status = 503;

        assertThatThrownBy(() -> wrk().load(server.getAddress().getPort(), ONE_SECOND))
                .isInstanceOf(MeasurementException.class)
                .hasMessageContaining("Non-2xx");
    }

    @Test
    void aPortThatRefusesSpoilsTheRun() {
        int port = server.getAddress().getPort();
        server.stop(0);

        assertThatThrownBy(() -> wrk().load(port, ONE_SECOND))
                .isInstanceOf(MeasurementException.class)
                .hasMessageContaining("refused");
    }

    private Wrk wrk() {
        return new Wrk(sandbox, Machine.here().allowedCores().getFirst(), 2);
    }
}
