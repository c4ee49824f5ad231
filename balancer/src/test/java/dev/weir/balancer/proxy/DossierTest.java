package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.ClosedPort;
import dev.weir.balancer.backend.Addresses;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.backend.BackendStats;
import dev.weir.balancer.config.RetryConfig;
import dev.weir.balancer.config.RouteConfig;
import dev.weir.balancer.config.StatusSet;
import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryClass;
import dev.weir.balancer.failure.RetryDecision;
import dev.weir.balancer.incident.Answer;
import dev.weir.balancer.incident.AttemptFailure;
import dev.weir.balancer.incident.AttemptRecord;
import dev.weir.balancer.incident.BackendCondition;
import dev.weir.balancer.incident.Cause;
import dev.weir.balancer.incident.Diagnosis;
import dev.weir.balancer.incident.Dossier;
import dev.weir.balancer.incident.PoolFacts;
import dev.weir.balancer.incident.Timings;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered of requests that failed or were saved. */
class DossierTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";
    private static final String POST =
            "POST /pay?card=4111 HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 5\r\n\r\nmoney";

    private static AttemptFailure failure(AttemptRecord attempt) {
        return Objects.requireNonNull(attempt.failure());
    }

    private static Answer answer(AttemptRecord attempt) {
        return Objects.requireNonNull(attempt.answer());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyTheAccessLogHasQueriesAndThatOnlyIfItMay(boolean mayHave) throws IOException {
        try (RawBackend backend = RawBackend.that(RawBackend.Connection::readRequest);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .loggedQuery(mayHave)
                        .start()) {
            String referer = "\r\nReferer: http://a/login?card=4111\r\nContent";
            RawClient.exchange(proxy.port(), POST.replace("\r\nContent", referer));
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getString("path")).isEqualTo(mayHave ? "/pay?card=4111" : "/pay");
            assertThat(line.getString("referer")).isEqualTo(mayHave ? "http://a/login?card=4111" : "http://a/login");
            assertThat(line.encode().replace("?card=4111", "").contains("4111")).isFalse();
            assertThat(proxy.dossiers(1)).hasSize(1).asString().doesNotContain("4111");
        }
    }

    @Test
    void aRequestThatIsNotRepeatedTellsWhyAndHowFarItCame() throws IOException {
        try (RawBackend backend = RawBackend.that(RawBackend.Connection::readRequest);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .routes(new RouteConfig(List.of("*.example"), "/pay", "shop"))
                        .start()) {
            RawClient.Response got = RawClient.exchange(proxy.port(), POST);
            assertThat(got.status()).isEqualTo(502);
            Dossier dossier = proxy.dossiers(1).getFirst();
            assertThat(dossier.id()).isEqualTo(got.field("x-incident-id"));
            assertThat(dossier.result()).isEqualTo(Dossier.Result.FAILED);
            assertThat(dossier.status()).isEqualTo(502);
            assertThat(dossier.error()).isEqualTo(ProxyError.CONNECTION_TERMINATED);
            assertThat(dossier.pool()).isEqualTo("shop");
            assertThat(dossier.route()).isEqualTo("*.example/pay");
            assertThat(dossier.request().method()).isEqualTo("POST");
            assertThat(dossier.request().host()).isEqualTo("shop.example");
            assertThat(dossier.request().path()).isEqualTo("/pay");
            assertThat(dossier.request().bodyBytes()).isEqualTo(5);
            assertThat(dossier.request().headBytes()).isBetween(60L, 300L);
            AttemptRecord attempt = dossier.attempts().getFirst();
            assertThat(attempt.backend()).isEqualTo("127.0.0.1:" + backend.port());
            assertThat(attempt.phase()).isEqualTo(Phase.RESPONSE_HEAD);
            assertThat(attempt.decision()).isEqualTo(RetryDecision.NOT_IDEMPOTENT);
            assertThat(failure(attempt).retryClass()).isEqualTo(RetryClass.R1);
            assertThat(attempt.sentBytes()).isEqualTo(dossier.request().headBytes() + 5);
            assertThat(attempt.receivedBytes()).isZero();
            assertThat(attempt.reused()).isFalse();
            assertThat(attempt.answer()).isNull();
            Timings timings = attempt.timings();
            assertThat(timings.began()).isNotNegative();
            assertThat(timings.connected()).isGreaterThan(timings.began());
            assertThat(timings.sent()).isGreaterThanOrEqualTo(timings.connected());
            assertThat(timings.head()).isEqualTo(Timings.NEVER);
            assertThat(timings.ended()).isGreaterThan(timings.sent());
            assertThat(attempt.condition().everAnswered()).isFalse();
            assertThat(attempt.condition().inFlight()).isEqualTo(1);
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getString("incident")).isEqualTo(dossier.id());
            assertThat(line.getString("finding"))
                    .contains("127.0.0.1:" + backend.port(), "POST is not idempotent")
                    .doesNotContain("4111");
        }
    }

    @Test
    void aSavedRequestTellsOfEachAttemptAndItsLogLineNamesIt() throws IOException {
        int nobody = ClosedPort.take();
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(nobody, backend.port()).start()) {
            assertThat(RawClient.get(proxy.port(), "/").field("x-incident-id"))
                    .as("the client need not know")
                    .isNull();
            Dossier dossier = proxy.dossiers(1).getFirst();
            assertThat(dossier.result()).isEqualTo(Dossier.Result.SAVED);
            assertThat(dossier.error()).isNull();
            assertThat(dossier.bytesOut()).isEqualTo(4);
            assertThat(dossier.attempts()).hasSize(2);
            AttemptRecord refused = dossier.attempts().getFirst();
            assertThat(refused.phase()).isEqualTo(Phase.CONNECT);
            assertThat(failure(refused).error()).isEqualTo(ProxyError.CONNECTION_REFUSED);
            assertThat(failure(refused).exception()).isNotBlank();
            assertThat(failure(refused).retryClass()).isEqualTo(RetryClass.R0);
            assertThat(refused.decision()).isEqualTo(RetryDecision.RETRIED);
            assertThat(refused.sentBytes()).isZero();
            AttemptRecord good = dossier.attempts().getLast();
            assertThat(good.failure()).isNull();
            assertThat(good.decision()).isEqualTo(RetryDecision.NONE);
            assertThat(answer(good).status()).isEqualTo(200);
            assertThat(answer(good).framing()).isEqualTo(Answer.Framing.LENGTH);
            assertThat(answer(good).announcedBytes()).isEqualTo(4);
            assertThat(answer(good).bodyBytes()).isEqualTo(4);
            assertThat(good.receivedBytes()).isEqualTo(OK.length());
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getString("incident")).isEqualTo(dossier.id());
            assertThat(line.getString("error")).isNull();
            assertThat(line.getString("finding")).contains("127.0.0.1:" + nobody);
            assertThat(line.getString("remedy")).isNotBlank();
        }
    }

    @Test
    void whatIsNotHttpIsQuoted() throws IOException {
        try (RawBackend backend = RawBackend.answering("SSH-2.0-OpenSSH_9.2\r\n");
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            assertThat(RawClient.exchange(proxy.port(), POST).status()).isEqualTo(502);
            AttemptRecord attempt = proxy.dossiers(1).getFirst().attempts().getFirst();
            assertThat(failure(attempt).firstBytes().text()).startsWith("SSH-2.0-OpenSSH_9.2");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 200 OK\r\nServer: x/1\r\nContent-Length: 200000\r\n\r\nsome', LENGTH, 200000",
        "'HTTP/1.1 200 OK\r\nServer: x/1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n', CHUNKED, -1"
    })
    void aResponseThatBreaksOffTellsHowMuchOfItCame(String answer, Answer.Framing framing, long announced)
            throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readRequest();
                    connection.send(answer);
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            try (RawClient client = new RawClient(proxy.port())) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(client.read().complete()).isFalse();
            }
            Dossier dossier = proxy.dossiers(1).getFirst();
            assertThat(dossier.result()).isEqualTo(Dossier.Result.CUT);
            assertThat(dossier.status()).isEqualTo(200);
            assertThat(dossier.error()).isEqualTo(ProxyError.HTTP_RESPONSE_INCOMPLETE);
            AttemptRecord attempt = dossier.attempts().getFirst();
            assertThat(attempt.decision()).isEqualTo(RetryDecision.RESPONSE_BEGUN);
            assertThat(answer(attempt).framing()).isEqualTo(framing);
            assertThat(answer(attempt).announcedBytes()).isEqualTo(announced);
            assertThat(answer(attempt).bodyBytes()).isEqualTo(4);
            assertThat(answer(attempt).server()).isEqualTo("x/1");
        }
    }

    @Test
    void aBackendThatGotTheRequestThoughItIsDownIsSaidTo() throws IOException {
        try (RawBackend backend = RawBackend.that(RawBackend.Connection::readRequest);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(502);
            proxy.pool().health(proxy.backend(0), BackendState.Health.DOWN);
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(502);
            assertThat(proxy.dossiers(2))
                    .extracting(
                            dossier -> dossier.attempts().getFirst().condition().failOpen())
                    .containsExactlyInAnyOrder(false, true);
        }
    }

    @Test
    void connectionsThatStandAreToldFromThoseThatAreBeingOpened() throws IOException {
        try (RawBackend backend = RawBackend.that(RawBackend.Connection::drain);
                FullQueue full = new FullQueue();
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port(), full.port())
                        .retry(new RetryConfig(1, 1, StatusSet.NONE, 64 * 1024, false))
                        .connect(Duration.ofMillis(200))
                        .start()) {
            BackendStats taken = proxy.backend(0).stats();
            try (RawClient first = proxy.asking("/")) {
                Await.untilTrue(() -> taken.standing() == 1, "it stands");
                assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(502);
                assertThat(first.socket().isConnected()).isTrue();
            }
            Await.untilTrue(() -> taken.standing() == 0, "it is closed");
            BackendCondition never =
                    proxy.dossiers(1).getFirst().attempts().getFirst().condition();
            assertThat(never.standing()).isZero();
            BackendStats tried = proxy.backend(1).stats();
            Await.untilTrue(() -> tried.connections() == 0, "the socket has given up as well");
        }
    }

    @Test
    void aBackendsOwn502IsToldFromTheBalancers() throws IOException {
        try (RawBackend backend =
                        RawBackend.answering("HTTP/1.1 502 Bad\r\nServer: nginx/1.25\r\nContent-Length: 1\r\n\r\nx");
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            RawClient.Response got = RawClient.get(proxy.port(), "/");
            assertThat(got.text()).isEqualTo("x");
            assertThat(got.field("proxy-status")).isNull();
            Dossier dossier = proxy.dossiers(1).getFirst();
            assertThat(dossier.result()).isEqualTo(Dossier.Result.RELAYED);
            assertThat(dossier.error()).isNull();
            assertThat(answer(dossier.attempts().getFirst()).server()).isEqualTo("nginx/1.25");
            assertThat(proxy.blamed()).isEmpty();
            assertThat(proxy.metric("weir_backend_responses_total", "status=\"5xx\""))
                    .isEqualTo(1);
            assertThat(proxy.metric("weir_request_failures_total")).isZero();
        }
    }

    static Stream<String> answersThatWantTls() {
        String nginx = "The plain HTTP request was sent to HTTPS port";
        String apache = "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />";
        String go = "Client sent an HTTP request to an HTTPS server.";
        return Stream.of(
                "HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n\r\n%s".formatted(nginx.length(), nginx),
                "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
                        .formatted(apache.length(), apache),
                "HTTP/1.0 400 Bad Request\r\n\r\n" + go);
    }

    @ParameterizedTest
    @MethodSource("answersThatWantTls")
    void a400ThatWantsTlsIsNotTakenForTheClientsMistake(String answer) throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readRequest();
                    connection.send(answer);
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(400);
            Dossier dossier = proxy.dossiers(1).getFirst();
            assertThat(dossier.result()).isEqualTo(Dossier.Result.RELAYED);
            Diagnosis diagnosis = Diagnosis.of(dossier, PoolFacts.unknown("shop"));
            assertThat(diagnosis.cause()).isEqualTo(Cause.SPEAKS_TLS);
            assertThat(diagnosis.line()).contains("127.0.0.1:" + backend.port() + " speaks TLS", "answered 400");
            assertThat(proxy.blamed()).isEmpty();
        }
    }

    @Test
    void any400ElseIsTheClients() throws IOException {
        try (RawBackend backend = RawBackend.answering("HTTP/1.1 400 Bad\r\nContent-Length: 5\r\n\r\nwrong");
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            assertThat(RawClient.get(proxy.port(), "/").text()).isEqualTo("wrong");
            proxy.awaitQuiet();
            assertThat(proxy.dossiers(0)).isEmpty();
        }
    }

    @Test
    void aReusedConnectionTellsHowLongItWasIdle() throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readRequest();
                    connection.send(OK);
                    connection.readRequest();
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .retry(new RetryConfig(1, 1, StatusSet.NONE, 1_024, false))
                        .start()) {
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            Await.pass(Duration.ofMillis(50));
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(502);
            AttemptRecord attempt = proxy.dossiers(1).getFirst().attempts().getFirst();
            assertThat(attempt.reused()).isTrue();
            assertThat(attempt.idleNanos()).isBetween(50_000_000L, 10_000_000_000L);
            assertThat(attempt.decision()).isEqualTo(RetryDecision.NO_ATTEMPTS_LEFT);
            assertThat(attempt.condition().everAnswered()).isTrue();
        }
    }

    @Test
    void whyNoBackendIsUsableIsListed() throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(ClosedPort.take()).start()) {
            proxy.pool().addresses(proxy.backend(0), new Addresses(List.of(), 0, null, false));
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(502);
            Dossier dossier = proxy.dossiers(1).getFirst();
            assertThat(dossier.error()).isEqualTo(ProxyError.DESTINATION_UNAVAILABLE);
            assertThat(dossier.detail())
                    .isEqualTo("0 of 1 backends usable: " + proxy.backend(0) + " without an address");
            assertThat(dossier.attempts()).isEmpty();
        }
    }

    @Test
    void whatTheClientDidWrongIsRememberedAsItsOwnFault() throws IOException {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            RawClient.Response got = RawClient.exchange(proxy.port(), "BROKEN\r\n\r\n");
            Dossier dossier = proxy.dossiers(1).getFirst();
            assertThat(dossier.id()).isEqualTo(got.field("x-incident-id"));
            assertThat(dossier.clientsFault()).isTrue();
            assertThat(dossier.pool()).isNull();
            assertThat(dossier.request().method()).isEqualTo("-");
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getString("method")).isEqualTo("-");
            assertThat(line.getString("path")).isEqualTo("-");
        }
    }

    @Test
    void neitherAGoodRequestNorAClientThatLeavesIsRemembered() throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readRequest();
                    connection.send(OK);
                    connection.readRequest();
                    connection.awaitClose();
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            try (RawClient leaving = new RawClient(proxy.port())) {
                leaving.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
                Await.untilTrue(() -> backend.heads().size() == 2, "it was asked");
                leaving.socket().setSoLinger(true, 0);
            }
            assertThat(proxy.accessLog(2).getLast().getInteger("status")).isEqualTo(499);
            assertThat(proxy.dossiers(0)).isEmpty();
        }
    }
}
