package dev.weir.balancer.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Beside an admin port that says what the test wants; what a real one says is held by DoctorCommandTest. */
final class BalancerCheckTest {
    private final RawServer backend = RawServer.answering(RawServer.OK);
    private HttpServer admin;
    private String pools = "{\"pools\":[]}";
    private String incidents = "";

    @BeforeEach
    void startAdmin() throws IOException {
        admin = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        serve("/api/pools", () -> pools);
        serve("/api/incidents", () -> incidents);
        admin.start();
    }

    private void serve(String path, java.util.function.Supplier<String> text) {
        admin.createContext(path, exchange -> {
            byte[] body = text.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(body.length == 0 ? 404 : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @AfterEach
    void stop() {
        admin.stop(0);
        backend.close();
    }

    private void backendIs(int port, String state) {
        pools = "{\"pools\":[{\"name\":\"shop\",\"backends\":[{\"id\":\"127.0.0.1:" + port + "\"," + state + "}]}]}";
    }

    private Report examine(int port) {
        return Examine.url("http://127.0.0.1:" + port)
                .admin(admin.getAddress().getPort())
                .report();
    }

    private static int deadPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    @Test
    void whatBothSeeAlikeIsWell() {
        backendIs(backend.port(), "\"health\":\"up\",\"usable\":true");
        Report report = examine(backend.port());
        assertThat(Examine.complaints(report)).isEmpty();
        assertThat(Examine.finding(report, Stage.BALANCER, "balancer-agrees").text())
                .contains("of pool shop (health up)");
    }

    @Test
    void whatOnlyTheBalancerSeesDownIsAProblemOverThere() {
        backendIs(
                backend.port(),
                "\"health\":\"down\",\"usable\":false,\"consecutive_failures\":7,"
                        + "\"failures\":{\"connection_refused\":7}");
        Report report = examine(backend.port());
        assertThat(Examine.complaints(report)).containsExactly("balancer/only-the-balancer");
        assertThat(report.verdict()).contains("health down, 7 failures in a row, 7 connection_refused");
        assertThat(report.advice()).startsWith("Look there");
    }

    @Test
    void aBackendThatOperatorsHaveTakenOutIsTold() {
        backendIs(backend.port(), "\"admin\":\"draining\",\"usable\":false");
        assertThat(Examine.complaints(examine(backend.port()))).containsExactly("balancer/taken-out");
    }

    @Test
    void aDeadBackendThatTheBalancerStillUsesIsTold() throws IOException {
        int dead = deadPort();
        backendIs(dead, "\"health\":\"unknown\",\"usable\":true");
        assertThat(Examine.complaints(examine(dead)))
                .containsExactly("connect/connection-refused", "balancer/balancer-unaware");
        backendIs(dead, "\"ejected\":true,\"ejected_for_ms\":9000,\"usable\":false");
        Report report = examine(dead);
        assertThat(Examine.finding(report, Stage.BALANCER, "both-see-it").text())
                .contains("ejected for another 9.0 s");
    }

    @Test
    void incidentsOfTheBackendAreToldWithHowToGoOn() {
        backendIs(backend.port(), "\"health\":\"up\",\"usable\":true");
        incidents = """
                {"incidents": [
                  {"id": "1NG0C9M2X317RKTE", "pool": "shop", "backend": "127.0.0.1:%d", "count": 41,
                   "last_seen": "2026-01-01T00:00:00Z", "finding": "It hung up.", "remedy": "Look."},
                  {"id": "1NG0C9M2X317RKTF", "pool": "other", "backend": "127.0.0.1:%d", "count": 1}]}
                """.formatted(backend.port(), backend.port());
        Report report = examine(backend.port());
        assertThat(Examine.finding(report, Stage.BALANCER, "incident"))
                .isEqualTo(new Finding(
                        Severity.OK,
                        "incident",
                        "Incident 1NG0C9M2X317RKTE, 41 requests, the last one at 2026-01-01T00:00:00Z: It hung up.",
                        "weir explain 1NG0C9M2X317RKTE"));
        assertThat((List<?>) Examine.stage(report, Stage.BALANCER).facts().get("incidents"))
                .hasSize(1);
    }

    @Test
    void aBalancerThatHasOtherAddressesOfTheNameIsTold() {
        try (FakeDns dns = FakeDns.saying("127.0.0.1")) {
            String backendOfThatName = "{\"pools\":[{\"name\":\"shop\",\"backends\":[{\"id\":\"shop.test:%d\","
                    + "\"usable\":true,\"addresses\":[\"%s\"]}]}]}";
            Examine examine = Examine.url("http://shop.test:" + backend.port())
                    .resolver(dns.port())
                    .admin(admin.getAddress().getPort());
            pools = backendOfThatName.formatted(backend.port(), "127.0.0.1");
            assertThat(Examine.complaints(examine.report())).isEmpty();
            pools = backendOfThatName.formatted(backend.port(), "127.0.0.7");
            assertThat(Examine.finding(examine.report(), Stage.BALANCER, "other-addresses")
                            .text())
                    .isEqualTo("The balancer has 127.0.0.7 for shop.test; here it is 127.0.0.1.");
        }
    }

    @Test
    void anAdminPortThatIsNoneIsToldOnlyIfItWasNamed() {
        pools = "";
        Report report = examine(backend.port());
        assertThat(Examine.complaints(report)).containsExactly("balancer/no-balancer");
        for (String other : List.of("<html>", "null", "[]", "{\"pools\":[1]}", "{\"pools\":7}")) {
            pools = other;
            assertThat(Examine.complaints(examine(backend.port()))).as(other).containsExactly("balancer/no-balancer");
        }
        assertThat(Examine.stage(Examine.http(backend.port()), Stage.BALANCER).skipped())
                .isEqualTo("no balancer was to be asked");
    }

    @Test
    void anAdminPortThatNobodyListensOnIsSaidToRefuse() throws IOException {
        Report report = Examine.url("http://127.0.0.1:" + backend.port())
                .admin(deadPort())
                .report();
        assertThat(Examine.finding(report, Stage.BALANCER, "no-balancer").text())
                .endsWith(": it refuses the connection.");
    }

    @Test
    void anAdminPortThatDoesNotEndItsAnswerIsNotWaitedForLonger() {
        RawServer endless = RawServer.doing(socket -> {
            RawServer.requestHead(socket);
            RawServer.send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
            RawServer.hold(socket);
        });
        try (endless) {
            Report report = Examine.url("http://127.0.0.1:" + backend.port())
                    .timeout(Duration.ofMillis(500))
                    .admin(endless.port())
                    .report();
            assertThat(Examine.finding(report, Stage.BALANCER, "no-balancer").text())
                    .endsWith(": no whole answer within 500 ms.");
        }
    }

    @Test
    void aBackendOfNobodysIsTold() {
        Report report = examine(backend.port());
        assertThat(Examine.finding(report, Stage.BALANCER, "not-its-backend").severity())
                .isEqualTo(Severity.OK);
    }
}
