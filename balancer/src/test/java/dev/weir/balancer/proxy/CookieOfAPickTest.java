package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Picker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A picker that wants a client to remember its backend must not be heard for a backend that was only considered. */
class CookieOfAPickTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final Semaphore firstMayAnswer = new Semaphore(0);
    private final Semaphore secondMayAnswer = new Semaphore(0);

    @AutoClose
    private final RawBackend first = answeringWhen(firstMayAnswer);

    @AutoClose
    private final RawBackend second = answeringWhen(secondMayAnswer);

    private final AtomicReference<ProxyUnderTest> started = new AtomicReference<>();

    /** Clients belong to the first backend; from those that it cannot have the second one wants to be remembered. */
    private final Picker picker = context -> {
        Backend home = started.get().backend(0);
        if (!context.tried(home)) {
            return home;
        }
        context.setCookie("moved=1");
        return started.get().backend(1);
    };

    @Test
    void whoWaitedForItsBackendIsNotToldToRememberAnother() throws IOException {
        try (ProxyUnderTest proxy = ProxyUnderTest.before(first.port(), second.port())
                .perBackend(1)
                .queue(10, Duration.ofSeconds(15))
                .picker(inTurn -> picker)
                .start()) {
            started.set(proxy);
            try (RawClient home = asking(proxy);
                    RawClient moved = askingOnce(proxy, 1);
                    RawClient waiting = askingOnce(proxy, 2)) {
                proxy.awaitQueued(1);
                firstMayAnswer.release(2);
                assertThat(home.read().fields("set-cookie")).isEmpty();
                RawClient.Response waited = waiting.read();
                assertThat(waited.status()).isEqualTo(200);
                assertThat(waited.fields("set-cookie")).isEmpty();
                secondMayAnswer.release();
                assertThat(moved.read().fields("set-cookie")).containsExactly("moved=1");
            }
            assertThat(first.heads()).hasSize(2);
            assertThat(second.heads()).hasSize(1);
        }
    }

    private static RawClient asking(ProxyUnderTest proxy) throws IOException {
        RawClient client = new RawClient(proxy.port());
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        return client;
    }

    /** Asks once so many requests are under way. */
    private static RawClient askingOnce(ProxyUnderTest proxy, int others) throws IOException {
        Await.untilTrue(
                () -> proxy.backend(0).stats().inFlight()
                                + proxy.backend(1).stats().inFlight()
                        == others,
                others + " requests are under way");
        return asking(proxy);
    }

    private static RawBackend answeringWhen(Semaphore permits) {
        return RawBackend.that(connection -> {
            while (!connection.readRequest().head().isEmpty()) {
                permits.acquireUninterruptibly();
                connection.send(OK);
            }
        });
    }
}
