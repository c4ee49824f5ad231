package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.ClosedPort;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.config.StatusCodes;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens when a strategy, which may be anybody's code, throws. */
class InternalErrorTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** Throws for requests under {@code /bug}, from a number of attempts on. */
    private static Picker throwing(Picker picker, int fromAttempt) {
        return context -> {
            if (context.target().toString().startsWith("/bug") && context.attempt() >= fromAttempt) {
                throw new IllegalStateException("a bug of the strategy");
            }
            return picker.pick(context);
        };
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static void assertInternalError(RawClient.Response response, ProxyUnderTest proxy, LogCapture log) {
        assertThat(response.status()).isEqualTo(500);
        assertThat(response.field("proxy-status")).startsWith("weir; error=proxy_internal_error");
        String incident = response.field("x-incident-id");
        assertThat(incident).isNotBlank();
        assertThat(response.text()).doesNotContain("IllegalState").doesNotContain("strategy");
        awaitErrors(log, 1);
        assertThat(log.errors()).singleElement().asString().contains(incident);
        JsonObject line = proxy.accessLog(1).getFirst();
        assertThat(line.getString("incident")).isEqualTo(incident);
        assertThat(line.getString("detail")).contains("a bug of the strategy");
    }

    private static void awaitErrors(LogCapture log, int count) {
        Await.untilTrue(() -> log.errors().size() >= count, count + " errors are logged");
    }

    @ParameterizedTest
    @EnumSource
    void aStrategyThatThrowsMakesA500WithAnIncidentAndTheConnectionGoesOn(StatusCodes codes) throws IOException {
        try (LogCapture log = new LogCapture();
                RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .statusCodes(codes)
                        .picker(picker -> throwing(picker, 0))
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(get("/bug"));
            assertInternalError(client.read(), proxy, log);
            client.send(get("/fine"));
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(proxy.blamed()).isEmpty();
        }
    }

    @Test
    void aStrategyThatThrowsAmongPipelinedRequestsSpoilsOnlyItsOwn() throws IOException {
        try (LogCapture log = new LogCapture();
                RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .picker(picker -> throwing(picker, 0))
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send(String.join("", get("/1"), get("/bug"), get("/bug"), get("/2")));
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(500);
            assertThat(client.read().status()).isEqualTo(500);
            assertThat(client.read().status()).isEqualTo(200);
            awaitErrors(log, 2);
            assertThat(log.errors()).hasSize(2);
        }
    }

    /** With a time that a socket cannot be told. No configuration has it. */
    @Test
    void aConnectionThatCannotEvenBeTriedIsNotCountedAnyLonger() throws IOException {
        try (LogCapture log = new LogCapture();
                RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .connect(Duration.ofDays(30))
                        .start()) {
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(500);
            assertThat(proxy.backend(0).stats().connections()).isZero();
            assertThat(proxy.blamed()).isEmpty();
            assertThat(log.errors()).isEmpty();
        }
    }

    /** With room for no head at all. No configuration has it. */
    @Test
    void aConnectionThatCannotBeUsedIsClosedAndNotCountedAnyLonger() throws IOException {
        try (LogCapture log = new LogCapture();
                RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy =
                        ProxyUnderTest.before(backend.port()).maxResponseHead(0).start()) {
            assertThat(RawClient.get(proxy.port(), "/").status()).isEqualTo(500);
            Await.untilTrue(() -> proxy.backend(0).stats().connections() == 0, "the connection is closed");
            assertThat(proxy.blamed()).isEmpty();
            awaitErrors(log, 1);
        }
    }

    @Test
    void aStrategyThatThrowsForARetryMakesA500Too() throws IOException {
        try (LogCapture log = new LogCapture();
                RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(ClosedPort.take(), backend.port())
                        .picker(picker -> throwing(picker, 1))
                        .start()) {
            assertInternalError(RawClient.get(proxy.port(), "/bug"), proxy, log);
        }
    }

    @Test
    void aStrategyThatThrowsAfterADeadlineMakesA500Too() throws IOException {
        RawBackend.Behaviour silent = connection -> {
            connection.readRequest();
            connection.drain();
        };
        try (LogCapture log = new LogCapture();
                RawBackend backend = RawBackend.that(silent);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .responseHead(Duration.ofMillis(100))
                        .picker(picker -> throwing(picker, 1))
                        .start()) {
            assertInternalError(RawClient.get(proxy.port(), "/bug"), proxy, log);
        }
    }

    @Test
    void aStrategyThatThrowsForWhoQueuedMakesA500AndTheNextOneHasItsTurn() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        RawBackend.Behaviour waiting = connection -> {
            while (!connection.readRequest().head().isEmpty()) {
                Await.happened(go, Duration.ofSeconds(10));
                connection.send(OK);
            }
        };
        try (LogCapture log = new LogCapture();
                RawBackend backend = RawBackend.that(waiting);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .perBackend(1)
                        .queue(10, Duration.ofSeconds(15))
                        .picker(picker -> context -> go.getCount() > 0
                                ? picker.pick(context)
                                : throwing(picker, 0).pick(context))
                        .start();
                RawClient inside = new RawClient(proxy.port());
                RawClient second = new RawClient(proxy.port());
                RawClient third = new RawClient(proxy.port())) {
            inside.send(get("/1"));
            Await.untilTrue(() -> backend.heads().size() == 1, "one is inside");
            second.send(get("/bug"));
            proxy.awaitQueued(1);
            third.send(get("/2"));
            proxy.awaitQueued(2);
            go.countDown();
            assertThat(inside.read().status()).isEqualTo(200);
            assertThat(second.read().status()).isEqualTo(500);
            assertThat(third.read().status()).isEqualTo(200);
            awaitErrors(log, 1);
            assertThat(log.errors()).hasSize(1);
        }
    }

    @Test
    void aStrategyThatThrowsInTheMiddleOfAnUploadLetsTheClientReadTheAnswer() throws IOException {
        try (LogCapture log = new LogCapture();
                RawBackend backend = RawBackend.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.before(backend.port())
                        .picker(picker -> throwing(picker, 0))
                        .start();
                RawClient client = new RawClient(proxy.port())) {
            client.send("POST /bug HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n");
            client.send(new byte[8_000_000]);
            assertInternalError(client.read(), proxy, log);
            assertThat(client.ends()).isTrue();
        }
    }
}
