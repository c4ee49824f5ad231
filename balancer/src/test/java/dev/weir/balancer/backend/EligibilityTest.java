package dev.weir.balancer.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.backend.Eligibility.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EligibilityTest {
    private static final Eligibility.Rules HALF = new Eligibility.Rules(null, 0.5, 0);
    private static final Eligibility.Rules NEVER = new Eligibility.Rules(null, 0, 0);

    /** Usable backends of a hundred in tiers 0 and 1; then the shares in percent. */
    @ParameterizedTest
    @CsvSource({
        "100, 100, 100,  0",
        " 72, 100, 100,  0",
        " 71, 100,  99.4,  0.6",
        " 50, 100,  70, 30",
        " 50,  50,  70, 30",
        " 25, 100,  35, 65",
        " 25,  25,  50, 50",
        "  1,   0, 100,  0",
        "  0, 100,   0,100",
        "  0,   1,   0,100",
    })
    void aTierThatCannotCarryEverythingOverflowsIntoTheNext(int first, int second, double share, double rest) {
        List<Backend> backends = new ArrayList<>();
        backends.addAll(tier(0, 100, first));
        backends.addAll(tier(1, 100, second));
        Eligibility eligible = Eligibility.of(backends, NEVER, 0);
        assertThat(share(eligible, 0)).isCloseTo(share / 100, within(1e-9));
        assertThat(share(eligible, 1)).isCloseTo(rest / 100, within(1e-9));
    }

    @Test
    void fiveOfSevenIsJustEnough() {
        List<Backend> backends = tier(0, 7, 5);
        backends.addAll(tier(1, 1, 1));
        assertThat(share(Eligibility.of(backends, HALF, 0), 0)).isEqualTo(1);
        List<Backend> fewer = tier(0, 7, 4);
        fewer.addAll(tier(1, 1, 1));
        assertThat(share(Eligibility.of(fewer, HALF, 0), 0)).isCloseTo(0.8, within(1e-9));
    }

    @Test
    void aTierWithoutAShareStillWaitsForFurtherAttempts() {
        List<Backend> backends = tier(0, 1, 1);
        backends.addAll(tier(1, 1, 1));
        Eligibility eligible = Eligibility.of(backends, HALF, 0);
        assertThat(eligible.tiers()).extracting(Tier::share).containsExactly(1.0, 0.0);
        assertThat(eligible.tiers().getLast().candidates()).hasSize(1);
    }

    @Test
    void prioritiesNeedNotBeContiguous() {
        List<Backend> backends = tier(31, 1, 1);
        backends.addAll(tier(3, 1, 0));
        backends.addAll(tier(7, 2, 1));
        Eligibility eligible = Eligibility.of(backends, NEVER, 0);
        assertThat(eligible.tiers()).extracting(Tier::priority).containsExactly(7, 31);
        assertThat(eligible.tiers())
                .extracting(Tier::share)
                .satisfiesExactly(
                        share -> assertThat(share).isCloseTo(0.7, within(1e-9)),
                        share -> assertThat(share).isCloseTo(0.3, within(1e-9)));
    }

    @Test
    void underTheThresholdHealthIsDisregardedForFirstAttempts() {
        Tier tier = Eligibility.of(tier(0, 10, 4), HALF, 0).tiers().getFirst();
        assertThat(tier.panic()).isTrue();
        assertThat(tier.candidates()).hasSize(10);
        assertThat(tier.healthy())
                .hasSize(4)
                .allMatch(candidate -> candidate.backend().state().usable());
    }

    @Test
    void atTheThresholdThereIsNoPanic() {
        Tier tier = Eligibility.of(tier(0, 10, 5), HALF, 0).tiers().getFirst();
        assertThat(tier.panic()).isFalse();
        assertThat(tier.candidates()).hasSize(5);
        assertThat(tier.healthy()).isEqualTo(tier.candidates());
    }

    @Test
    void aTierDoesNotPanicAsLongAsOthersCanCarryEverything() {
        List<Backend> backends = tier(0, 10, 1);
        backends.addAll(tier(1, 10, 8));
        Eligibility eligible = Eligibility.of(backends, HALF, 0);
        assertThat(eligible.tiers()).extracting(Tier::panic).containsExactly(false, false);
        assertThat(share(eligible, 0)).isCloseTo(0.14, within(1e-9));
    }

    @Test
    void onlyTheTiersUnderTheThresholdPanic() {
        List<Backend> backends = tier(0, 20, 1);
        backends.addAll(tier(1, 20, 13));
        Eligibility eligible = Eligibility.of(backends, HALF, 0);
        assertThat(eligible.tiers()).extracting(Tier::panic).containsExactly(true, false);
        assertThat(share(eligible, 0)).isCloseTo(0.07 / 0.98, within(1e-9));
        assertThat(share(eligible, 1)).isCloseTo(0.91 / 0.98, within(1e-9));
    }

    @Test
    void whenNothingWorksAllAreTriedInProportion() {
        List<Backend> backends = tier(0, 3, 0);
        backends.addAll(tier(1, 1, 0));
        Eligibility eligible = Eligibility.of(backends, HALF, 0);
        assertThat(eligible.tiers()).extracting(Tier::share).containsExactly(0.75, 0.25);
        assertThat(eligible.tiers()).allSatisfy(tier -> {
            assertThat(tier.panic()).isTrue();
            assertThat(tier.healthy()).isEqualTo(tier.candidates());
        });
    }

    @Test
    void whenNothingWorksAndPanicIsOffNobodyIsEligible() {
        assertThat(Eligibility.of(tier(0, 3, 0), NEVER, 0)).isSameAs(Eligibility.NONE);
    }

    @Test
    void aPanicNeverReachesWhatOperatorsTookOut() {
        List<Backend> backends = tier(0, 4, 0);
        backends.get(0).state(backends.get(0).state().with(Admin.DRAINING));
        backends.get(1).state(backends.get(1).state().with(Admin.DISABLED));
        Tier tier = Eligibility.of(backends, HALF, 0).tiers().getFirst();
        assertThat(tier.candidates()).extracting(Candidate::backend).containsExactly(backends.get(2), backends.get(3));
    }

    @Test
    void whatOperatorsTookOutIsNoReasonToPanic() {
        List<Backend> backends = tier(0, 10, 10);
        backends.subList(0, 9).forEach(backend -> backend.state(backend.state().with(Admin.DRAINING)));
        Tier tier = Eligibility.of(backends, HALF, 0).tiers().getFirst();
        assertThat(tier.panic()).isFalse();
        assertThat(tier.candidates()).extracting(Candidate::backend).containsExactly(backends.get(9));
    }

    @Test
    void whatOperatorsTookOutOverflowsAllTheSame() {
        List<Backend> backends = tier(0, 2, 2);
        backends.getFirst().state(backends.getFirst().state().with(Admin.DRAINING));
        backends.addAll(tier(1, 2, 2));
        assertThat(share(Eligibility.of(backends, HALF, 0), 0)).isCloseTo(0.7, within(1e-9));
    }

    @Test
    void whoIsSparedIsACandidateButNotHealthy() {
        List<Backend> backends = tier(0, 3, 3);
        backends.getFirst().state(backends.getFirst().state().spared(true));
        Tier tier = Eligibility.of(backends, HALF, 0).tiers().getFirst();
        assertThat(tier.panic()).isFalse();
        assertThat(tier.candidates()).hasSize(3);
        assertThat(tier.healthy()).isEqualTo(tier.candidates().subList(1, 3));
        down(backends.get(1));
        down(backends.get(2));
        Tier panicking = Eligibility.of(backends, HALF, 0).tiers().getFirst();
        assertThat(panicking.panic()).isTrue();
        assertThat(panicking.healthy())
                .as("better than none")
                .extracting(Candidate::backend)
                .containsExactly(backends.getFirst());
    }

    @Test
    void weightZeroGetsNothingNotEvenInAPanic() {
        List<Backend> backends = new ArrayList<>(List.of(backend(1, 0, 0, null), backend(2, 0, 3, null)));
        assertThat(Eligibility.of(backends, HALF, 0).tiers().getFirst().candidates())
                .containsExactly(new Candidate(backends.get(1), 300));
        backends.forEach(EligibilityTest::down);
        assertThat(Eligibility.of(backends, HALF, 0).tiers().getFirst().candidates())
                .containsExactly(new Candidate(backends.get(1), 300));
        assertThat(Eligibility.of(backends.subList(0, 1), HALF, 0)).isSameAs(Eligibility.NONE);
    }

    @Test
    void aPanicKnowsNoSlowStart() {
        List<Backend> backends = tier(0, 3, 1);
        backends.getFirst().state(backends.getFirst().state().since(0));
        Eligibility.Rules rules = new Eligibility.Rules(null, 0.5, 1000);
        Tier tier = Eligibility.of(backends, rules, 1).tiers().getFirst();
        assertThat(tier.panic()).isTrue();
        assertThat(tier.candidates()).extracting(Candidate::weight).containsOnly(100);
    }

    @Test
    void theOwnZoneKeepsItsTrafficAsLongAsItIsNoWorseOffThanTheOthers() {
        List<Backend> backends = zoned(4, 4);
        assertThat(nearShare(backends)).isEqualTo(1);
        down(backends.get(0)); // one of a
        down(backends.get(4)); // and one of b
        assertThat(nearShare(backends)).isEqualTo(1);
        down(backends.get(5));
        assertThat(nearShare(backends)).isEqualTo(1);
    }

    @Test
    void aWeakenedZoneGivesAwayWhatEvensOutTheLoad() {
        List<Backend> backends = zoned(4, 4);
        backends.subList(0, 2).forEach(EligibilityTest::down);
        double near = nearShare(backends);
        assertThat(near).isCloseTo(2.0 / 3, within(1e-9));
        double perNear = near / 2; // of this zone's traffic; the other zone's is as much, and stays there
        double perFar = (1 - near + 1) / 4;
        assertThat(perNear).isCloseTo(perFar, within(1e-9));
    }

    @Test
    void zonesOfUnequalSizeKeepTheirOwnToo() {
        assertThat(nearShare(zoned(1, 9))).isEqualTo(1);
        assertThat(nearShare(zoned(9, 1))).isEqualTo(1);
    }

    @Test
    void withoutAnOwnZoneOrOthersThereIsNothingToPrefer() {
        assertThat(zones(zoned(0, 4))).isNull();
        assertThat(zones(zoned(4, 0))).isNull();
        assertThat(Eligibility.of(zoned(2, 2), HALF, 0).tiers().getFirst().zones())
                .isNull();
        List<Backend> allNearDown = zoned(2, 8);
        allNearDown.subList(0, 2).forEach(EligibilityTest::down);
        assertThat(zones(allNearDown)).isNull();
    }

    @Test
    void aPanicPrefersNoZone() {
        List<Backend> backends = zoned(4, 4);
        backends.subList(0, 5).forEach(EligibilityTest::down);
        assertThat(zones(backends)).isNull();
    }

    @Test
    void rulesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new Eligibility.Rules(null, 1.5, 0)).hasMessageContaining("1.5");
        assertThatThrownBy(() -> new Eligibility.Rules(null, Double.NaN, 0)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new Eligibility.Rules(null, 0, -1)).hasMessageContaining("-1");
    }

    @Property(tries = 2000)
    void sharesAddUpToOne(@ForAll("pools") List<Backend> backends, @ForAll("rules") Eligibility.Rules rules) {
        Eligibility eligible = Eligibility.of(backends, rules, 500);
        double sum = eligible.tiers().stream().mapToDouble(Tier::share).sum();
        assertThat(sum).isCloseTo(eligible.tiers().isEmpty() ? 0 : 1, within(1e-9));
        assertThat(eligible.tiers()).isSortedAccordingTo((a, b) -> Integer.compare(a.priority(), b.priority()));
    }

    @Property(tries = 2000)
    void onlyUsableBackendsAreCandidatesUnlessThereIsAPanic(
            @ForAll("pools") List<Backend> backends, @ForAll("rules") Eligibility.Rules rules) {
        for (Tier tier : Eligibility.of(backends, rules, 500).tiers()) {
            assertThat(tier.candidates()).isNotEmpty().allSatisfy(candidate -> {
                assertThat(candidate.weight()).isPositive();
                assertThat(candidate.backend().priority()).isEqualTo(tier.priority());
                assertThat(candidate.backend().state().admin()).isEqualTo(Admin.ENABLED);
                assertThat(tier.panic() || candidate.backend().state().usable()).isTrue();
            });
            assertThat(tier.candidates()).doesNotHaveDuplicates().containsAll(tier.healthy());
            assertThat(tier.healthy()).isNotEmpty();
        }
    }

    @Property(tries = 2000)
    void whoeverIsUsableIsEligible(@ForAll("pools") List<Backend> backends, @ForAll("rules") Eligibility.Rules rules) {
        List<Backend> eligible = Eligibility.of(backends, rules, 500).tiers().stream()
                .flatMap(tier -> tier.candidates().stream())
                .map(Candidate::backend)
                .toList();
        assertThat(eligible)
                .containsAll(backends.stream()
                        .filter(backend ->
                                backend.weight() > 0 && backend.state().usable())
                        .toList());
    }

    @Property(tries = 2000)
    void zonesPartTheCandidates(@ForAll("pools") List<Backend> backends, @ForAll("rules") Eligibility.Rules rules) {
        for (Tier tier : Eligibility.of(backends, rules, 500).tiers()) {
            Eligibility.Zones zones = tier.zones();
            if (zones != null) {
                List<Candidate> both = new ArrayList<>(zones.near());
                both.addAll(zones.far());
                assertThat(both).containsExactlyInAnyOrderElementsOf(tier.candidates());
                assertThat(zones.near()).isNotEmpty();
                assertThat(zones.far()).isNotEmpty();
                assertThat(zones.nearShare()).isGreaterThan(0).isLessThanOrEqualTo(1);
            }
        }
    }

    @Provide
    Arbitrary<List<Backend>> pools() {
        Arbitrary<BackendState> states = Combinators.combine(
                        Arbitraries.of(Health.class),
                        Arbitraries.frequency(
                                Tuple.of(4, Admin.ENABLED), Tuple.of(1, Admin.DRAINING), Tuple.of(1, Admin.DISABLED)),
                        Arbitraries.of(BackendState.NOT_EJECTED, BackendState.NOT_EJECTED, 5000L),
                        Arbitraries.of(false, false, true),
                        Arbitraries.of(false, false, false, true),
                        Arbitraries.of(true, true, false),
                        Arbitraries.of(BackendState.FROM_START, 0L, 250L, 499L))
                .as((health, admin, until, spared, shunned, addressed, since) -> new BackendState(
                        health, admin, BackendState.AS_CONFIGURED, until, spared, shunned, 0, addressed, since));
        return Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.of("a", "b", "").map(zone -> zone.isEmpty() ? null : zone),
                        states)
                .as((priority, weight, zone, state) -> {
                    Backend backend = backend(1, priority, weight, zone);
                    backend.state(state);
                    return backend;
                })
                .list()
                .ofMaxSize(12);
    }

    @Provide
    Arbitrary<Eligibility.Rules> rules() {
        return Combinators.combine(
                        Arbitraries.of("a", "").map(zone -> zone.isEmpty() ? null : zone),
                        Arbitraries.of(0.0, 0.5, 1.0),
                        Arbitraries.of(0L, 1000L))
                .as(Eligibility.Rules::new);
    }

    private static List<Backend> tier(int priority, int size, int usable) {
        List<Backend> backends = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Backend backend = backend(1000 * priority + i + 1, priority, 1, null);
            if (i >= usable) {
                down(backend);
            }
            backends.add(backend);
        }
        return backends;
    }

    private static List<Backend> zoned(int near, int far) {
        List<Backend> backends = new ArrayList<>();
        for (int i = 0; i < near + far; i++) {
            backends.add(backend(i + 1, 0, 1, i < near ? "a" : "b"));
        }
        return backends;
    }

    private static Eligibility.Zones zones(List<Backend> backends) {
        Eligibility.Rules rules = new Eligibility.Rules("a", 0.5, 0);
        return Eligibility.of(backends, rules, 0).tiers().getFirst().zones();
    }

    private static double nearShare(List<Backend> backends) {
        return zones(backends).nearShare();
    }

    private static double share(Eligibility eligible, int priority) {
        return eligible.tiers().stream()
                .filter(tier -> tier.priority() == priority)
                .mapToDouble(Tier::share)
                .sum();
    }

    private static void down(Backend backend) {
        backend.state(backend.state().with(Health.DOWN));
    }

    private static Backend backend(int port, int priority, int weight, String zone) {
        return new Backend(new Endpoint("127.0.0.1", port), weight, priority, zone, Map.of(), 0);
    }
}
