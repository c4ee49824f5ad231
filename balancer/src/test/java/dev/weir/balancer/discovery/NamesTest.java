package dev.weir.balancer.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.config.DnsConfig;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When a name is asked for, and what is known of it in between; under a clock that only the test moves. */
final class NamesTest {
    private static final String SHOP = "shop.test";

    private final FakeResolver resolver = new FakeResolver();
    private final List<Known> heard = new ArrayList<>();
    private final DnsConfig config =
            new DnsConfig(List.of(), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(300));
    private long now = Long.MAX_VALUE - Duration.ofSeconds(30).toNanos(); // a clock may overflow
    private final Names names = new Names(
            resolver, config, () -> now, new SplittableRandom(1), (host, answer, before, known) -> heard.add(known));

    /** Questions wait here until the test answers them. */
    private static final class FakeResolver implements Resolver {
        private final Deque<Promise<Answer>> open = new ArrayDeque<>();
        private int asked;
        private boolean closed;

        @Override
        public Future<Answer> resolve(String host) {
            asked++;
            Promise<Answer> answer = Promise.promise();
            open.add(answer);
            return answer.future();
        }

        void answer(Answer answer) {
            open.remove().complete(answer);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static Answer.Found found(int ttlSeconds, String... addresses) {
        return new Answer.Found(ips(addresses), Duration.ofSeconds(ttlSeconds), "test", false, false);
    }

    private static Answer.Nothing nothing(String rcode, boolean gone) {
        return new Answer.Nothing(new ProxyException(ProxyError.DNS_ERROR, rcode, rcode), gone);
    }

    private static List<InetAddress> ips(String... addresses) {
        return Arrays.stream(addresses).map(InetAddress::ofLiteral).toList();
    }

    private void pass(Duration time) {
        now += time.toNanos();
        names.tick();
    }

    /** Moves on until the next question, and tells how long that took. */
    private Duration untilAsked() {
        int before = resolver.asked;
        for (long millis = 0; millis < 1_000_000; millis += 10) {
            if (resolver.asked > before) {
                return Duration.ofMillis(millis);
            }
            pass(Duration.ofMillis(10));
        }
        throw new AssertionError("never asked");
    }

    private Known known() {
        return names.known(SHOP);
    }

    private void begin(Answer answer) {
        names.add(SHOP);
        names.tick();
        resolver.answer(answer);
    }

    @Test
    void aStartIsOverWhenEveryNameHasAnAnswerWhateverItSays() {
        names.add(SHOP);
        names.add("other.test");
        Future<Void> started = names.start();
        resolver.answer(found(30, "10.0.0.1"));
        assertThat(started.isComplete()).isFalse();
        resolver.answer(nothing("NXDOMAIN", true));
        assertThat(started.succeeded()).isTrue();
        assertThat(known().addresses()).isEqualTo(ips("10.0.0.1"));
        assertThat(names.known("other.test").addresses()).isEmpty();
    }

    @Test
    void aStartWithoutNamesIsOverAtOnce() {
        assertThat(names.start().succeeded()).isTrue();
    }

    @Test
    void aNameIsAskedForOnceHoweverManyBearIt() {
        names.add(SHOP);
        names.add(SHOP);
        names.tick();
        assertThat(resolver.asked).isEqualTo(1);
    }

    @Test
    void anAnswerIsRenewedJustBeforeItExpires() {
        begin(found(30, "10.0.0.1"));
        assertThat(untilAsked())
                .isBetween(Duration.ofSeconds(27), Duration.ofSeconds(30).plusMillis(10));
    }

    @Test
    void noAnswerIsUsedLongerThanTheLongestTimeOrShorterThanTheShortest() {
        begin(found(86_400, "10.0.0.1"));
        assertThat(untilAsked())
                .isBetween(Duration.ofSeconds(270), Duration.ofSeconds(300).plusMillis(10));
        resolver.answer(found(0, "10.0.0.1"));
        assertThat(untilAsked()).isBetween(Duration.ofMillis(900), Duration.ofMillis(1_010));
    }

    @Test
    void nobodyAsksTwiceAtATime() {
        names.add(SHOP);
        names.tick();
        pass(Duration.ofSeconds(60));
        assertThat(resolver.asked).isEqualTo(1);
    }

    @Test
    void theLastGoodAddressesStayWhateverTheSourceSaysLater() {
        begin(found(30, "10.0.0.1", "10.0.0.2"));
        long confirmed = now;
        untilAsked();
        resolver.answer(nothing("NXDOMAIN", true));
        assertThat(known().addresses()).isEqualTo(ips("10.0.0.1", "10.0.0.2"));
        assertThat(known().confirmedNanos()).isEqualTo(confirmed);
        assertThat(known().gone()).isTrue();
        untilAsked();
        resolver.answer(nothing("SERVFAIL", false));
        assertThat(known().addresses()).isEqualTo(ips("10.0.0.1", "10.0.0.2"));
        assertThat(known().gone()).isFalse();
        untilAsked();
        resolver.answer(found(30, "10.0.0.9"));
        assertThat(known().addresses()).isEqualTo(ips("10.0.0.9"));
        assertThat(known().problem()).isNull();
        assertThat(heard).hasSize(4).last().isEqualTo(known());
    }

    @Test
    void afterFailuresThePauseGrowsUpToTenSeconds() {
        begin(nothing("SERVFAIL", false));
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            pauses.add(untilAsked().toSeconds());
            resolver.answer(nothing("SERVFAIL", false));
        }
        assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 10L, 10L);
    }

    @Test
    void aFamilyThatNobodyAnsweredForKeepsItsAddresses() {
        begin(found(30, "fd00::1", "10.0.0.1"));
        untilAsked();
        resolver.answer(new Answer.Found(ips("10.0.0.2"), Duration.ofSeconds(30), "test", false, true));
        assertThat(known().addresses()).containsExactlyInAnyOrderElementsOf(ips("fd00::1", "10.0.0.2"));
        untilAsked();
        resolver.answer(found(30, "10.0.0.2"));
        assertThat(known().addresses()).isEqualTo(ips("10.0.0.2"));
    }

    @Test
    void theSameAddressesInAnotherOrderAreNoChange() {
        begin(found(30, "10.0.0.1", "10.0.0.2"));
        List<InetAddress> before = known().addresses();
        untilAsked();
        resolver.answer(found(30, "10.0.0.2", "10.0.0.1"));
        assertThat(known().addresses()).isSameAs(before);
    }

    @Test
    void aFailedConnectionAsksAtOnce() {
        begin(found(300, "10.0.0.1"));
        pass(Duration.ofSeconds(5));
        AtomicInteger answered = new AtomicInteger();
        names.refresh(SHOP, answered::incrementAndGet);
        names.refresh(SHOP, answered::incrementAndGet);
        assertThat(resolver.asked).isEqualTo(2);
        assertThat(answered).hasValue(0);
        resolver.answer(found(300, "10.0.0.2"));
        assertThat(answered).hasValue(2);
        assertThat(known().addresses()).isEqualTo(ips("10.0.0.2"));
    }

    @Test
    void manyFailedConnectionsAskOnceInTheShortestTime() {
        begin(found(300, "10.0.0.1"));
        AtomicInteger answered = new AtomicInteger();
        pass(Duration.ofMillis(400));
        for (int i = 0; i < 1_000; i++) {
            names.refresh(SHOP, answered::incrementAndGet);
        }
        assertThat(answered).hasValue(1_000);
        assertThat(resolver.asked).isEqualTo(1);
        assertThat(untilAsked()).isBetween(Duration.ofMillis(590), Duration.ofMillis(610));
    }

    @Test
    void afterAStopNothingIsAskedOrToldAndItWaitsForTheLastAnswer() {
        begin(found(30, "10.0.0.1"));
        untilAsked();
        Future<Void> stopped = names.stop();
        assertThat(stopped.isComplete()).isFalse();
        resolver.answer(found(30, "10.0.0.2"));
        assertThat(stopped.succeeded()).isTrue();
        assertThat(resolver.closed).isTrue();
        assertThat(heard).hasSize(1);
        pass(Duration.ofMinutes(10));
        AtomicInteger answered = new AtomicInteger();
        names.refresh(SHOP, answered::incrementAndGet);
        assertThat(answered).hasValue(1);
        assertThat(resolver.asked).isEqualTo(2);
    }

    @Test
    void anAddressNeedsNoAnswer() {
        AtomicInteger answered = new AtomicInteger();
        names.refresh("10.0.0.1", answered::incrementAndGet);
        assertThat(answered).hasValue(1);
        assertThat(resolver.asked).isZero();
    }
}
