package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.config.RetryConfig;
import dev.weir.balancer.config.StatusSet;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryDecision;
import dev.weir.balancer.incident.Dossier;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures of a backend that look like something else. */
class HardToTellTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";
    private static final RetryConfig ONCE = new RetryConfig(1, 1, StatusSet.NONE, 64 * 1024, false);
    private static final String UNASKED =
            "HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlate";

    // ---- a head that is too large for the backend

    private static String withHeadOf(int bytes) {
        return "GET / HTTP/1.1\r\nHost: a\r\nCookie: c=" + "x".repeat(bytes) + "\r\n\r\n";
    }

    /** As uWSGI: takes heads up to 4 KB, and hangs up on larger ones. */
    private static RawBackend takingSmallHeads() {
        return RawBackend.that(connection -> {
            while (true) {
                String head = connection.readHead();
                if (head.isEmpty() || head.length() > 4_096) {
                    return;
                }
                connection.send(OK);
            }
        });
    }

    @Test
    void aHeadTooLargeForEveryBackendIsNoReasonToEjectOneNorToTryThemAll() throws IOException {
        try (RawBackend one = takingSmallHeads();
                RawBackend two = takingSmallHeads();
                RawBackend three = takingSmallHeads();
                ProxyUnderTest proxy = ProxyUnderTest.before(one.port(), two.port(), three.port())
                        .idle(Duration.ZERO)
                        .start()) {
            for (int i = 0; i < 3; i++) {
                assertThat(RawClient.exchange(proxy.port(), GET).status()).isEqualTo(200);
            }
            assertThat(RawClient.exchange(proxy.port(), withHeadOf(6_000)).status())
                    .isEqualTo(502);
            assertThat(proxy.blamed()).isEmpty();
            Dossier dossier = proxy.dossiers(1).getFirst();
            assertThat(dossier.attempts()).hasSize(2);
            assertThat(dossier.attempts().getLast().decision()).isEqualTo(RetryDecision.SAME_EVERYWHERE);
            assertThat(dossier.request().headBytes()).isGreaterThan(6_000);
            assertThat(dossier.request().largestField()).isEqualToIgnoringCase("cookie");
        }
    }

    @Test
    void aBackendThatHasNotAnsweredAnythingIsBlamedHoweverLargeTheHead() throws IOException {
        try (RawBackend backend = takingSmallHeads();
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            assertThat(RawClient.exchange(proxy.port(), withHeadOf(6_000)).status())
                    .isEqualTo(502);
            assertThat(proxy.blamed())
                    .containsOnly(ProxyError.CONNECTION_TERMINATED)
                    .hasSize(3);
        }
    }

    // ---- a route that is slow

    /** Answers nothing under /slow, and everything else. */
    private static RawBackend withASlowRoute() {
        return RawBackend.that(connection -> {
            while (true) {
                String head = connection.readHead();
                if (head.isEmpty()) {
                    return;
                }
                if (head.startsWith("GET /slow")) {
                    connection.drain();
                    return;
                }
                connection.send(OK);
            }
        });
    }

    @Test
    void aSlowRouteIsNotHeldAgainstABackendThatAnswersOthersHoweverManyWaitForIt() throws IOException {
        try (RawBackend backend = withASlowRoute();
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .retry(ONCE)
                        .responseHead(Duration.ofMillis(600))
                        .start()) {
            List<RawClient> slow = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                slow.add(proxy.asking("/slow"));
            }
            Await.untilTrue(() -> backend.heads().size() == 6, "all wait");
            Await.pass(Duration.ofMillis(20));
            assertThat(RawClient.exchange(proxy.port(), GET).status()).isEqualTo(200);
            for (RawClient client : slow) {
                assertThat(client.read().status()).isEqualTo(502);
                client.close();
            }
            assertThat(proxy.blamed()).isEmpty();
            assertThat(proxy.accessLog(7)
                            .getLast()
                            .getJsonArray("attempts")
                            .getJsonObject(0)
                            .getString("detail"))
                    .contains("not counted: others were answered");
        }
    }

    @Test
    void aBatchThatWaitsTogetherCountsOnceAndEachThatIsSentToWhoAnswersNobodyAnyMore() throws IOException {
        try (RawBackend backend = withASlowRoute();
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .retry(ONCE)
                        .responseHead(Duration.ofMillis(500))
                        .start()) {
            assertThat(RawClient.exchange(proxy.port(), GET).status()).isEqualTo(200);
            waitInVain(proxy, 3);
            assertThat(proxy.blamed()).containsExactly(ProxyError.HTTP_RESPONSE_TIMEOUT);
            Await.pass(Duration.ofMillis(500)); // the answer is as long ago as they wait, and more
            waitInVain(proxy, 3);
            assertThat(proxy.blamed()).hasSize(4);
        }
    }

    private static void waitInVain(ProxyUnderTest proxy, int requests) throws IOException {
        List<RawClient> slow = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            slow.add(proxy.asking("/slow"));
        }
        for (RawClient client : slow) {
            assertThat(client.read().status()).isEqualTo(502);
            client.close();
        }
    }

    // ---- an answer that nobody asked for

    @Test
    void a408ThatComesUponTheAcceptIsNotTakenForAnAnswer() throws IOException {
        try (RawBackend impatient = RawBackend.that(connection -> {
                    connection.send(UNASKED);
                    connection.socket().shutdownOutput();
                    connection.drain();
                });
                RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(impatient.port(), backend.port()).start()) {
            for (int i = 0; i < 4; i++) {
                assertThat(RawClient.exchange(proxy.port(), i % 2 == 0 ? GET : POST)
                                .text())
                        .isEqualTo("good");
            }
            assertThat(proxy.blamed()).isNotEmpty().containsOnly(ProxyError.CONNECTION_TERMINATED);
        }
    }

    @Test
    void a408InTheMomentOfTheReuseIsReplacedOnANewConnection() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        try (RawBackend backend = RawBackend.that(connection -> {
                    boolean first = connections.getAndIncrement() == 0;
                    connection.readRequest();
                    connection.send(OK);
                    connection.readHead();
                    connection.send(first ? UNASKED : OK);
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            assertThat(RawClient.exchange(proxy.port(), GET).text()).isEqualTo("good");
            assertThat(RawClient.exchange(proxy.port(), GET).text()).isEqualTo("good");
            assertThat(connections).hasValue(2);
            assertThat(proxy.accessLog(2).getLast().getString("finding"))
                    .contains("sent 408 and closed the connection");
            assertThat(proxy.dossiers(1).getFirst().result()).isEqualTo(Dossier.Result.SAVED);
        }
    }

    @Test
    void a408BeforeTheRequestIsWholeIsReplacedWhateverTheMethod() throws Exception {
        CountDownLatch replaced = new CountDownLatch(1);
        try (RawBackend impatient = RawBackend.that(connection -> {
                    connection.readHead();
                    connection.send(UNASKED);
                });
                RawBackend backend = RawBackend.that(connection -> {
                    connection.readHead();
                    replaced.countDown();
                    assertThat(connection.readBytes(5)).asString().isEqualTo("money");
                    connection.send(OK);
                });
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(impatient.port(), backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nmon");
            assertThat(replaced.await(20, TimeUnit.SECONDS)).isTrue();
            client.send("ey");
            assertThat(client.read().text()).isEqualTo("good");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {GET, POST})
    void a408ThatEveryAttemptMeetsWithIsNoAnswerOfABackend(String request) throws Exception {
        try (RawBackend impatient = RawBackend.answering(UNASKED);
                RawBackend alike = RawBackend.answering(UNASKED);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(impatient.port(), alike.port()).start()) {
            RawClient.Response got = RawClient.exchange(proxy.port(), request);
            assertThat(got.status()).isEqualTo(502);
            assertThat(got.field("proxy-status")).isEqualTo("weir; error=connection_terminated");
            assertThat(proxy.metric("weir_requests_saved_total")).isZero();
            JsonObject line = proxy.accessLog(1).getFirst();
            assertThat(line.getString("finding")).contains("sent 408 and closed the new connection");
            assertThat(line.getJsonArray("attempts").size()).isEqualTo(3);
        }
    }

    @Test
    void a408AfterAWhileIsTheBackendsOwn() throws IOException {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readRequest();
                    Await.pass(Duration.ofMillis(1_050));
                    connection.send(UNASKED);
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            assertThat(RawClient.exchange(proxy.port(), GET).status()).isEqualTo(408);
            assertThat(backend.heads()).hasSize(1);
            assertThat(proxy.blamed()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1", "HTTP/1.0"})
    void anApplicationsOwn408ReachesTheClient(String version) throws IOException {
        String own = version + " 408 Request Timeout\r\nContent-Length: 3\r\n\r\nown";
        try (RawBackend backend = RawBackend.answering(own);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            assertThat(RawClient.exchange(proxy.port(), GET).text()).isEqualTo("own");
            assertThat(backend.heads()).hasSize(1);
        }
    }

    // ---- chunks that are none

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\nno chunk\r\n0\r\n\r\n", "4 no chunk", "\r\n"})
    void aBadFirstChunkIsA502AlsoIfItComesAfterTheHead(String body) throws Exception {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readRequest();
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    Await.pass(Duration.ofMillis(20));
                    connection.send(body);
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            RawClient.Response got =
                    RawClient.exchange(proxy.port(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            assertThat(got.status()).isEqualTo(502);
            assertThat(got.field("proxy-status"))
                    .isIn("weir; error=http_response_transfer_coding", "weir; error=http_response_incomplete");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2\r\nok\r\nzz\r\n", "2\r\nokno line end\r\n0\r\n\r\n"})
    void aBadChunkBehindAGoodOneInTheSameReadIsMasked(String body) throws Exception {
        try (RawBackend broken = RawBackend.answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
                RawBackend sound = RawBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                ProxyUnderTest alone = ProxyUnderTest.before(broken.port()).start();
                ProxyUnderTest both =
                        ProxyUnderTest.before(broken.port(), sound.port()).start()) {
            RawClient.Response got = RawClient.exchange(alone.port(), GET);
            assertThat(got.status()).isEqualTo(502);
            assertThat(got.field("proxy-status")).isEqualTo("weir; error=http_response_transfer_coding");
            assertThat(RawClient.exchange(both.port(), GET).text()).isEqualTo("ok");
        }
    }

    @Test
    void aHeadWithoutAFirstChunkIsPassedOnAfterAMoment() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readRequest();
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    Await.happened(seen, Duration.ofSeconds(20));
                    connection.send("4\r\ngood\r\n0\r\n\r\n");
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            String head = HttpText.readHead(client.in());
            assertThat(head).startsWith("HTTP/1.1 200 OK");
            seen.countDown();
            assertThat(client.readsToACleanEnd(true)).isTrue();
        }
    }

    // ---- an end that is none

    @Test
    void aBodyThatEndsWithTheConnectionIsResetIfTheBalancerIsStopped() throws Exception {
        try (RawBackend backend = RawBackend.that(connection -> {
                    connection.readRequest();
                    connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nsome");
                    connection.awaitClose();
                });
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
            HttpText.readHead(client.in());
            proxy.proxy().drain(Duration.ofMillis(100));
            assertThat(endsInAReset(client.in())).isTrue();
        }
    }

    private static boolean endsInAReset(InputStream in) throws IOException {
        try {
            in.readAllBytes();
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }
}
