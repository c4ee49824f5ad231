package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.ClosedPort;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.backend.RequestLimit;
import dev.weir.balancer.config.StatusCodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Backends that may have only so many requests at a time, and who waits for them. */
class QueueTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final Duration LONG = Duration.ofSeconds(15);
    private static final Duration SHORT = Duration.ofMillis(200);

    /** Answers a request for each permit. */
    private final Semaphore permits = new Semaphore(0);

    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger mostInside = new AtomicInteger();

    @AutoClose
    private final RawBackend backend = RawBackend.that(connection -> {
        while (!connection.readRequest().head().isEmpty()) {
            mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
            permits.acquireUninterruptibly();
            inside.decrementAndGet();
            connection.send(OK);
        }
    });

    private static void assertLimitReached(RawClient.Response response) {
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.field("proxy-status")).startsWith("weir; error=connection_limit_reached");
        assertThat(response.field("retry-after")).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,2", "3,2"})
    void noBackendEverHasMoreThanItsLimit(int limit, int eventLoops) throws InterruptedException {
        permits.release(1_000_000);
        try (ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                .eventLoops(eventLoops)
                .perBackend(limit)
                .queue(100, LONG)
                .start()) {
            List<Thread> clients = new ArrayList<>();
            Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
            for (int i = 0; i < 12; i++) {
                clients.add(Thread.ofVirtual().start(() -> {
                    try (RawClient client = new RawClient(proxy.port())) {
                        for (int n = 0; n < 50; n++) {
                            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                            statuses.add(client.read().status());
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
            }
            for (Thread client : clients) {
                client.join();
            }
            assertThat(statuses).hasSize(600).containsOnly(200);
            assertThat(mostInside.get()).isBetween(1, limit);
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void whoQueuedFirstIsServedFirst(int eventLoops) throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                .eventLoops(eventLoops)
                .perBackend(1)
                .queue(10, LONG)
                .start()) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                clients.add(proxy.asking("/" + i));
                Await.untilTrue(() -> inside.get() == 1, "one is inside");
                proxy.awaitQueued(i);
            }
            for (int i = 0; i < 6; i++) {
                permits.release();
                assertThat(clients.get(i).read().status()).isEqualTo(200);
                clients.get(i).close();
            }
            assertThat(backend.heads())
                    .extracting(head -> head.substring(0, 6))
                    .containsExactly("GET /0", "GET /1", "GET /2", "GET /3", "GET /4", "GET /5");
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void aShareThatGrowsWakesWhoWaitsAndOneThatShrinksHoldsFromTheNextOneOn(int eventLoops) throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                .eventLoops(eventLoops)
                .maxRequests(3)
                .queue(10, LONG)
                .start()) {
            RequestLimit limit = proxy.backend(0).limit();
            limit.share(1);
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                clients.add(proxy.asking("/" + i));
            }
            proxy.awaitQueued(5);
            assertThat(proxy.backend(0).stats().waiting()).isEqualTo(5);
            assertThat(inside.get()).isEqualTo(1);
            limit.share(3);
            proxy.pool().shareGrew();
            Await.untilTrue(() -> inside.get() == 3, "three are inside");
            proxy.awaitQueued(3);
            limit.share(1);
            permits.release(2);
            Await.untilTrue(() -> proxy.backend(0).stats().inFlight() == 1, "what was under way has gone on");
            proxy.awaitQueued(3);
            mostInside.set(0);
            permits.release(4);
            for (RawClient client : clients) {
                assertThat(client.read().status()).isEqualTo(200);
                client.close();
            }
            assertThat(mostInside.get()).isEqualTo(1);
            assertThat(proxy.backend(0).stats().waits()).isGreaterThanOrEqualTo(5);
        }
    }

    @Test
    void whoWaitsInVainForALimitOfAllNodesIsRememberedWithThisNodesShareOfIt() throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                .maxRequests(6)
                .queue(10, SHORT)
                .start()) {
            proxy.backend(0).limit().share(1);
            try (RawClient first = proxy.asking("/first")) {
                Await.untilTrue(() -> inside.get() == 1, "one is inside");
                try (RawClient second = proxy.asking("/second")) {
                    assertLimitReached(second.read());
                }
                assertThat(proxy.dossiers(1).getFirst().detail())
                        .isEqualTo("no backend had room in time; of max-requests 6 this node has 1 at 127.0.0.1:"
                                + backend.port());
                permits.release();
                assertThat(first.read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void newcomersDoNotOvertakeWhoWaits() throws IOException, InterruptedException {
        permits.release(1_000_000);
        try (ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                .perBackend(1)
                .queue(100, Duration.ofSeconds(2)) // hundreds of times what a fair share takes
                .start()) {
            Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                clients.add(Thread.ofVirtual().start(() -> {
                    try (RawClient client = new RawClient(proxy.port())) {
                        for (int batch = 0; batch < 10; batch++) { // pipelined: the next one is always at hand
                            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20));
                            for (int n = 0; n < 20; n++) {
                                statuses.add(client.read().status());
                            }
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
            }
            for (Thread client : clients) {
                client.join();
            }
            assertThat(statuses).hasSize(8 * 10 * 20).containsOnly(200);
            assertThat(proxy.metric("weir_queue_timeouts_total")).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoFindsTheQueueFullGets503AtOnce(StatusCodes codes) throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .statusCodes(codes)
                        .perBackend(1)
                        .queue(1, LONG)
                        .start();
                RawClient inside = proxy.asking("/")) {
            Await.untilTrue(() -> this.inside.get() == 1, "one is inside");
            try (RawClient waiting = proxy.asking("/")) {
                proxy.awaitQueued(1);
                assertLimitReached(RawClient.get(proxy.port(), "/"));
                assertThat(proxy.metric("weir_queue_overflows_total")).isEqualTo(1);
                permits.release(2);
                assertThat(inside.read().status()).isEqualTo(200);
                assertThat(waiting.read().status()).isEqualTo(200);
            }
            assertThat(proxy.blamed()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoWaitsTooLongGets503(StatusCodes codes) throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .statusCodes(codes)
                        .perBackend(1)
                        .queue(10, SHORT)
                        .start();
                RawClient inside = proxy.asking("/")) {
            Await.untilTrue(() -> this.inside.get() == 1, "one is inside");
            assertLimitReached(RawClient.get(proxy.port(), "/"));
            assertThat(proxy.metric("weir_queue_timeouts_total")).isEqualTo(1);
            assertThat(proxy.blamed()).isEmpty();
            permits.release(2);
            assertThat(inside.read().status()).isEqualTo(200);
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
        }
    }

    @Test
    void aQueueOfZeroMeansThatNobodyWaits() throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .perBackend(1)
                        .queue(0, LONG)
                        .start();
                RawClient inside = proxy.asking("/")) {
            Await.untilTrue(() -> this.inside.get() == 1, "one is inside");
            assertLimitReached(RawClient.get(proxy.port(), "/"));
            permits.release();
            assertThat(inside.read().status()).isEqualTo(200);
        }
    }

    @Test
    void whoLeavesWhileWaitingIsForgotten() throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .perBackend(1)
                        .queue(10, LONG)
                        .start();
                RawClient inside = proxy.asking("/")) {
            Await.untilTrue(() -> this.inside.get() == 1, "one is inside");
            RawClient leaving = proxy.asking("/");
            proxy.awaitQueued(1);
            try (RawClient waiting = proxy.asking("/")) {
                proxy.awaitQueued(2);
                leaving.socket().setSoLinger(true, 0);
                leaving.close();
                proxy.awaitQueued(1);
                permits.release(2);
                assertThat(inside.read().status()).isEqualTo(200);
                assertThat(waiting.read().status()).isEqualTo(200);
            }
            assertThat(backend.heads()).hasSize(2);
            assertThat(proxy.accessLog(3))
                    .extracting(line -> line.getInteger("status"))
                    .containsExactly(499, 200, 200);
        }
    }

    @Test
    void theOtherBackendIsUsedBeforeAnybodyWaits() throws IOException {
        try (RawBackend other = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port(), other.port())
                        .perBackend(1)
                        .queue(0, LONG)
                        .start();
                RawClient inside = proxy.asking("/")) {
            Await.untilTrue(() -> this.inside.get() == 1, "one is inside");
            for (int i = 0; i < 5; i++) {
                assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(200);
            }
            assertThat(other.heads()).hasSize(5);
            permits.release();
            assertThat(inside.read().status()).isEqualTo(200);
        }
    }

    @Test
    void aRetryWaitsForABackendThatHasNotFailedItYet() throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(ClosedPort.take(), backend.port())
                        .perBackend(1)
                        .queue(10, LONG)
                        .start();
                RawClient inside = proxy.asking("/")) {
            Await.untilTrue(() -> this.inside.get() == 1, "one is inside");
            try (RawClient waiting = proxy.asking("/")) {
                proxy.awaitQueued(1);
                permits.release(2);
                assertThat(inside.read().status()).isEqualTo(200);
                assertThat(waiting.read().status()).isEqualTo(200);
            }
            assertThat(proxy.accessLog(2).getLast().getJsonArray("attempts")).hasSize(2);
        }
    }

    @Test
    void theRoomOfAFailedAttemptGoesToWhoWaits() throws IOException {
        Semaphore deaths = new Semaphore(0);
        RawBackend.Behaviour dying = connection -> {
            connection.readRequest();
            deaths.acquireUninterruptibly();
            connection.reset();
        };
        try (RawBackend mortal = RawBackend.that(dying);
                ProxyUnderTest proxy = ProxyUnderTest.before(mortal.port())
                        .perBackend(1)
                        .queue(10, LONG)
                        .start();
                RawClient first = new RawClient(proxy.port());
                RawClient second = new RawClient(proxy.port())) {
            first.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            Await.untilTrue(() -> mortal.heads().size() == 1, "the first one is inside");
            second.send("POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            proxy.awaitQueued(1);
            deaths.release(2);
            assertThat(first.read().status()).isEqualTo(502);
            assertThat(second.read().status()).isEqualTo(502);
            assertThat(mortal.heads()).hasSize(2);
        }
    }

    @Test
    void whoWaitsIsServedAsSoonAsAnotherBackendComesBack() throws IOException {
        try (RawBackend other = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port(), other.port())
                        .perBackend(1)
                        .queue(10, LONG)
                        .start()) {
            proxy.pool().admin(proxy.backend(1), BackendState.Admin.DISABLED);
            try (RawClient inside = proxy.asking("/")) {
                Await.untilTrue(() -> this.inside.get() == 1, "one is inside");
                RawClient second = proxy.asking("/");
                RawClient third = proxy.asking("/");
                proxy.awaitQueued(2);
                proxy.pool().admin(proxy.backend(1), BackendState.Admin.ENABLED);
                assertThat(second.read().status()).isEqualTo(200);
                assertThat(third.read().status()).isEqualTo(200);
                permits.release();
                assertThat(inside.read().status()).isEqualTo(200);
                second.close();
                third.close();
            }
        }
    }

    @Test
    void ifTheLastBackendIsDisabledAllWhoWaitAreToldAsSoonAsOneIsWoken() throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .perBackend(1)
                        .queue(10, LONG)
                        .start();
                RawClient inside = proxy.asking("/")) {
            Await.untilTrue(() -> this.inside.get() == 1, "one is inside");
            RawClient second = proxy.asking("/");
            RawClient third = proxy.asking("/");
            proxy.awaitQueued(2);
            proxy.pool().admin(proxy.backend(0), BackendState.Admin.DISABLED);
            permits.release();
            assertThat(inside.read().status()).isEqualTo(200);
            assertThat(second.read().field("proxy-status")).startsWith("weir; error=proxy_internal_response");
            assertThat(third.read().field("proxy-status")).startsWith("weir; error=proxy_internal_response");
            second.close();
            third.close();
        }
    }
}
