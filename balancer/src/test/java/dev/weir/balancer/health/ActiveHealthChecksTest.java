package dev.weir.balancer.health;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.ClosedPort;
import dev.weir.balancer.backend.Addresses;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyException;
import dev.weir.balancer.health.CheckResult.Verdict;
import dev.weir.balancer.node.LoopClock;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ActiveHealthChecksTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final long TICK_MILLIS = 100;

    private final BlockingQueue<CheckResult> results = new LinkedBlockingQueue<>();
    /** Verdicts of checks, and what a backend's health has become. */
    private final List<String> events = new CopyOnWriteArrayList<>();

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final Vertx vertx = Vertx.vertx();
    private @Nullable Context control;
    private @Nullable ActiveHealthChecks running;
    private final List<Boolean> checkedHere = new CopyOnWriteArrayList<>();
    private volatile Runnable onResult = () -> {};
    private LongSupplier clock = System::nanoTime;

    /** Where nothing stands still on purpose, what a machine under load does is to go unnoticed. */
    private Duration noticed = Duration.ofSeconds(5);

    private final AtomicBoolean ranOut = new AtomicBoolean();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : toClose.reversed()) {
            each.close();
        }
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    // ---- what a check is

    @Test
    void aCheckIsAGetThatSaysWhoAsks() throws Exception {
        RawBackend backend = backend(RawBackend.ok());
        start(Checks.http().path("/healthz?deep=1"), backend.endpoint());
        assertThat(next()).isEqualTo(CheckResult.PASSED);
        assertThat(backend.requests().get(0))
                .startsWith("GET /healthz?deep=1 HTTP/1.1\r\n")
                .containsIgnoringCase("\r\nhost: " + backend.endpoint() + "\r\n")
                .containsIgnoringCase("\r\nuser-agent: weir-health/")
                .containsIgnoringCase("\r\nconnection: close\r\n");
    }

    @Test
    void anIpv6BackendIsCheckedAsWell() throws Exception {
        RawBackend backend = register(new RawBackend("::1", RawBackend.ok()));
        start(Checks.http(), new Endpoint("::1", backend.endpoint().port()));
        assertThat(next()).isEqualTo(CheckResult.PASSED);
        assertThat(backend.requests().get(0))
                .containsIgnoringCase("host: [::1]:" + backend.endpoint().port());
    }

    @Test
    void healthMayBeServedOnAPortOfItsOwn() throws Exception {
        RawBackend health = backend(RawBackend.ok());
        start(Checks.http().port(health.endpoint().port()), new Endpoint("127.0.0.1", ClosedPort.take()));
        assertThat(next()).isEqualTo(CheckResult.PASSED);
    }

    @Test
    void eachCheckOpensAConnectionAndClosesIt() throws Exception {
        RawBackend backend = backend(RawBackend.ok());
        start(Checks.http(), backend.endpoint());
        for (int i = 0; i < 5; i++) {
            assertThat(next()).isEqualTo(CheckResult.PASSED);
        }
        assertThat(backend.requests()).hasSizeGreaterThanOrEqualTo(5);
        awaitNothingLeftOpen(backend);
    }

    @Test
    void theNextCheckWaitsForTheOneThatRuns() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger mostAtOnce = new AtomicInteger();
        RawBackend backend = backend(client -> {
            mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
            RawBackend.drip("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n", 3).give(client);
            running.decrementAndGet(); // before the byte without which the check cannot end
            RawBackend.text("x").give(client);
        });
        start(Checks.http().interval(Duration.ofMillis(1)), backend.endpoint());
        for (int i = 0; i < 3; i++) {
            assertThat(next()).isEqualTo(CheckResult.PASSED);
        }
        assertThat(mostAtOnce).hasValue(1);
    }

    @Test
    void oneThatOperatorsDisabledIsLeftAloneUntilTheyEnableIt() throws Exception {
        RawBackend backend = backend(RawBackend.ok());
        BackendPool pool = start(Checks.http().interval(Duration.ofMillis(10)), backend.endpoint());
        assertThat(next()).isEqualTo(CheckResult.PASSED);
        admin(pool, Admin.DRAINING);
        results.clear();
        assertThat(next()).as("one that drains is checked").isEqualTo(CheckResult.PASSED);
        admin(pool, Admin.DISABLED);
        // one that was under way when it was disabled ends; the next look follows within 10 ms
        while (results.poll(100, TimeUnit.MILLISECONDS) != null) {}
        assertThat(results.poll(200, TimeUnit.MILLISECONDS)).isNull();
        admin(pool, Admin.ENABLED);
        assertThat(next()).isEqualTo(CheckResult.PASSED);
    }

    // ---- what is expected

    @Test
    void anUnexpectedStatusFails() throws Exception {
        start(
                Checks.http(),
                backend(RawBackend.text("HTTP/1.1 503 Nope\r\ncontent-length: 0\r\n\r\n"))
                        .endpoint());
        assertThat(next()).isEqualTo(CheckResult.failed("unexpected_status", "status 503, expected 200-299"));
    }

    @Test
    void aRedirectIsAnAnswerAndIsNotFollowed() throws Exception {
        RawBackend elsewhere = backend(RawBackend.ok());
        RawBackend backend = backend(RawBackend.text(
                "HTTP/1.1 302 Found\r\nlocation: http://" + elsewhere.endpoint() + "/\r\ncontent-length: 0\r\n\r\n"));
        start(Checks.http(), backend.endpoint());
        assertThat(next().reason()).isEqualTo("status 302, expected 200-299");
        assertThat(elsewhere.requests()).isEmpty();
    }

    @Test
    void anExpectedHeaderMayBeOneOfSeveral() throws Exception {
        Checks checks = Checks.http().headers(Map.of("X-Ready", "yes"));
        RawBackend backend =
                backend(RawBackend.text("HTTP/1.1 200 OK\r\nx-ready: no\r\nx-ready: yes\r\ncontent-length: 0\r\n\r\n"));
        start(checks, backend.endpoint());
        assertThat(next()).isEqualTo(CheckResult.PASSED);
    }

    @Test
    void aMissingOrDifferentHeaderFails() throws Exception {
        RawBackend backend = backend(RawBackend.ok());
        start(Checks.http().headers(Map.of("X-Ready", "yes")), backend.endpoint());
        assertThat(next())
                .isEqualTo(CheckResult.failed("unexpected_header", "header X-Ready is missing, expected 'yes'"));
        backend.answer(RawBackend.text("HTTP/1.1 200 OK\r\nx-ready: no\r\ncontent-length: 0\r\n\r\n"));
        awaitResult("header X-Ready is 'no', expected 'yes'");
    }

    @Test
    void theBodyIsSearchedForThePattern() throws Exception {
        RawBackend backend = backend(RawBackend.text(body("{\"status\": \"UP\"}")));
        start(Checks.http().body("\"status\":\\s*\"UP\""), backend.endpoint());
        assertThat(next()).isEqualTo(CheckResult.PASSED);
        backend.answer(RawBackend.text(body("{\"status\": \"DOWN\"}")));
        awaitResult("no match of /\"status\":\\s*\"UP\"/ in the body's first 64 KB");
    }

    @Test
    void onlyTheFirst64KilobytesOfTheBodyAreSearched() throws Exception {
        RawBackend backend = backend(RawBackend.text(body("x".repeat(64 * 1024 - 2) + "ok")));
        start(Checks.http().body("ok"), backend.endpoint());
        assertThat(next()).isEqualTo(CheckResult.PASSED);
        backend.answer(RawBackend.text(body("x".repeat(64 * 1024 - 1) + "ok")));
        awaitResult("no match of /ok/ in the body's first 64 KB");
    }

    @Test
    void aBodyOfSomeSizeIsReadAndForgotten() throws Exception {
        start(Checks.http(), backend(RawBackend.text(body("x".repeat(900_000)))).endpoint());
        assertThat(next()).isEqualTo(CheckResult.PASSED);
    }

    @Test
    void anEndlessBodyIsEnded() throws Exception {
        RawBackend backend = backend(client -> {
            client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            while (true) {
                client.getOutputStream().write(new byte[64 * 1024]);
            }
        });
        start(Checks.http(), backend.endpoint());
        for (int i = 0; i < 3; i++) {
            assertThat(next())
                    .isEqualTo(CheckResult.failed("unexpected_body", "more than 1 MB of body: check a smaller page"));
        }
        awaitNothingLeftOpen(backend);
    }

    // ---- what goes wrong

    @Test
    void aClosedPortFails() throws Exception {
        start(Checks.http(), new Endpoint("127.0.0.1", ClosedPort.take()));
        assertThat(next()).isEqualTo(CheckResult.failed("connection_refused", "connection refused"));
    }

    @Test
    void aResetFails() throws Exception {
        RawBackend backend = backend(client -> {
            client.setSoLinger(true, 0);
            client.close();
        });
        start(Checks.http(), backend.endpoint());
        assertThat(next()).isEqualTo(CheckResult.failed("connection_terminated", "connection terminated"));
    }

    @Test
    void anythingButHttpFails() throws Exception {
        start(
                Checks.http(),
                backend(RawBackend.text("SSH-2.0-OpenSSH_9.2\r\n\r\n")).endpoint());
        CheckResult result = next();
        assertThat(result.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(result.label()).isEqualTo("http_protocol_error");
    }

    /** Silence, a dripping head, a dripping body, a body that stops. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void whoeverDoesNotAnswerCompletelyInTimeFailsAndIsCheckedAgain(int kind) throws Exception {
        clock = () -> 0; // on a machine under load a real one would show standstills
        String head = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";
        RawBackend backend = backend(
                switch (kind) {
                    case 0 -> RawBackend.silence();
                    case 1 -> RawBackend.drip(head, 50);
                    case 2 ->
                        client -> {
                            RawBackend.text(head).give(client);
                            RawBackend.drip("x".repeat(1_000), 50).give(client);
                        };
                    default -> RawBackend.text(head + "x");
                });
        start(Checks.http().timeout(SHORT), backend.endpoint());
        for (int i = 0; i < 3; i++) {
            assertThat(next()).isEqualTo(CheckResult.failed("timeout", "no complete answer within 200 ms"));
        }
        awaitNothingLeftOpen(backend);
        backend.answer(RawBackend.ok());
        awaitResult("passed");
    }

    // ---- TCP

    @Test
    void aTcpCheckPassesOnceTheConnectionStands() throws Exception {
        RawBackend backend = backend(RawBackend.silence());
        start(Checks.tcp(), backend.endpoint());
        for (int i = 0; i < 3; i++) {
            assertThat(next()).isEqualTo(CheckResult.PASSED);
        }
        await(() -> backend.requests().size() >= 3);
        assertThat(backend.requests()).containsOnly("");
    }

    @Test
    void aTcpCheckFailsWithoutAListener() throws Exception {
        start(Checks.tcp(), new Endpoint("127.0.0.1", ClosedPort.take()));
        assertThat(next()).isEqualTo(CheckResult.failed("connection_refused", "connection refused"));
    }

    @Test
    @EnabledOnOs(OS.LINUX) // how full a queue gets is a matter of the kernel
    void aBackendThatAcceptsNoMoreConnectionsFails() throws Exception {
        clock = () -> 0;
        start(Checks.tcp().timeout(SHORT), new Endpoint("127.0.0.1", fullQueue()));
        for (int i = 0; i < 2; i++) {
            assertThat(next()).isEqualTo(CheckResult.failed("timeout", "no complete answer within 200 ms"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @EnabledOnOs(OS.LINUX)
    void howeverManyAddressesAreSilentACheckEndsInItsTime(boolean http) throws Exception {
        clock = () -> 0;
        String[] silent = new String[40];
        Arrays.fill(silent, "127.0.0.1");
        start((http ? Checks.http() : Checks.tcp()).timeout(SHORT), named(fullQueue(), silent));
        for (int i = 0; i < 3; i++) {
            assertThat(next()).isEqualTo(CheckResult.failed("timeout", "no complete answer within 200 ms"));
        }
    }

    /** @return a port where nobody is refused, and nobody accepted */
    private int fullQueue() throws Exception {
        ServerSocket full = register(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        for (int i = 0; i < 4; i++) {
            SocketChannel waiting = register(SocketChannel.open());
            waiting.configureBlocking(false);
            waiting.connect(full.getLocalSocketAddress());
        }
        return full.getLocalPort();
    }

    // ---- what is not the backend's fault

    @Test
    void anAnswerThatCameWhileTheBalancerStoodStillIsReadBeforeTheBackendIsJudged() throws Exception {
        noticed = Duration.ofNanos(LoopClock.NOTICED_NANOS);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch standing = new CountDownLatch(1);
        RawBackend backend = backend(client -> {
            asked.countDown();
            standing.await();
            RawBackend.ok().give(client);
        });
        start(Checks.http().timeout(SHORT).interval(Duration.ofHours(1)), backend.endpoint());
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        standStill(standing, SHORT.multipliedBy(4));
        assertThat(next()).isEqualTo(CheckResult.PASSED);
    }

    @Test
    void timeInWhichTheBalancerStoodStillDoesNotCount() throws Exception {
        noticed = Duration.ofNanos(LoopClock.NOTICED_NANOS);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goneOn = new CountDownLatch(1);
        RawBackend backend = backend(client -> {
            asked.countDown();
            goneOn.await();
            RawBackend.drip("HTTP/1.1 200 OK\r\n\r\n", 10).give(client); // not at once
            client.shutdownOutput();
        });
        Duration timeout = Duration.ofMillis(800);
        start(Checks.http().timeout(timeout).interval(Duration.ofHours(1)), backend.endpoint());
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        standStill(new CountDownLatch(1), timeout.plus(SHORT));
        requireNonNull(control).runOnContext(ignored -> goneOn.countDown());
        assertThat(next()).isEqualTo(CheckResult.PASSED);
    }

    @Test
    void aBackendThatIsSilentBeforeAndAfterAStandstillHasFailed() throws Exception {
        noticed = Duration.ofNanos(LoopClock.NOTICED_NANOS);
        CountDownLatch asked = new CountDownLatch(1);
        RawBackend backend = backend(client -> asked.countDown());
        start(Checks.http().timeout(SHORT), backend.endpoint());
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        standStill(new CountDownLatch(1), SHORT.multipliedBy(2));
        assertThat(next()).isEqualTo(CheckResult.failed("timeout", "no complete answer within 200 ms"));
    }

    @Test
    void aResetThatIsFoundAfterAStandstillSaysNothingAndTheCheckIsRepeated() throws Exception {
        noticed = Duration.ofNanos(LoopClock.NOTICED_NANOS);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch standing = new CountDownLatch(1);
        RawBackend backend = backend(client -> {
            asked.countDown();
            standing.await();
            client.setSoLinger(true, 0);
            client.close(); // a reset
        });
        BackendPool pool = start(Checks.http(), backend.endpoint());
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        standStill(standing, Duration.ofMillis(400));
        CheckResult result = next();
        assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(result.label()).isEqualTo("stalled");
        assertThat(result.reason()).matches("the balancer stood still for ([2-9]|\\d+\\d)\\d\\d ms");
        awaitHealth(pool, Health.DOWN); // when the balancer has woken up
    }

    @Test
    void aFailureWhileThisNodeCanOpenNoConnectionsSaysNothing() throws Exception {
        ranOut.set(true);
        BackendPool pool = start(Checks.http(), new Endpoint("127.0.0.1", ClosedPort.take()));
        assertThat(next()).isEqualTo(CheckResult.HAMPERED);
        assertThat(only(pool).state().health()).isEqualTo(Health.UNKNOWN);
        ranOut.set(false);
        awaitHealth(pool, Health.DOWN);
    }

    /** Blocks the control context. */
    private void standStill(CountDownLatch begun, Duration time) {
        CountDownLatch never = new CountDownLatch(1);
        requireNonNull(control).runOnContext(ignored -> {
            begun.countDown();
            try {
                assertThat(never.await(time.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"DNS_TIMEOUT", "DNS_ERROR"})
    void aResolverThatKnowsNoAddressSaysNothingOfTheBackend(ProxyError error) throws Exception {
        Endpoint named = new Endpoint("backend.test", 80);
        BackendPool pool = Pools.of(named, System::nanoTime);
        pool.addresses(only(pool), new Addresses(List.of(), 0, new ProxyException(error, "nothing"), false));
        start(Checks.http(), pool);
        assertThat(next()).isEqualTo(new CheckResult(Verdict.INCONCLUSIVE, error.token(), "nothing"));
        next();
        assertThat(only(pool).state().health()).isEqualTo(Health.UNKNOWN);
    }

    @Test
    void whereOneOfSeveralAddressesAcceptsTheCheckPassesAndItsHostIsTheName() throws Exception {
        RawBackend backend = backend(RawBackend.ok());
        BackendPool pool = named(backend.endpoint().port(), "127.0.0.9", "127.0.0.1");
        start(Checks.http(), pool);
        for (int i = 0; i < 4; i++) {
            assertThat(next().verdict()).isEqualTo(Verdict.PASSED);
        }
        assertThat(backend.requests().getFirst())
                .containsIgnoringCase(
                        "\r\nhost: backend.test:" + backend.endpoint().port() + "\r\n");
    }

    private static BackendPool named(int port, String... addresses) {
        BackendPool pool = Pools.of(new Endpoint("backend.test.", port), System::nanoTime);
        List<InetSocketAddress> list = Stream.of(addresses)
                .map(address -> new InetSocketAddress(InetAddress.ofLiteral(address), port))
                .toList();
        pool.addresses(only(pool), new Addresses(list, 0, null, false));
        return pool;
    }

    @Test
    void whereNoneOfSeveralAddressesAcceptsTheCheckFails() throws Exception {
        BackendPool pool = named(ClosedPort.take(), "127.0.0.9", "127.0.0.1");
        start(Checks.tcp(), pool);
        assertThat(next().label()).isEqualTo("connection_refused");
    }

    // ---- what the pool hears

    @Test
    void aBackendGoesUpWithItsFirstCheckAndDownAndUpWithARow() throws Exception {
        clock = () -> 0; // or this machine might stand still for a moment, and checks say nothing
        RawBackend backend = backend(RawBackend.ok());
        BackendPool pool = start(Checks.http(), backend.endpoint());
        awaitHealth(pool, Health.UP);
        backend.answer(RawBackend.text("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n"));
        awaitHealth(pool, Health.DOWN);
        backend.answer(RawBackend.ok());
        await(() -> events.contains("DOWN") && events.lastIndexOf("UP") > events.indexOf("DOWN"));
        assertThat(String.join(" ", events))
                .matches("PASSED UP (PASSED )*FAILED FAILED FAILED DOWN (FAILED )*PASSED PASSED UP.*");
    }

    @Test
    void aBackendThatComesBackIsFreedFromItsEjection() throws Exception {
        RawBackend backend = backend(RawBackend.text("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n"));
        BackendPool pool = start(Checks.http(), backend.endpoint());
        awaitHealth(pool, Health.DOWN);
        eject(pool);
        backend.answer(RawBackend.ok());
        awaitHealth(pool, Health.UP);
        assertThat(only(pool).state().ejected()).isFalse();
        assertThat(only(pool).state().ejections()).isEqualTo(1);
    }

    @Test
    void passingChecksAloneDoNotEndAnEjection() throws Exception {
        RawBackend backend = backend(RawBackend.ok());
        BackendPool pool = start(Checks.http(), backend.endpoint());
        awaitHealth(pool, Health.UP);
        eject(pool);
        results.clear();
        for (int i = 0; i < 5; i++) {
            assertThat(next()).isEqualTo(CheckResult.PASSED);
        }
        assertThat(only(pool).state().ejected()).isTrue();
    }

    // ---- start and stop

    @Test
    void theFirstChecksComeAtOnceHoweverLongTheInterval() throws Exception {
        start(
                Checks.http().interval(Duration.ofHours(1)),
                backend(RawBackend.ok()).endpoint());
        assertThat(next()).isEqualTo(CheckResult.PASSED);
    }

    @Test
    void stoppingEndsRunningChecksAndTellsNothingMore() throws Exception {
        RawBackend backend = backend(RawBackend.silence());
        Context control = vertx.getOrCreateContext();
        BackendPool pool = Pools.of(backend.endpoint(), clock);
        ActiveHealthChecks checks = checks(control, pool, Checks.http(), loopClock());
        checks.start();
        await(() -> backend.open() == 1);
        checks.stop().await(5, TimeUnit.SECONDS);
        await(() -> backend.open() == 0);
        assertThat(results).isEmpty();
        assertThat(only(pool).state().health()).isEqualTo(Health.UNKNOWN);
    }

    @Test
    void nothingIsCheckedAfterTheStop() throws Exception {
        RawBackend backend = backend(RawBackend.ok());
        Context control = vertx.getOrCreateContext();
        ActiveHealthChecks checks = checks(control, Pools.of(backend.endpoint(), clock), Checks.http(), loopClock());
        checks.start();
        next();
        checks.stop().await(5, TimeUnit.SECONDS);
        int told = results.size();
        int requests = backend.requests().size();
        // Five times the interval in timers of the same event loop.
        vertx.timer(100, TimeUnit.MILLISECONDS).await(5, TimeUnit.SECONDS);
        assertThat(results).hasSize(told);
        int underWay = 1; // sent before the stop, and heard of after it
        assertThat(backend.requests()).hasSizeBetween(requests, requests + underWay);
    }

    // ---- shared with other nodes

    @Test
    void whatOthersCheckIsNotCheckedHereAndTheirVerdictHolds() throws Exception {
        RawBackend backend = backend(RawBackend.ok());
        BackendPool pool = start(Checks.http(), backend.endpoint());
        assertThat(next()).isEqualTo(CheckResult.PASSED);
        await(() -> only(pool).isCheckedHere());
        onControl(checks -> {
            checks.told(only(pool), Health.DOWN);
            assertThat(only(pool).state().health()).as("own checks count more").isEqualTo(Health.UP);
            checks.probe(only(pool), false);
            assertThat(only(pool).isCheckedHere()).isFalse();
            checks.told(only(pool), Health.DOWN);
            assertThat(only(pool).state().health()).isEqualTo(Health.DOWN);
            results.clear();
        });
        assertThat(results.poll(100, TimeUnit.MILLISECONDS)).isNull();
        onControl(checks -> checks.probe(only(pool), true));
        awaitHealth(pool, Health.UP);
    }

    @Test
    void aVerdictOfOthersIsOnesOwnOnceOwnChecksHaveComeToIt() throws Exception {
        RawBackend backend = backend(RawBackend.text("HTTP/1.1 500 no\r\ncontent-length: 0\r\n\r\n"));
        BackendPool pool = start(Checks.http(), backend.endpoint());
        next();
        onControl(checks -> {
            checks.probe(only(pool), false);
            checks.told(only(pool), Health.UP);
            checks.probe(only(pool), true);
            onResult = () -> checkedHere.add(only(pool).isCheckedHere());
        });
        awaitHealth(pool, Health.DOWN);
        await(() -> only(pool).isCheckedHere());
        assertThat(checkedHere).as("before each result").startsWith(false, false, false);
    }

    @Test
    void whoeverCanCheckNoLongerDoesNotPassAnOldVerdictForItsOwn() throws Exception {
        RawBackend backend = backend(RawBackend.ok());
        BackendPool pool = start(Checks.http(), backend.endpoint());
        next();
        await(() -> only(pool).isCheckedHere());
        ranOut.set(true);
        backend.answer(RawBackend.text("HTTP/1.1 500 no\r\ncontent-length: 0\r\n\r\n"));
        await(() -> !only(pool).isCheckedHere());
        assertThat(only(pool).state().health()).isEqualTo(Health.UP);
        ranOut.set(false);
        awaitHealth(pool, Health.DOWN);
        await(() -> only(pool).isCheckedHere());
    }

    private void onControl(Consumer<ActiveHealthChecks> what) throws Exception {
        Promise<Void> done = Promise.promise();
        requireNonNull(control).runOnContext(ignored -> {
            try {
                what.accept(requireNonNull(running));
                done.complete();
            } catch (Throwable failed) {
                done.fail(failed);
            }
        });
        done.future().await(10, TimeUnit.SECONDS);
    }

    private BackendPool start(Checks config, Endpoint endpoint) {
        return start(config, Pools.of(endpoint, clock));
    }

    private BackendPool start(Checks config, BackendPool pool) {
        control = vertx.getOrCreateContext();
        LoopClock loopClock = loopClock();
        control.runOnContext(ignored -> {
            loopClock.start();
            vertx.setPeriodic(TICK_MILLIS, timer -> loopClock.tick());
        });
        ActiveHealthChecks checks = checks(control, pool, config, loopClock);
        running = checks;
        checks.start();
        toClose.add(() -> checks.stop().await(5, TimeUnit.SECONDS));
        return pool;
    }

    private ActiveHealthChecks checks(Context control, BackendPool pool, Checks config, LoopClock loopClock) {
        pool.listen(change -> events.add(change.after().health().name()));
        return new ActiveHealthChecks(
                control,
                pool,
                config.config(),
                new SplittableRandom(1),
                loopClock,
                ranOut::get,
                (backend, result, nanos) -> {
                    assertThat(nanos).isNotNegative();
                    assertThat(Vertx.currentContext()).isSameAs(control);
                    onResult.run();
                    events.add(result.verdict().name());
                    results.add(result);
                });
    }

    private LoopClock loopClock() {
        return new LoopClock(clock, TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS), noticed.toNanos(), (from, to) -> {});
    }

    private RawBackend backend(RawBackend.Answer answer) {
        return register(new RawBackend(answer));
    }

    private <T extends AutoCloseable> T register(T closeable) {
        toClose.add(closeable);
        return closeable;
    }

    private CheckResult next() throws InterruptedException {
        CheckResult result = results.poll(10, TimeUnit.SECONDS);
        assertThat(result).as("a result within 10 s").isNotNull();
        return result;
    }

    private void awaitResult(String reason) throws InterruptedException {
        List<String> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            CheckResult result = next();
            if (result.reason().equals(reason)) {
                return;
            }
            others.add(result.reason());
        }
        assertThat(others).contains(reason);
    }

    private static void awaitHealth(BackendPool pool, Health health) throws InterruptedException {
        await(() -> only(pool).state().health() == health);
    }

    /** But for the check that runs now. */
    private static void awaitNothingLeftOpen(RawBackend backend) throws InterruptedException {
        await(() -> backend.open() <= 1);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("10 s have passed").isLessThan(deadline);
            Thread.sleep(1);
        }
    }

    private void eject(BackendPool pool) throws InterruptedException {
        requireNonNull(control)
                .runOnContext(v -> pool.eject(only(pool), clock.getAsLong() + TimeUnit.HOURS.toNanos(1)));
        await(() -> only(pool).state().ejected());
    }

    private void admin(BackendPool pool, Admin wanted) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        requireNonNull(control).runOnContext(now -> {
            pool.admin(only(pool), wanted);
            done.countDown();
        });
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static Backend only(BackendPool pool) {
        return pool.backends().get(0);
    }

    private static String body(String body) {
        return "HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
    }
}
