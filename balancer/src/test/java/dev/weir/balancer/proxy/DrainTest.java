package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.balancer.Await;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DrainTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final Duration LONG = Duration.ofSeconds(15);

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static void awaitDone(Future<Void> drain) throws Exception {
        drain.await(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void aRequestInFlightEndsAndItsConnectionWithIt(Sockets sockets) throws Exception {
        sockets.assumeAvailable();
        CountDownLatch go = new CountDownLatch(1);
        RawBackend.Behaviour waiting = connection -> {
            connection.readRequest();
            Await.happened(go, LONG);
            connection.send(OK);
            connection.drain();
        };
        try (RawBackend backend = RawBackend.that(waiting);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .transport(sockets.transport())
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(get("/"));
            Await.untilTrue(() -> backend.heads().size() == 1, "the request is in flight");
            Future<Void> drain = proxy.proxy().drain(LONG);
            Await.untilTrue(() -> refuses(proxy), "new connections are refused");
            assertThat(drain.isComplete()).isFalse();
            go.countDown();
            RawClient.Response got = client.read();
            assertThat(got.status()).isEqualTo(200);
            assertThat(got.text()).isEqualTo("ok");
            assertThat(got.field("connection")).isEqualTo("close");
            assertThat(client.in().read()).isEqualTo(-1);
            awaitDone(drain);
        }
    }

    private static boolean refuses(ProxyUnderTest proxy) {
        try (RawClient client = new RawClient(proxy.port())) {
            return client.ends();
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void idleConnectionsAreClosedAndNewOnesRefused(int eventLoops) throws Exception {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .eventLoops(eventLoops)
                        .start();
                RawClient one = new RawClient(proxy.port());
                RawClient two = new RawClient(proxy.port())) {
            int port = proxy.port();
            for (RawClient client : List.of(one, two)) {
                client.send(get("/"));
                assertThat(client.read().status()).isEqualTo(200);
            }
            awaitDone(proxy.proxy().drain(LONG));
            assertThat(one.in().read()).isEqualTo(-1);
            assertThat(two.in().read()).isEqualTo(-1);
            assertThatThrownBy(() -> new RawClient(port)).isInstanceOf(ConnectException.class);
            Await.untilTrue(
                    () -> proxy.backend(0).stats().connections() == 0, "idle connections to backends are closed");
        }
    }

    @Test
    void whileItLeavesEverybodyIsServedAndToldToComeBackElsewhere() throws Exception {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient kept = new RawClient(proxy.port())) {
            kept.send(get("/1"));
            assertThat(kept.read().field("connection")).isNull();
            proxy.proxy().leave();
            for (RawClient client : List.of(kept, new RawClient(proxy.port()))) {
                client.send(get("/2"));
                RawClient.Response got = client.read();
                assertThat(got.status()).isEqualTo(200);
                assertThat(got.field("connection")).isEqualTo("close");
                assertThat(client.ends()).isTrue();
                client.close();
            }
        }
    }

    @Test
    void aRequestRightAfterTheListenersHaveClosedIsServedOnConnectionsThatAreOpen() throws Exception {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start()) {
            RawClient.get(proxy.port(), "/");
            long began = System.nanoTime();
            try (RawClient kept = new RawClient(proxy.port());
                    RawClient young = new RawClient(proxy.port())) {
                kept.send(get("/1"));
                assertThat(kept.read().status()).isEqualTo(200);
                Await.untilTrue(() -> proxy.metric("weir_client_connections") == 2, "both are connected");
                Future<Void> drain = proxy.proxy().drain(LONG);
                Await.untilTrue(() -> acceptsNobody(proxy), "new connections are refused");
                kept.sendQuietly(get("/2"));
                young.sendQuietly(get("/2"));
                assumeTrue(System.nanoTime() - began < Farewell.QUIET_NANOS, "this machine is quick enough");
                for (RawClient client : List.of(kept, young)) {
                    RawClient.Response got = client.read();
                    assertThat(got.status()).isEqualTo(200);
                    assertThat(got.field("connection")).isEqualTo("close");
                }
                awaitDone(drain);
            }
        }
    }

    /** In contrast to {@link #refuses}, it does not wait for what was accepted to be closed. */
    private static boolean acceptsNobody(ProxyUnderTest proxy) {
        try {
            new RawClient(proxy.port()).close();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void sixtyClientsThatKeepTheirConnectionsLoseNoPost(int eventLoops) throws Exception {
        int clients = 60;
        AtomicInteger answered = new AtomicInteger();
        Queue<String> losses = new ConcurrentLinkedQueue<>();
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .eventLoops(eventLoops)
                        .start()) {
            int port = proxy.port();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                threads.add(Thread.ofVirtual().start(() -> postUntilRefused(port, answered, losses)));
            }
            Await.untilTrue(() -> answered.get() > 10 * clients, "all clients keep connections");
            proxy.proxy().leave();
            int before = answered.get();
            Await.untilTrue(() -> answered.get() > before + 5 * clients, "all clients were told");
            awaitDone(proxy.proxy().drain(LONG));
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(losses).isEmpty();
        }
    }

    /** Never looks for a FIN before it asks again. */
    private static void postUntilRefused(int port, AtomicInteger answered, Queue<String> losses) {
        boolean kept = false;
        while (true) {
            try (RawClient client = new RawClient(port)) {
                kept = false;
                String connection;
                do {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
                    RawClient.Response got = client.read();
                    if (got.status() != 200) {
                        losses.add(got.head());
                    }
                    answered.incrementAndGet();
                    connection = got.field("connection");
                    kept = connection == null;
                } while (kept);
            } catch (IOException e) {
                if (kept) {
                    losses.add(e.toString());
                }
                return; // a connection that was new, and not accepted any more
            }
        }
    }

    @Test
    void aResponseThatIsFlowingFlowsToItsEnd() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        RawBackend.Behaviour flowing = connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + "x".repeat(100_000));
            Await.happened(go, LONG);
            connection.send("y".repeat(100_000));
            connection.drain();
        };
        try (RawBackend backend = RawBackend.that(flowing);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(get("/"));
            assertThat(HttpText.readHead(client.in())).doesNotContainIgnoringCase("connection: close");
            Future<Void> drain = proxy.proxy().drain(LONG);
            go.countDown();
            assertThat(client.in().readAllBytes()).hasSize(200_000);
            awaitDone(drain);
        }
    }

    @Test
    void anUploadThatIsFlowingFlowsToItsEnd() throws Exception {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
            Await.untilTrue(() -> backend.heads().size() == 1, "the request is in flight");
            Future<Void> drain = proxy.proxy().drain(LONG);
            client.send("56789");
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.ends()).isTrue();
            awaitDone(drain);
        }
    }

    @Test
    void aHeadThatHasBegunIsStillServed() throws Exception {
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(get("/1"));
            assertThat(client.read().status()).isEqualTo(200);
            client.send("GET /2 HTTP/1.1\r\nHo");
            RawClient.get(proxy.port(), "/"); // what came before this was read before this
            Future<Void> drain = proxy.proxy().drain(LONG);
            Await.untilTrue(() -> refuses(proxy), "new connections are refused");
            client.send("st: a\r\n\r\n");
            RawClient.Response got = client.read();
            assertThat(got.status()).isEqualTo(200);
            assertThat(got.field("connection")).isEqualTo("close");
            awaitDone(drain);
        }
    }

    @Test
    void whatDoesNotEndInTimeIsCutOff() throws Exception {
        RawBackend.Behaviour silent = connection -> {
            connection.readRequest();
            connection.drain();
        };
        try (RawBackend backend = RawBackend.that(silent);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port()).start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(get("/"));
            Await.untilTrue(() -> backend.heads().size() == 1, "the request is in flight");
            long begin = System.nanoTime();
            awaitDone(proxy.proxy().drain(Duration.ofMillis(300)));
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isBetween(Duration.ofMillis(290), Duration.ofSeconds(5));
            assertThat(client.ends()).isTrue();
            proxy.awaitQuiet();
            assertThat(proxy.accessLog(1).getFirst().getInteger("status")).isEqualTo(499);
            assertThat(proxy.blamed()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void underLoadEveryRequestThatWasBegunIsAnswered(int eventLoops) throws Exception {
        int clients = 16;
        AtomicInteger answered = new AtomicInteger();
        Queue<String> losses = new ConcurrentLinkedQueue<>();
        CountDownLatch warm = new CountDownLatch(clients);
        try (RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .eventLoops(eventLoops)
                        .start()) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    try (RawClient client = new RawClient(proxy.port())) {
                        while (answeredOnce(client, losses)) {
                            if (answered.incrementAndGet() > 5 * clients) {
                                warm.countDown();
                            }
                        }
                    } catch (IOException e) {
                        losses.add(e.toString());
                    }
                }));
            }
            assertThat(Await.happened(warm, LONG)).isTrue();
            awaitDone(proxy.proxy().drain(LONG));
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(losses).isEmpty();
            assertThat(backend.heads()).as("what backends have processed").hasSize(answered.get());
        }
    }

    /** @return false if the connection ended between two requests, which is normal */
    private static boolean answeredOnce(RawClient client, Queue<String> losses) {
        RawClient.Response response;
        try {
            client.send(get("/"));
            response = client.read();
        } catch (IOException e) {
            return false; // if the request had been processed, the backend's count would tell
        }
        if (response.status() != 200 || !response.text().equals("ok")) {
            losses.add(response.head() + response.text());
        }
        return true;
    }
}
