package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.ClosedPort;
import dev.weir.balancer.config.RetryConfig;
import dev.weir.balancer.config.StatusSet;
import dev.weir.balancer.failure.ProxyError;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which failures of a backend a client gets to see, and which ones are masked by another attempt. */
class RetryTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";
    private static final int BUFFER = 64 * 1024;

    private static RetryConfig retry(int attempts, boolean nonIdempotent) {
        return new RetryConfig(attempts, 1, StatusSet.NONE, BUFFER, nonIdempotent);
    }

    /** How a backend fails. */
    enum Death {
        RESET_AT_ACCEPT("connection_terminated", connection -> connection.reset()),
        RESET_BEFORE_ANSWER("connection_terminated", connection -> {
            connection.readRequest();
            connection.reset();
        }),
        CLOSE_BEFORE_ANSWER("connection_terminated", connection -> connection.readRequest()),
        CLOSE_IN_STATUS_LINE("http_response_incomplete", connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 20");
        }),
        CLOSE_IN_FIELDS("http_response_incomplete", connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Len");
        }),
        CLOSE_AFTER_HEAD("http_response_incomplete", connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        }),
        CLOSE_IN_SHORT_BODY("http_response_incomplete", connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbad");
        }),
        GARBAGE("http_protocol_error", connection -> {
            connection.readRequest();
            connection.send("220 mail.example ESMTP\r\n\r\n");
        });

        private final String error;

        @SuppressWarnings("ImmutableEnumChecker") // a constant lambda
        private final RawBackend.Behaviour behaviour;

        Death(String error, RawBackend.Behaviour behaviour) {
            this.error = error;
            this.behaviour = behaviour;
        }
    }

    private static String request(String method) {
        return method + " / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    }

    private static String errorOf(JsonObject line, int attempt) {
        return line.getJsonArray("attempts").getJsonObject(attempt).getString("error");
    }

    // ---- by class of failure and method

    @ParameterizedTest
    @EnumSource(Death.class)
    void anIdempotentRequestIsSavedByAnotherBackend(Death death) throws IOException {
        for (String method : new String[] {"GET", "PUT", "DELETE", "OPTIONS"}) {
            assertSaved(death, method, retry(3, false));
        }
    }

    @ParameterizedTest
    @EnumSource(Death.class)
    void soIsAnyOtherIfTheOperatorSaysThatItMayBeRepeated(Death death) throws IOException {
        assertSaved(death, "POST", retry(3, true));
    }

    @Test
    void aBackendIsToldHowOftenTheRequestWasTriedBefore() throws IOException {
        try (RawBackend dying = RawBackend.that(Death.CLOSE_BEFORE_ANSWER.behaviour);
                RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(dying.port(), ClosedPort.take(), backend.port())
                        .retry(retry(3, false))
                        .start()) {
            assertThat(RawClient.exchange(proxy.port(), request("GET")).text()).isEqualTo("good");
            assertThat(dying.heads()).singleElement().asString().doesNotContainIgnoringCase("attempts");
            assertThat(backend.heads()).singleElement().asString().contains("\r\nWeir-Previous-Attempts: 2\r\n");
        }
    }

    private static void assertSaved(Death death, String method, RetryConfig retry) throws IOException {
        try (RawBackend dying = RawBackend.that(death.behaviour);
                RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(dying.port(), backend.port())
                        .retry(retry)
                        .start()) {
            RawClient.Response got = RawClient.exchange(proxy.port(), request(method));
            assertThat(got.status()).as(method).isEqualTo(200);
            assertThat(got.text()).isEqualTo("good");
            assertThat(proxy.blamed()).extracting(ProxyError::token).containsExactly(death.error);
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getJsonArray("attempts")).hasSize(2);
            assertThat(errorOf(line, 0)).isEqualTo(death.error);
            assertThat(errorOf(line, 1)).isNull();
            assertThat(line.getString("error")).isNull();
            assertThat(proxy.metric("weir_retries_total", "reason=\"" + death.error + "\"", "result=\"success\""))
                    .isEqualTo(1);
            assertThat(proxy.metric("weir_retries_total")).isEqualTo(1);
            assertThat(proxy.metric("weir_requests_saved_total")).isEqualTo(1);
            assertThat(proxy.metric("weir_request_failures_total")).isZero();
            assertThat(proxy.metric("weir_backend_failures_total", "error=\"" + death.error + "\""))
                    .isEqualTo(1);
        }
    }

    /** A reset at the accept may come before the request was sent, and so may be masked. */
    @ParameterizedTest
    @EnumSource(value = Death.class, mode = EnumSource.Mode.EXCLUDE, names = "RESET_AT_ACCEPT")
    void aRequestThatMayHaveBeenProcessedIsNotRepeated(Death death) throws IOException {
        for (String method : new String[] {"POST", "PATCH", "LOCK"}) {
            try (RawBackend dying = RawBackend.that(death.behaviour);
                    RawBackend backend = RawBackend.answering(OK);
                    ProxyUnderTest proxy =
                            ProxyUnderTest.before(dying.port(), backend.port()).start()) {
                RawClient.Response got = RawClient.exchange(proxy.port(), request(method));
                assertThat(got.status()).as(method).isEqualTo(502);
                assertThat(got.field("proxy-status")).startsWith("weir; error=" + death.error);
                assertThat(backend.connections()).isZero();
                assertThat(proxy.metric("weir_retries_total", "reason=\"" + death.error + "\"", "result=\"not_safe\""))
                        .isEqualTo(1);
                assertThat(proxy.metric("weir_requests_saved_total")).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "POST", "PATCH"})
    void aRequestThatWasNeverSentIsRepeatedWhateverItsMethod(String method) throws IOException {
        try (RawBackend backend = RawBackend.answering(method.equals("HEAD") ? "HTTP/1.1 200 OK\r\n\r\n" : OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(ClosedPort.take(), backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(request(method));
            assertThat(client.read(method.equals("HEAD")).status()).isEqualTo(200);
            assertThat(proxy.blamed()).containsExactly(ProxyError.CONNECTION_REFUSED);
            assertThat(proxy.metric("weir_retries_total", "reason=\"connection_refused\"", "result=\"success\""))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n186a0\r\n"})
    void onceTheClientHasSeenTheBeginningOfALongResponseItIsTooLate(String framing) throws IOException {
        CountDownLatch seen = new CountDownLatch(1);
        RawBackend.Behaviour dying = connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\n" + framing + "y".repeat(100_000));
            Await.happened(seen, Duration.ofSeconds(10));
        };
        try (RawBackend mortal = RawBackend.that(dying);
                RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(mortal.port(), backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(request("GET"));
            assertThat(HttpText.readHead(client.in())).startsWith("HTTP/1.1 200 ");
            seen.countDown();
            int rest = client.in().readAllBytes().length;
            assertThat(rest).isBetween(100_000, 100_100);
            assertThat(backend.connections()).isZero();
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getString("error")).isEqualTo("http_response_incomplete");
            assertThat(line.getInteger("status")).isEqualTo(200);
            assertThat(proxy.metric("weir_retries_total", "reason=\"http_response_incomplete\"", "result=\"not_safe\""))
                    .isEqualTo(1);
        }
    }

    // ---- how often, where, when

    @Test
    void attemptsAreMadeAtOnceAndOnABackendThatWasNotTriedAsLongAsThereIsOne() throws IOException {
        int first = ClosedPort.take();
        int second = ClosedPort.take();
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(first, second, backend.port()).start()) {
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200); // warms up
            long begin = System.nanoTime();
            int requests = 20;
            for (int i = 0; i < requests; i++) {
                assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            }
            long perRequest = (System.nanoTime() - begin) / requests;
            assertThat(Duration.ofNanos(perRequest)).isLessThan(Duration.ofMillis(200));
            for (JsonObject line : proxy.accessLog(requests + 1)) {
                JsonArray attempts = line.getJsonArray("attempts");
                assertThat(attempts.stream().map(attempt -> ((JsonObject) attempt).getString("backend")))
                        .doesNotHaveDuplicates()
                        .last()
                        .isEqualTo("127.0.0.1:" + backend.port());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,3", "5,5"})
    void noMoreAttemptsAreMadeThanConfigured(int configured, int made) throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(ClosedPort.take(), ClosedPort.take())
                .retry(retry(configured, false))
                .start()) {
            RawClient.Response got = RawClient.get(proxy.port(), "/");
            assertThat(got.status()).isEqualTo(502);
            assertThat(got.field("proxy-status")).startsWith("weir; error=connection_refused");
            assertThat(proxy.accessLog(1).getFirst().getJsonArray("attempts")).hasSize(made);
            assertThat(proxy.metric("weir_retries_total", "result=\"no_attempts_left\""))
                    .isEqualTo(1);
            assertThat(proxy.metric("weir_retries_total", "result=\"failure\"")).isEqualTo(made - 1.0);
        }
    }

    @Test
    void theOnlyBackendIsTriedAgainItself() throws IOException {
        CountDownLatch died = new CountDownLatch(1);
        RawBackend.Behaviour onceBitten = connection -> {
            connection.readRequest();
            if (died.getCount() > 0) {
                died.countDown();
                connection.reset();
            } else {
                connection.send(OK);
            }
        };
        try (RawBackend backend = RawBackend.that(onceBitten);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            assertThat(proxy.accessLog(1).getFirst().getJsonArray("attempts")).hasSize(2);
        }
    }

    @Test
    void anExhaustedBudgetEndsRetriesUntilItRecovers() throws IOException {
        RetryConfig thrifty = new RetryConfig(2, 0.001, StatusSet.NONE, BUFFER, false);
        try (RawBackend backend = RawBackend.answering(OK);
                RawBackend dying = RawBackend.that(RawBackend.Connection::readRequest);
                ProxyUnderTest proxy = ProxyUnderTest.before(dying.port(), backend.port())
                        .retry(thrifty)
                        .start()) {
            int saved = 0;
            int failed = 0;
            for (int i = 0; i < 3 * RetryBudget.RESERVE; i++) { // every other one meets the dead backend
                int status = RawClient.get(proxy.port(), "/").status();
                saved += status == 200 ? 1 : 0;
                failed += status == 502 ? 1 : 0;
            }
            assertThat(proxy.metric("weir_retries_total", "result=\"success\"")).isEqualTo(RetryBudget.RESERVE + 1.0);
            assertThat(proxy.metric("weir_retries_total", "result=\"no_budget\""))
                    .isEqualTo(failed);
            assertThat(failed).isPositive();
            assertThat(saved + failed).isEqualTo(3 * RetryBudget.RESERVE);
        }
    }

    @Test
    void aMassFailureIsMaskedWhateverTheBudget() throws IOException {
        RetryConfig thrifty = new RetryConfig(2, 0.001, StatusSet.NONE, BUFFER, false);
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(
                                ClosedPort.take(),
                                ClosedPort.take(),
                                ClosedPort.take(),
                                ClosedPort.take(),
                                backend.port())
                        .retry(thrifty)
                        .start()) {
            for (int i = 0; i < 3 * RetryBudget.RESERVE; i++) {
                assertThat(RawClient.exchange(proxy.port(), request("POST")).status())
                        .isEqualTo(200);
            }
            assertThat(proxy.metric("weir_retries_total", "result=\"no_budget\""))
                    .isZero();
        }
    }

    // ---- by status

    @Test
    void aBackendThatSaysWhenToComeBackIsLeftAlone() throws IOException {
        RetryConfig onStatus = new RetryConfig(3, 1, StatusSet.parse("503"), BUFFER, false);
        try (RawBackend busy =
                        RawBackend.answering("HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 4\r\n\r\nbusy");
                RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(busy.port(), backend.port())
                        .retry(onStatus)
                        .start()) {
            assertThat(RawClient.get(proxy.port(), "/").text()).isEqualTo("busy");
            assertThat(backend.connections()).isZero();
        }
    }

    @Test
    void aStatusThatTheOperatorNamesIsTriedElsewhere() throws IOException {
        RetryConfig onStatus = new RetryConfig(3, 1, StatusSet.parse("503"), BUFFER, false);
        try (RawBackend busy = RawBackend.answering("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
                RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(busy.port(), backend.port())
                        .retry(onStatus)
                        .start()) {
            assertThat(RawClient.get(proxy.port(), "/").text()).isEqualTo("good");
            assertThat(RawClient.exchange(proxy.port(), request("POST")).text())
                    .as("not repeatable")
                    .isEqualTo("busy");
            assertThat(proxy.blamed()).as("it did answer").isEmpty();
            assertThat(proxy.metric("weir_requests_saved_total")).isEqualTo(1);
        }
    }

    @Test
    void ifNoAttemptIsLeftTheClientGetsTheBackendsOwnAnswer() throws IOException {
        RetryConfig onStatus = new RetryConfig(2, 1, StatusSet.parse("503"), BUFFER, false);
        String answer = "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nX-Why: too much\r\n\r\nbusy";
        try (RawBackend one = RawBackend.answering(answer);
                RawBackend two = RawBackend.answering(answer);
                ProxyUnderTest proxy = ProxyUnderTest.before(one.port(), two.port())
                        .retry(onStatus)
                        .start()) {
            RawClient.Response got = RawClient.get(proxy.port(), "/");
            assertThat(got.status()).isEqualTo(503);
            assertThat(got.text()).isEqualTo("busy");
            assertThat(got.field("x-why")).isEqualTo("too much");
            assertThat(got.field("proxy-status")).isNull();
            assertThat(proxy.accessLog(1).getFirst().getJsonArray("attempts")).hasSize(2);
            assertThat(proxy.metric("weir_retries_total", "result=\"no_attempts_left\""))
                    .isEqualTo(1);
        }
    }

    // ---- keep-alive connections that the backend has closed meanwhile

    @ParameterizedTest
    @EnumSource
    void aConnectionThatDiesInTheMomentOfItsReuseIsReplacedAndBlamesNobody(Sockets sockets) throws IOException {
        sockets.assumeAvailable();
        RawBackend.Behaviour onceOnly = connection -> {
            connection.readRequest();
            connection.send(OK);
            if (!connection.readRequest().head().isEmpty()) {
                connection.reset(); // as if the idle time had passed just now
            }
        };
        try (RawBackend backend = RawBackend.that(onceOnly);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start()) {
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            assertThat(proxy.blamed()).isEmpty();
            JsonArray attempts = proxy.accessLog(2).getLast().getJsonArray("attempts");
            assertThat(attempts.getJsonObject(0).getBoolean("reused")).isTrue();
            assertThat(attempts.getJsonObject(1).getBoolean("reused")).isFalse();
        }
    }

    @Test
    void afterAStaleConnectionAFreshOneIsTakenNotTheNextStaleOne() throws IOException {
        CountDownLatch together = new CountDownLatch(2);
        RawBackend.Behaviour onceOnly = connection -> {
            connection.readRequest();
            together.countDown();
            Await.happened(together, Duration.ofSeconds(10));
            connection.send(OK);
            if (!connection.readRequest().head().isEmpty()) {
                connection.reset();
            }
        };
        try (RawBackend backend = RawBackend.that(onceOnly);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            try (RawClient one = new RawClient(proxy.port());
                    RawClient two = new RawClient(proxy.port())) {
                one.send(request("GET"));
                two.send(request("GET"));
                assertThat(one.read().status()).isEqualTo(200);
                assertThat(two.read().status()).isEqualTo(200);
            }
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            assertThat(proxy.accessLog(3).getLast().getJsonArray("attempts")).hasSize(2);
            assertThat(proxy.blamed()).isEmpty();
        }
    }

    @Test
    void aConnectionThatTheBackendClosesWhileItIsIdleIsNotUsedAgain() throws IOException {
        RawBackend.Behaviour onceOnly = connection -> {
            connection.readRequest();
            connection.send(OK);
        };
        try (RawBackend backend = RawBackend.that(onceOnly);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            for (int i = 0; i < 3; i++) {
                assertThat(RawClient.exchange(proxy.port(), request("POST")).status())
                        .isEqualTo(200);
                Await.untilTrue(() -> proxy.backend(0).stats().connections() == 0, "the connection is gone");
            }
        }
    }

    // ---- short responses are held until they are whole, but not for long

    @Test
    void aShortResponseThatDawdlesIsPassedOnAfterAMoment() throws IOException {
        CountDownLatch seen = new CountDownLatch(1);
        RawBackend.Behaviour slow = connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
            Await.happened(seen, Duration.ofSeconds(10));
            connection.send("56789");
            connection.drain();
        };
        try (RawBackend backend = RawBackend.that(slow);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            long begin = System.nanoTime();
            client.send(request("GET"));
            assertThat(HttpText.readHead(client.in())).startsWith("HTTP/1.1 200 ");
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isGreaterThanOrEqualTo(Duration.ofNanos(ResponseRelay.PATIENCE_NANOS));
            assertThat(client.in().readNBytes(5))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("01234");
            seen.countDown();
            assertThat(client.in().readNBytes(5))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("56789");
        }
    }

    @Test
    void afterThatMomentItIsTooLateForAnotherAttempt() throws IOException {
        CountDownLatch seen = new CountDownLatch(1);
        RawBackend.Behaviour slow = connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
            Await.happened(seen, Duration.ofSeconds(10));
        };
        try (RawBackend dying = RawBackend.that(slow);
                RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(dying.port(), backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(request("GET"));
            assertThat(HttpText.readHead(client.in())).startsWith("HTTP/1.1 200 ");
            seen.countDown();
            assertThat(client.in().readAllBytes()).hasSize(5);
            assertThat(backend.connections()).isZero();
        }
    }

    // ---- accounting

    @Test
    void aClientThatLeavesDuringTheSecondAttemptIsCountedAsSuch() throws IOException {
        RawBackend.Behaviour silent = connection -> {
            connection.readRequest();
            connection.drain();
        };
        try (RawBackend backend = RawBackend.that(silent);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(ClosedPort.take(), backend.port()).start()) {
            try (RawClient client = new RawClient(proxy.port())) {
                client.send(request("GET"));
                Await.untilTrue(() -> backend.heads().size() == 1, "the second attempt is under way");
                client.socket().setSoLinger(true, 0);
            }
            assertThat(proxy.accessLog(1).getFirst().getInteger("status")).isEqualTo(499);
            assertThat(proxy.metric("weir_retries_total", "result=\"client_gone\""))
                    .isEqualTo(1);
            assertThat(proxy.blamed()).containsExactly(ProxyError.CONNECTION_REFUSED);
            proxy.awaitQuiet();
        }
    }
}
