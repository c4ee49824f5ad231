package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Eligibility.Tier;
import dev.weir.balancer.backend.Eligibility.Zones;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.config.StrategyConfig;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every strategy promises, built-in or not: whatever is registered is tested here. */
class StrategyContractTest {
    private static final RandomGenerator OF_MANY_THREADS =
            () -> ThreadLocalRandom.current().nextLong();

    static Stream<Named<StrategyProvider>> strategies() {
        return ServiceLoader.load(StrategyProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .map(provider -> Named.of(provider.name(), provider));
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void ofNobodyItPicksNobody(StrategyProvider provider) {
        Strategy strategy = make(provider, new SplittableRandom(1));
        assertThat(strategy.picker(Eligibility.NONE).pick(new FakeRequest())).isNull();
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void ofOneItPicksThatOne(StrategyProvider provider) {
        List<Candidate> one = Fixture.equal(1);
        Picker picker = make(provider, new SplittableRandom(1)).picker(Fixture.eligible(one));
        Backend backend = one.getFirst().backend();
        assertThat(picker.pick(new FakeRequest())).isSameAs(backend);
        assertThat(picker.pick(new FakeRequest().failedOn(backend))).isSameAs(backend);
        Fixture.load(backend, 1_000);
        assertThat(picker.pick(new FakeRequest())).isSameAs(backend);
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void withNothingInFlightSharesAreThoseOfTheWeights(StrategyProvider provider) {
        List<Candidate> candidates = Fixture.candidates(1, 2, 3, 4, 10);
        Picker picker = make(provider, new SplittableRandom(7)).picker(Fixture.eligible(candidates));
        int picks = 60_000;
        Requests requests = new Requests();
        Map<Backend, Integer> counts = Fixture.counts(picker, picks, requests::next);
        for (Candidate candidate : candidates) {
            double share = (double) counts.getOrDefault(candidate.backend(), 0) / picks;
            assertThat(share).isCloseTo(candidate.backend().weight() / 20.0, within(0.03));
        }
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void whateverTheLoadAndTheWeightsItPicksOnlyCandidatesAndUntriedOnesFirst(StrategyProvider provider) {
        SplittableRandom random = new SplittableRandom(99);
        Requests requests = new Requests();
        for (int round = 0; round < 100; round++) {
            int[] weights = random.ints(1 + random.nextInt(9), 1, 1001).toArray();
            List<Candidate> candidates = Fixture.candidates(weights);
            Picker picker = make(provider, random).picker(Fixture.eligible(candidates));
            Set<Backend> members = backends(candidates);
            for (int pick = 0; pick < 20; pick++) {
                Fixture.load(candidates.get(random.nextInt(weights.length)).backend(), random.nextInt(50));
                FakeRequest request = requests.next();
                members.stream().filter(backend -> random.nextInt(3) == 0).forEach(request::failedOn);
                Backend picked = picker.pick(request);
                assertThat(members).contains(picked);
                assertThat(request.tried(picked)).isEqualTo(members.stream().allMatch(request::tried));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void aRequestThatFailsEverywhereComesToEveryBackendOfAllTiersAndZonesOnce(StrategyProvider provider) {
        Picker picker = make(provider, new SplittableRandom(3)).picker(wholePool());
        Requests requests = new Requests();
        for (int i = 0; i < 200; i++) {
            FakeRequest request = requests.next();
            for (int attempt = 0; attempt < 12; attempt++) {
                Backend picked = picker.pick(request);
                assertThat(picked).isNotNull();
                assertThat(request.tried(picked)).isFalse();
                request.failedOn(picked);
            }
            assertThat(picker.pick(request))
                    .as("rather one that was tried than none")
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void tiersGetTheirShares(StrategyProvider provider) {
        Picker picker = make(provider, new SplittableRandom(5)).picker(wholePool());
        int picks = 40_000;
        Map<Integer, Integer> byTier = new HashMap<>();
        Requests requests = new Requests();
        for (int i = 0; i < picks; i++) {
            byTier.merge(picker.pick(requests.next()).priority(), 1, Integer::sum);
        }
        assertThat((double) byTier.get(0) / picks).isCloseTo(0.7, within(0.02));
        assertThat((double) byTier.get(1) / picks).isCloseTo(0.3, within(0.02));
        assertThat(byTier).doesNotContainKey(2);
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void inAPanicFirstAttemptsGoToAllAndFurtherOnesToTheHealthyFirst(StrategyProvider provider) {
        List<Candidate> all = Fixture.equal(6);
        List<Candidate> healthy = all.subList(0, 2);
        Eligibility panic = new Eligibility(List.of(new Tier(0, 1, all, healthy, true, null)));
        Picker picker = make(provider, new SplittableRandom(8)).picker(panic);
        Requests requests = new Requests();
        Map<Backend, Integer> first = Fixture.counts(picker, 3_000, requests::next);
        assertThat(first.keySet()).isEqualTo(backends(all));
        for (int i = 0; i < 300; i++) {
            FakeRequest request = requests.next().failedOn(all.getLast().backend());
            Backend second = picker.pick(request);
            assertThat(backends(healthy)).contains(second);
            Backend third = picker.pick(request.failedOn(second));
            assertThat(backends(healthy)).contains(third).doesNotContain((Backend) null);
            assertThat(third).isNotSameAs(second);
            Backend fourth = picker.pick(request.failedOn(third));
            assertThat(backends(all.subList(2, 5))).contains(fourth);
        }
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void whoIsNotHealthyAndFailsIsOnlyProbed(StrategyProvider provider) {
        List<Candidate> all = Fixture.equal(6);
        List<Candidate> dead = all.subList(2, 6);
        Eligibility some = new Eligibility(List.of(new Tier(0, 1, all, all.subList(0, 2), false, null)));
        Picker picker = make(provider, new SplittableRandom(9)).picker(some);
        Requests requests = new Requests();
        dead.forEach(candidate -> candidate.backend().stats().failed());
        Map<Backend, Integer> counts = Fixture.counts(picker, 6_000, requests::next);
        int probes =
                6_000 - counts.get(all.get(0).backend()) - counts.get(all.get(1).backend());
        assertThat((double) probes / 6_000).isCloseTo(4.0 / 6 / Split.PROBES, within(0.015));
        dead.forEach(candidate -> candidate.backend().stats().succeeded());
        assertThat(Fixture.counts(picker, 6_000, requests::next).values())
                .hasSize(6)
                .allSatisfy(count -> assertThat(count).isCloseTo(1_000, within(200)));
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void eightThreadsMayPickAtOnce(StrategyProvider provider) throws Exception {
        List<Candidate> candidates = Fixture.candidates(1, 2, 3, 1, 1, 5, 1);
        Set<Backend> members = backends(candidates);
        Picker picker = make(provider, OF_MANY_THREADS).picker(Fixture.eligible(candidates));
        int threads = 8;
        int picks = 20_000;
        Map<Backend, LongAdder> counts = new ConcurrentHashMap<>();
        members.forEach(backend -> counts.put(backend, new LongAdder()));
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Requests requests = new Requests();
            running.add(Thread.ofPlatform()
                    .uncaughtExceptionHandler((thread, e) -> failures.add(e))
                    .start(() -> {
                        for (int i = 0; i < picks; i++) {
                            Backend picked = picker.pick(requests.next());
                            picked.stats().tryBegin(0);
                            counts.get(picked).increment();
                            picked.stats().end();
                        }
                    }));
        }
        for (Thread thread : running) {
            thread.join(TimeUnit.SECONDS.toMillis(60));
        }
        assertThat(failures).isEmpty();
        assertThat(counts.values().stream().mapToLong(LongAdder::sum).sum()).isEqualTo((long) threads * picks);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count.sum()).isPositive());
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void aPickAllocatesNothing(StrategyProvider provider) {
        Eligibility pool = wholePool();
        Picker picker = make(provider, OF_MANY_THREADS).picker(pool);
        FakeRequest first = new FakeRequest().with("cookie", "a=b; weir=" + "x".repeat(43));
        FakeRequest second = new FakeRequest();
        second.failedOn(picker.pick(second));
        for (Candidate candidate : pool.tiers().getFirst().candidates()) {
            Fixture.load(candidate.backend(), 3); // so that load matters, and bounds are looked at
        }
        long bytes = Allocation.of(() -> {
            picker.pick(first);
            picker.pick(second);
        });
        assertThat(bytes).as("bytes of 20,000 picks").isZero();
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void inAClusterAPickAllocatesNothingEither(StrategyProvider provider) {
        Eligibility pool = wholePool();
        Picker picker = make(provider, OF_MANY_THREADS).picker(pool);
        List<Candidate> tier = pool.tiers().getFirst().candidates();
        Fixture.hear(tier, 5, 0, 9, 1);
        FakeRequest first = new FakeRequest().with("cookie", "a=b; weir=" + "x".repeat(43));
        FakeRequest second = new FakeRequest();
        second.failedOn(picker.pick(second));
        long bytes = Allocation.of(() -> {
            picker.pick(first);
            picker.pick(second);
        });
        assertThat(bytes).as("bytes of 20,000 picks").isZero();
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void inAClusterWithNothingInFlightSharesAreThoseOfTheWeights(StrategyProvider provider) {
        List<Candidate> candidates = Fixture.candidates(1, 2, 3, 4, 10);
        Fixture.hear(candidates, 0, 0, 0, 0, 0);
        Picker picker = make(provider, new SplittableRandom(7)).picker(Fixture.eligible(candidates));
        int picks = 60_000;
        Requests requests = new Requests();
        Map<Backend, Integer> counts = Fixture.counts(picker, picks, requests::next);
        for (Candidate candidate : candidates) {
            double share = (double) counts.getOrDefault(candidate.backend(), 0) / picks;
            assertThat(share).isCloseTo(candidate.backend().weight() / 20.0, within(0.03));
        }
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void inAClusterItPicksOnlyCandidatesAndUntriedOnesFirst(StrategyProvider provider) {
        SplittableRandom random = new SplittableRandom(98);
        Requests requests = new Requests();
        for (int round = 0; round < 100; round++) {
            int[] weights = random.ints(1 + random.nextInt(9), 1, 1001).toArray();
            List<Candidate> candidates = Fixture.candidates(weights);
            Fixture.hear(candidates, random.ints(weights.length, 0, 20).toArray());
            Picker picker = make(provider, random).picker(Fixture.eligible(candidates));
            Set<Backend> members = backends(candidates);
            for (int pick = 0; pick < 20; pick++) {
                Fixture.load(candidates.get(random.nextInt(weights.length)).backend(), random.nextInt(50));
                FakeRequest request = requests.next();
                members.stream().filter(backend -> random.nextInt(3) == 0).forEach(request::failedOn);
                Backend picked = picker.pick(request);
                assertThat(members).contains(picked);
                assertThat(request.tried(picked)).isEqualTo(members.stream().allMatch(request::tried));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void anUnknownOptionIsRefusedByName(StrategyProvider provider) {
        JsonObject options = new JsonObject().put("colour", "red");
        String problem = Fixture.STRATEGIES.problem(new StrategyConfig(provider.name(), options));
        assertThat(problem).contains("'colour'").contains("expected");
    }

    /** Three tiers of which the first two share the traffic; the first has zones, the second one is in a panic. */
    private static Eligibility wholePool() {
        List<Candidate> near = tier(0, 2, "a", 0);
        List<Candidate> far = tier(2, 2, "b", 0);
        List<Candidate> both = Stream.concat(near.stream(), far.stream()).toList();
        List<Candidate> second = tier(4, 4, null, 1);
        List<Candidate> third = tier(8, 4, null, 2);
        return new Eligibility(List.of(
                new Tier(0, 0.7, both, both, false, new Zones(near, far, 0.6)),
                new Tier(1, 0.3, second, second.subList(0, 1), true, null),
                new Tier(2, 0, third, third, false, null)));
    }

    private static List<Candidate> tier(int from, int count, String zone, int priority) {
        return Stream.iterate(from, number -> number + 1)
                .limit(count)
                .map(number -> new Candidate(Fixture.backend(number, 1, priority, zone), Candidate.SCALE))
                .toList();
    }

    private static Set<Backend> backends(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::backend).collect(Collectors.toUnmodifiableSet());
    }

    private static Strategy make(StrategyProvider provider, RandomGenerator random) {
        return provider.create(new JsonObject(), Fixture.environment(random));
    }

    /** Requests of ever other clients. */
    private static final class Requests {
        private int number;

        FakeRequest next() {
            number++;
            return new FakeRequest().from("198.51." + (number >> 8) + "." + (number & 255));
        }
    }
}
