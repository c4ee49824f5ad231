package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weir.balancer.backend.Addresses;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.config.ConfigLoader;
import dev.weir.balancer.config.DnsConfig;
import dev.weir.balancer.config.PoolConfig;
import dev.weir.balancer.config.StrategyCheck;
import dev.weir.balancer.discovery.Answer;
import dev.weir.balancer.discovery.Resolver;
import dev.weir.balancer.failure.Maintenance;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.incident.Changes;
import dev.weir.balancer.incident.Opinions;
import dev.weir.balancer.metrics.Metrics;
import dev.weir.balancer.node.LoopClock;
import dev.weir.balancer.peers.Advice;
import dev.weir.balancer.strategy.Strategies;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PoolControlTest {
    private static final ProxyError REFUSED = ProxyError.CONNECTION_REFUSED;

    private static final DnsConfig DNS =
            new DnsConfig(List.of(), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(300));

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(30));
    private final Metrics metrics = new Metrics("test", now::get);
    private final Changes changes = new Changes(() -> 1_000);
    private final Logger logger = (Logger) LoggerFactory.getLogger(PoolControl.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void stop() throws Exception {
        logger.detachAppender(log);
        logger.setLevel(null);
        vertx.close().await(10, TimeUnit.SECONDS);
        metrics.close();
    }

    @Test
    void aBackendThatIsSparedAllTheTimeIsCountedEachTimeAndSaidOnceAMinute() throws Exception {
        PoolControl control = control("http://127.0.0.1:9001");
        Backend only = control.pool().backends().getFirst();
        for (int i = 0; i < 100; i++) {
            control.failed(only, REFUSED);
            awaitControl();
        }
        assertThat(log.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .contains("pool shop", "127.0.0.1:9001", "connection_refused", "too few"));
        assertThat(metrics.scrape(null))
                .contains(
                        "weir_backend_ejections_total{backend=\"127.0.0.1:9001\",enforced=\"false\",pool=\"shop\"} 50.0");
        now.addAndGet(TimeUnit.SECONDS.toNanos(60));
        control.failed(only, REFUSED);
        control.failed(only, REFUSED);
        awaitControl();
        assertThat(log.list).hasSize(2);
    }

    @Test
    void ofAnEjectionReasonTimeAndRemedyAreSaidAndItsEnd() throws Exception {
        PoolControl control = control("http://127.0.0.1:9001, http://127.0.0.1:9002");
        Backend first = control.pool().backends().getFirst();
        control.failed(first, REFUSED);
        control.failed(first, REFUSED);
        awaitControl();
        now.addAndGet(TimeUnit.SECONDS.toNanos(7));
        control.pool().tick();
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "pool shop: backend 127.0.0.1:9001 gets no traffic for 7 s: connection_refused in a row. "
                                + REFUSED.remedy(),
                        "pool shop: backend 127.0.0.1:9001 gets traffic again: its ejection is over");
    }

    @Test
    void whatOperatorsWantIsSaidAndWhenNobodyIsLeft() throws Exception {
        PoolControl control = control("http://127.0.0.1:9001, { url: 'http://127.0.0.1:9002', weight: 2 }");
        Backend first = control.pool().backends().getFirst();
        Backend second = control.pool().backends().getLast();
        control.pool().admin(first, BackendState.Admin.DRAINING);
        control.pool().weight(second, 0);
        control.pool().weight(second, BackendState.AS_CONFIGURED);
        control.pool().maintenance(new Maintenance("Back at noon.", Maintenance.OPEN_END));
        control.pool().maintenance(null);
        control.pool().addresses(second, new Addresses(List.of(), 0, null, false));
        control.pool().admin(first, BackendState.Admin.ENABLED);
        control.pool().admin(first, BackendState.Admin.DISABLED);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "pool shop: backend 127.0.0.1:9001 is DRAINING (was ENABLED), as operators want",
                        "pool shop: backend 127.0.0.1:9002 has weight 0 by an operator (configured: 2)",
                        "pool shop: operators took out every backend that could be used; clients get 503",
                        "pool shop: backend 127.0.0.1:9002 has weight 2, as configured",
                        "pool shop: open again",
                        "pool shop: closed by an operator; clients get 503: Back at noon.",
                        "pool shop: open again",
                        "pool shop: backend 127.0.0.1:9001 is ENABLED (was DRAINING), as operators want",
                        "pool shop: backend 127.0.0.1:9001 is DISABLED (was ENABLED), as operators want",
                        "pool shop: no backend gets requests: those that operators left in are out for other reasons");
    }

    @Test
    void whatOthersTookOutIsOutAsFarAsThePoolCanDoWithoutIt() throws Exception {
        PoolControl control = control("http://127.0.0.1:9001, http://127.0.0.1:9002, http://127.0.0.1:9003");
        List<Backend> all = control.pool().backends();
        control.pool().health(all.get(0), BackendState.Health.DOWN);
        control.advise(all.stream().map(backend -> advice(backend, true)).toList());
        assertThat(all).extracting(each -> each.state().usable()).containsExactly(false, false, true);
        control.pool().recovered(all.get(0));
        control.tick();
        assertThat(all)
                .as("one of three may be out: the first that was taken out")
                .extracting(each -> each.state().shunned())
                .containsExactly(true, false, false);
        control.pool().health(all.get(1), BackendState.Health.DOWN);
        control.pool().health(all.get(2), BackendState.Health.DOWN);
        control.tick();
        assertThat(all).extracting(each -> each.state().usable()).containsExactly(true, false, false);
        control.advise(all.stream().map(backend -> advice(backend, false)).toList());
        assertThat(all).noneMatch(each -> each.state().shunned());
    }

    @Test
    void adviceForManyBackendsIsOnePublication() throws Exception {
        PoolControl control = control(
                "http://127.0.0.1:9001, http://127.0.0.1:9002, http://127.0.0.1:9003," + " http://127.0.0.1:9004");
        long before = control.pool().snapshot().version();
        control.advise(control.pool().backends().stream()
                .map(backend -> advice(backend, true))
                .toList());
        assertThat(control.pool().snapshot().version()).isEqualTo(before + 1);
        assertThat(control.pool().backends())
                .extracting(each -> each.state().shunned())
                .containsExactly(true, true, false, false);
    }

    private static Advice advice(Backend backend, boolean out) {
        return new Advice(backend, false, null, out, Advice.NOT_BACK, Opinions.NONE);
    }

    /** Backends have addresses here. */
    private static final class Nowhere implements Resolver {
        @Override
        public Future<Answer> resolve(String host) {
            throw new AssertionError("nobody has a name");
        }

        @Override
        public void close() {}
    }

    private PoolControl control(String backends) throws Exception {
        String yaml = """
                pools:
                  shop:
                    backends: [%s]
                    health: { passive: { consecutive-failures: 2, base-ejection: 7s } }
                """.formatted(backends);
        PoolConfig config = List.copyOf(ConfigLoader.parse("test.yaml", yaml, StrategyCheck.ANY)
                        .pools()
                        .values())
                .getFirst();
        Strategies strategies = new Strategies(getClass().getClassLoader());
        NameControl names =
                new NameControl(new Nowhere(), DNS, context, metrics, changes, now::get, new SplittableRandom(1));
        return new PoolControl(
                config,
                null,
                strategies,
                metrics,
                changes,
                context,
                names,
                new LoopClock(now::get, 100_000_000, LoopClock.NOTICED_NANOS, (from, to) -> {}),
                () -> false,
                now::get,
                new SplittableRandom(1));
    }

    /** Until what was posted to the control context has been done. */
    private void awaitControl() throws Exception {
        Promise<Void> done = Promise.promise();
        context.runOnContext(ignored -> done.complete());
        done.future().await(10, TimeUnit.SECONDS);
    }
}
