package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Endpoint;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.config.DnsConfig;
import dev.weir.balancer.discovery.Answer;
import dev.weir.balancer.discovery.Resolver;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyException;
import dev.weir.balancer.incident.Changes;
import dev.weir.balancer.metrics.Metrics;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What backends and operators hear of names; under a clock that only the test moves. */
final class NameControlTest {
    private static final DnsConfig DNS =
            new DnsConfig(List.of(), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(300));

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(30));
    private final Metrics metrics = new Metrics("test", now::get);
    private final Changes changes = new Changes(() -> TimeUnit.NANOSECONDS.toMillis(now.get()));
    private final Answers answers = new Answers();
    private final List<Backend> moved = new ArrayList<>();
    private final Backend backend = new Backend(new Endpoint("shop.test", 8080), 1, 0, null, Map.of(), now.get());
    private final BackendPool pool = new BackendPool(
            "shop", List.of(backend), new Eligibility.Rules(null, 0.5, 0), set -> Picker.EMPTY, now::get);
    private final NameControl names =
            new NameControl(answers, DNS, context, metrics, changes, now::get, new SplittableRandom(1));
    private final Logger logger = (Logger) LoggerFactory.getLogger(NameControl.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    /** Gives the answer that the test wants, at once. */
    private static final class Answers implements Resolver {
        private Answer next = new Answer.Nothing(new ProxyException(ProxyError.DNS_TIMEOUT, "silence"), false);

        @Override
        public Future<Answer> resolve(String host) {
            return Future.succeededFuture(next);
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void begin() {
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
        names.add(pool);
        names.listen(moved::add);
    }

    @AfterEach
    void stop() throws Exception {
        logger.detachAppender(log);
        logger.setLevel(null);
        vertx.close().await(10, TimeUnit.SECONDS);
        metrics.close();
    }

    private void answer(String... addresses) {
        List<InetAddress> list =
                Stream.of(addresses).map(InetAddress::ofLiteral).toList();
        answer(new Answer.Found(list, Duration.ofSeconds(30), "10.96.0.10", false, false));
    }

    private void fail(String rcode, boolean gone) {
        answer(new Answer.Nothing(new ProxyException(ProxyError.DNS_ERROR, rcode + " for shop.test", rcode), gone));
    }

    /** After 40 s, which is longer than all that waits. */
    private void answer(Answer answer) {
        now.addAndGet(TimeUnit.SECONDS.toNanos(40));
        answers.next = answer;
        names.tick();
    }

    private List<String> said() {
        List<String> lines =
                log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        log.list.clear();
        return lines;
    }

    private static InetSocketAddress at(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 8080);
    }

    @Test
    void aStormOfFailedConnectsIsOneTaskForTheControlContext() throws Exception {
        answer("10.0.0.1");
        CountDownLatch storm = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(5_000);
        SingleThreadEventExecutor loop = (SingleThreadEventExecutor) ((ContextInternal) context).nettyEventLoop();
        context.runOnContext(ignored -> Await.happened(storm, Duration.ofSeconds(10)));
        for (int i = 0; i < 5_000; i++) {
            names.unreachable(backend);
            names.unreachable(backend, answered::countDown);
        }
        assertThat(loop.pendingTasks()).isLessThan(10);
        storm.countDown();
        assertThat(Await.happened(answered, Duration.ofSeconds(10)))
                .as("everybody who waits is told")
                .isTrue();
        CountDownLatch again = new CountDownLatch(1);
        names.unreachable(backend, again::countDown);
        assertThat(Await.happened(again, Duration.ofSeconds(10)))
                .as("and whoever comes later")
                .isTrue();
    }

    @Test
    void aBackendIsUsableFromItsFirstAddressOnAndNoNewcomer() {
        assertThat(backend.state().usable()).isFalse();
        assertThat(pool.snapshot().eligible()).isEqualTo(Eligibility.NONE);
        answer("10.0.0.1");
        assertThat(backend.addresses().list()).containsExactly(at("10.0.0.1"));
        assertThat(backend.state().usable()).isTrue();
        assertThat(backend.state().sinceNanos()).isEqualTo(dev.weir.balancer.backend.BackendState.FROM_START);
        assertThat(pool.snapshot().eligible().tiers()).hasSize(1);
        assertThat(said()).containsExactly("shop.test is 10.0.0.1, says 10.96.0.10");
    }

    @Test
    void aChangeIsSaidAndToldTheDataPathAndNoChangeIsNot() {
        answer("10.0.0.1", "10.0.0.2");
        assertThat(moved).hasSize(1);
        said();
        answer("10.0.0.2", "10.0.0.1");
        assertThat(moved).hasSize(1);
        assertThat(said()).isEmpty();
        answer("10.0.0.3");
        assertThat(moved).hasSize(2);
        assertThat(said())
                .containsExactly("addresses of shop.test changed from 10.0.0.1, 10.0.0.2 to 10.0.0.3, says 10.96.0.10");
    }

    @Test
    void thatOldAddressesServeIsSaidOnceForEachReason() {
        answer("10.0.0.1", "10.0.0.2");
        said();
        fail("NXDOMAIN", true);
        fail("NXDOMAIN", true);
        assertThat(said()).containsExactly("NXDOMAIN for shop.test; using the 2 addresses known 40 s ago");
        assertThat(backend.addresses().list()).hasSize(2);
        fail("SERVFAIL", false);
        assertThat(said()).containsExactly("SERVFAIL for shop.test; using the 2 addresses known 120 s ago");
        answer("10.0.0.1", "10.0.0.2");
        assertThat(said()).containsExactly("shop.test is still 10.0.0.1, 10.0.0.2, says 10.96.0.10");
        assertThat(moved).hasSize(1);
    }

    @Test
    void aNameThatNeverMeantAnythingIsSaidOnce() {
        fail("NXDOMAIN", true);
        fail("NXDOMAIN", true);
        assertThat(said())
                .containsExactly("NXDOMAIN for shop.test; no address of it is known: backends of this name get no"
                        + " requests");
        assertThat(backend.addresses().gone()).isTrue();
    }

    @Test
    void whoIsGoneAndDownIsForgottenInWhicheverOrder() throws Exception {
        answer("10.0.0.1");
        fail("NXDOMAIN", true);
        assertThat(backend.addresses().list()).hasSize(1);
        onContext(() -> pool.health(backend, Health.DOWN));
        onContext(() -> {});
        assertThat(backend.addresses().list()).isEmpty();
        answer("10.0.0.2");
        assertThat(backend.addresses().list()).containsExactly(at("10.0.0.2"));
        fail("NXDOMAIN", true);
        assertThat(backend.addresses().list()).isEmpty();
    }

    @Test
    void whoIsDownIsNotForgottenBecauseTheResolverFails() throws Exception {
        answer("10.0.0.1");
        onContext(() -> pool.health(backend, Health.DOWN));
        onContext(() -> {});
        fail("SERVFAIL", false);
        assertThat(backend.addresses().list()).containsExactly(at("10.0.0.1"));
    }

    @Test
    void anAddressThatFailsWhereAnotherWorksIsNamedOnce() throws Exception {
        answer("::1", "127.0.0.1");
        said();
        for (int i = 0; i < 3; i++) {
            names.masked(backend, at("::1"), ProxyError.CONNECTION_REFUSED, at("127.0.0.1"));
            names.masked(backend, at("127.0.0.9"), ProxyError.CONNECTION_REFUSED, at("127.0.0.1")); // no longer listed
        }
        onContext(() -> {});
        assertThat(said())
                .containsExactly("backend shop.test:8080: ::1 connection refused, 127.0.0.1 accepts; no"
                        + " request fails for it, but each of these addresses should work, or be listed no longer");
    }

    private void onContext(Runnable task) throws Exception {
        Promise<Void> done = Promise.promise();
        context.runOnContext(ignored -> {
            task.run();
            done.complete();
        });
        done.future().await(10, TimeUnit.SECONDS);
    }
}
