package dev.weir.balancer.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TlsCheckTest {
    @TempDir
    private static Path directory;

    private static Keys keys;
    private static X509Certificate authority;

    @BeforeAll
    static void makeCertificates() throws Exception {
        keys = new Keys(directory)
                .make("ca", "-ext", "bc:c", "-validity", "1000")
                .make("good", "-signer", "ca", "-ext", "san=dns:localhost,ip:127.0.0.1", "-validity", "90")
                .make(
                        "old",
                        "-ext",
                        "san=dns:other.example,dns:*.other.example",
                        "-startdate",
                        "-10d",
                        "-validity",
                        "2");
        authority = keys.certificate("ca");
    }

    private static void answerAll(Socket socket) throws IOException {
        while (RawServer.requestHead(socket) != null) {
            RawServer.send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }
    }

    private static Examine https(RawServer server) {
        return Examine.url("https://127.0.0.1:" + server.port())
                .timeout(Duration.ofSeconds(5))
                .requests(1)
                .trusting(authority);
    }

    private static RawServer sound() throws Exception {
        return new RawServer(keys.listener("good"), TlsCheckTest::answerAll);
    }

    private static RawServer raw(RawServer.Behaviour behaviour) {
        return RawServer.doing(behaviour);
    }

    @Test
    void aTrustedCertificateWithTheRightNameIsWell() throws Exception {
        try (RawServer server = sound()) {
            Report report = https(server).report();
            assertThat(Examine.complaints(report)).isEmpty();
            assertThat(Examine.stage(report, Stage.TLS).facts())
                    .containsEntry("protocol", "TLSv1.3")
                    .containsEntry("asks_client_certificate", false)
                    .containsKeys("cipher", "handshake_ms", "chain");
            assertThat((long) Examine.stage(report, Stage.TLS).facts().get("days_left"))
                    .isBetween(88L, 90L);
        }
    }

    @Test
    void namesThatEndInADotOrHaveAnUnderscoreAreSpokenToAsWell() throws Exception {
        try (RawServer server = sound();
                FakeDns dns = FakeDns.saying("127.0.0.1")) {
            assertThat(Examine.complaints(named("localhost.", server, dns))).isEmpty();
            assertThat(Examine.complaints(named("my_shop.test", server, dns)))
                    .containsExactly("tls/certificate-name-mismatch");
        }
    }

    private static Report named(String name, RawServer server, FakeDns dns) {
        return Examine.url("https://" + name + ":" + server.port())
                .timeout(Duration.ofSeconds(5))
                .requests(1)
                .trusting(authority)
                .resolver(dns.port())
                .report();
    }

    @Test
    void anUnknownIssuerIsShownWithAPin() throws Exception {
        try (RawServer server = sound()) {
            Report report = Examine.url("https://127.0.0.1:" + server.port())
                    .timeout(Duration.ofSeconds(5))
                    .alone(Stage.TLS);
            assertThat(Examine.complaints(report)).containsExactly("tls/certificate-issuer-unknown");
            assertThat(report.verdict()).contains("'CN=ca' is not trusted");
            assertThat(report.advice()).containsPattern("sha256:[0-9a-f]{64}");
        }
    }

    @Test
    void datesAreHeldAgainstTheClockOfThisHost() throws Exception {
        Instant begin = keys.certificate("good").getNotBefore().toInstant();
        Instant end = keys.certificate("good").getNotAfter().toInstant();
        assertThat(at(end.plus(Duration.ofDays(3)))).containsExactly("certificate-expired PROBLEM");
        assertThat(at(begin.minus(Duration.ofHours(5)))).containsExactly("certificate-not-yet-valid PROBLEM");
        assertThat(at(end.minus(Duration.ofDays(10)))).containsExactly("certificate-expires-soon WARNING");
        assertThat(at(end.minus(Duration.ofDays(40)))).isEmpty();
    }

    private static List<String> at(Instant now) throws Exception {
        Findings findings = new Findings();
        new CertificateCheck(Target.parse("https://localhost"), List.of(authority), now)
                .check(List.of(keys.certificate("good"), authority), findings);
        return findings.report(Stage.TLS, 0).findings().stream()
                .filter(finding -> finding.severity() != Severity.OK)
                .map(finding -> finding.code() + " " + finding.severity())
                .toList();
    }

    @Test
    void eachFaultOfACertificateIsToldByItself() throws Exception {
        try (RawServer server = new RawServer(keys.listener("old"), TlsCheckTest::answerAll)) {
            Report report = https(server).report();
            assertThat(Examine.complaints(report))
                    .containsExactly(
                            "tls/certificate-expired", "tls/certificate-name-mismatch", "tls/certificate-self-signed");
            assertThat(report.verdict()).contains("expired 8 days ago", "our clock says");
            assertThat(Examine.finding(report, Stage.TLS, "certificate-name-mismatch")
                            .text())
                    .contains("it has other.example, *.other.example");
            assertThat(Examine.finding(report, Stage.HTTP, "response").severity())
                    .isEqualTo(Severity.OK);
        }
    }

    @Test
    void wildcardsStandForOneLabel() {
        var names = List.of("*.shop.example", "10.0.0.1", "2001:db8:0:0:0:0:0:1");
        assertThat(CertificateNames.match(names, "a.shop.example")).isTrue();
        assertThat(CertificateNames.match(names, "A.Shop.Example")).isTrue();
        assertThat(CertificateNames.match(names, "a.b.shop.example")).isFalse();
        assertThat(CertificateNames.match(names, "shop.example")).isFalse();
        assertThat(CertificateNames.match(names, "10.0.0.1")).isTrue();
        assertThat(CertificateNames.match(names, "2001:db8::1")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aClientCertificateThatIsRequiredIsNoticedAlsoAfterTheHandshake(String version) throws Exception {
        SSLServerSocket listener = keys.listener("good");
        listener.setNeedClientAuth(true);
        listener.setEnabledProtocols(new String[] {version});
        try (RawServer server = new RawServer(listener, TlsCheckTest::answerAll)) {
            Report report = https(server).alone(Stage.TLS);
            assertThat(Examine.complaints(report)).containsExactly("tls/client-certificate-required");
            assertThat(report.verdict()).containsPattern("alert (40|42|116), |asked for a client certificate");
            assertThat(report.advice()).contains("client certificate");
        }
    }

    @Test
    void aClientCertificateThatIsOnlyWantedIsNoProblem() throws Exception {
        SSLServerSocket listener = keys.listener("good");
        listener.setWantClientAuth(true);
        try (RawServer server = new RawServer(listener, TlsCheckTest::answerAll)) {
            Report report = https(server).alone(Stage.TLS);
            assertThat(Examine.complaints(report)).isEmpty();
            assertThat(Examine.finding(report, Stage.TLS, "client-certificate-optional")
                            .severity())
                    .isEqualTo(Severity.OK);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "40, handshake_failure",
        "70, protocol_version",
        "80, internal_error",
        "112, unrecognized_name",
        "120, no_application_protocol"
    })
    void alertsAreToldWithNumberAndMeaning(int number, String name) {
        try (RawServer server = raw(socket -> {
            socket.getInputStream().read();
            socket.getOutputStream().write(new byte[] {0x15, 3, 3, 0, 2, 2, (byte) number});
            RawServer.hold(socket);
        })) {
            Report report = https(server).alone(Stage.TLS);
            assertThat(Examine.complaints(report)).containsExactly("tls/tls-alert");
            assertThat(report.verdict()).contains("alert " + number + ", " + name + ": it ");
        }
    }

    @Test
    void plainHttpWhereTlsWasMeantIsRecognized() {
        try (RawServer answers = raw(socket -> {
                    socket.getInputStream().read();
                    RawServer.send(socket, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
                    RawServer.hold(socket);
                });
                RawServer waits = RawServer.answering(RawServer.OK)) {
            for (RawServer server : new RawServer[] {answers, waits}) {
                Report report = https(server).timeout(Duration.ofSeconds(1)).alone(Stage.TLS);
                assertThat(Examine.complaints(report)).containsExactly("tls/plain-http");
                assertThat(report.advice()).contains("Use http://127.0.0.1:" + server.port());
            }
        }
    }

    @Test
    void tlsWherePlainHttpWasMeantIsRecognized() throws Exception {
        try (RawServer server = sound()) {
            Report report = Examine.url("http://127.0.0.1:" + server.port()).alone(Stage.HTTP);
            assertThat(Examine.complaints(report)).containsExactly("http/tls-port");
            assertThat(report.advice()).startsWith("Weir speaks plain HTTP to its backends");
        }
    }

    @Test
    void something400ThatTalksOfHttpsIsBelievedOnlyAfterAHandshake() {
        String friendly = "HTTP/1.1 400 Bad Request\r\nContent-Length: 53\r\n\r\n"
                + "The plain HTTP request was sent to HTTPS port (really";
        try (RawServer server = RawServer.answering(friendly)) {
            Report report = Examine.url("http://127.0.0.1:" + server.port())
                    .timeout(Duration.ofMillis(500))
                    .alone(Stage.HTTP);
            assertThat(Examine.complaints(report)).containsExactly("http/status-400");
        }
    }

    @Test
    void aHandshakeThatHangsIsToldFromOneThatIsClosed() {
        try (RawServer hangs = raw(RawServer::hold);
                RawServer closes = raw(socket -> socket.getInputStream().read());
                RawServer resets = raw(socket -> {
                    socket.getInputStream().read();
                    RawServer.reset(socket);
                })) {
            assertThat(Examine.complaints(
                            https(hangs).timeout(Duration.ofMillis(300)).alone(Stage.TLS)))
                    .containsExactly("tls/handshake-hangs");
            assertThat(Examine.complaints(https(closes).alone(Stage.TLS))).containsExactly("tls/handshake-closed");
            assertThat(Examine.complaints(https(resets).alone(Stage.TLS))).containsExactly("tls/handshake-closed");
        }
    }

    @Test
    void whatIsNeitherTlsNorHttpIsShown() {
        try (RawServer server = raw(socket -> {
            RawServer.send(socket, "SSH-2.0-OpenSSH_9.2\r\n");
            RawServer.hold(socket);
        })) {
            Report report = https(server).alone(Stage.TLS);
            assertThat(Examine.complaints(report)).containsExactly("tls/not-tls");
            assertThat(report.verdict()).contains("SSH-2.0-OpenSSH_9.2");
        }
    }
}
