package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Picker;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What ring-hash and maglev have in common, and where they differ. */
class ConsistentHashTest {
    private static final int KEYS = 20_000;

    @ParameterizedTest
    @ValueSource(strings = {"ring-hash", "maglev"})
    void theSameKeyGoesToTheSameBackend(String strategy) {
        List<Candidate> candidates = Fixture.equal(7);
        assertThat(owners(strategy, candidates)).isEqualTo(owners(strategy, candidates));
        assertThat(new HashSet<>(owners(strategy, candidates).values())).hasSize(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ring-hash", "maglev"})
    void everyNodeAgreesWhateverTheOrderOfItsConfiguration(String strategy) {
        List<Candidate> candidates = Fixture.candidates(1, 2, 3, 4, 5);
        List<Candidate> reversed = new ArrayList<>(candidates);
        Collections.reverse(reversed);
        assertThat(owners(strategy, reversed)).isEqualTo(owners(strategy, candidates));
    }

    /** Of so many backends one leaves. Moved: the part of all keys that changed; needless: of those whose backend stayed. */
    @ParameterizedTest
    @CsvSource({
        "ring-hash,   3, 0",
        "ring-hash,  10, 0",
        "ring-hash, 100, 0",
        "maglev,      3, 0.002",
        "maglev,     10, 0.01",
        "maglev,    100, 0.01",
    })
    void fewKeysMoveWhenABackendLeaves(String strategy, int backends, double needless) {
        Moves moves = Moves.between(
                owners(strategy, Fixture.equal(backends)), owners(strategy, withoutOne(Fixture.equal(backends), 1)));
        double share = 1.0 / backends;
        assertThat(moves.all()).as(moves.toString()).isBetween(0.7 * share, 1.3 * share + needless);
        assertThat(moves.needless()).as(moves.toString()).isLessThanOrEqualTo(needless);
    }

    @ParameterizedTest
    @CsvSource({"ring-hash, 0", "maglev, 0.005"})
    void theSameHoldsForBackendsOfUnequalWeight(String strategy, double needless) {
        int[] weights = {1, 1, 2, 3, 5, 8};
        for (int gone = 0; gone < weights.length; gone++) {
            Moves moves = Moves.between(
                    owners(strategy, Fixture.candidates(weights)),
                    owners(strategy, withoutOne(Fixture.candidates(weights), gone)));
            assertThat(moves.needless()).as(moves.toString()).isLessThanOrEqualTo(needless);
        }
    }

    @Test
    void aRingThatIsAsLargeAsItMayBeMovesOnlyTheKeysOfThoseThatLeaveToo() {
        int[] weights = new int[50];
        Arrays.fill(weights, 10);
        List<Candidate> candidates = Fixture.candidates(weights);
        Strategy strategy = Fixture.make("ring-hash");
        Map<String, String> before = owners(strategy.picker(Fixture.eligible(candidates)));
        for (int gone = 1; gone < 50; gone += 7) {
            List<Candidate> others = candidates.subList(gone, 50);
            Moves moves = Moves.between(before, owners(strategy.picker(Fixture.eligible(others))));
            assertThat(moves.needless()).as("%s are gone", gone).isZero();
        }
    }

    @Test
    void aRingMovesKeysOnlyToWhoGainsWeight() {
        List<Candidate> full = Fixture.equal(5);
        List<Candidate> slow = new ArrayList<>(full);
        slow.set(2, new Candidate(full.get(2).backend(), 10)); // a slow start
        Map<String, String> before = owners("ring-hash", slow);
        Map<String, String> after = owners("ring-hash", full);
        String gaining = full.get(2).backend().id();
        assertThat(before.values().stream().filter(gaining::equals).count()).isBetween(KEYS / 100L, KEYS / 20L);
        before.forEach((key, owner) -> {
            if (!after.get(key).equals(owner)) {
                assertThat(after.get(key)).isEqualTo(gaining);
            }
        });
    }

    @Test
    void sharesOfMaglevAreEvenToASlotAndThoseOfARingNearlySo() {
        List<Candidate> candidates = Fixture.candidates(1, 2, 3, 4);
        int[] slots = new int[4];
        Maglev.Table table = new Maglev.Table(candidates);
        for (int slot = 0; slot < table.size(); slot++) {
            slots[table.backend(slot)]++;
        }
        for (int i = 0; i < 4; i++) {
            assertThat(slots[i]).isCloseTo(Maglev.Table.SIZE * (i + 1) / 10, within(4));
        }
        Map<String, Integer> counts = new HashMap<>();
        owners("ring-hash", candidates).values().forEach(owner -> counts.merge(owner, 1, Integer::sum));
        for (Candidate candidate : candidates) {
            double share = candidate.backend().weight() / 10.0;
            assertThat((double) counts.get(candidate.backend().id()) / KEYS)
                    .isCloseTo(share, within(0.15 * share + 0.01));
        }
    }

    @Test
    void aRingOfHeavyBackendsIsBoundedAndStillFollowsTheWeights() {
        int[] weights = new int[50];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i < 25 ? 500 : 1000;
        }
        List<Candidate> candidates = Fixture.candidates(weights);
        RingHash.Ring ring = new RingHash.Ring(candidates, RingHash.Ring.pointsPerWeight(candidates));
        assertThat(ring.size()).isBetween(30_000, 66_000);
        SplittableRandom random = new SplittableRandom(1);
        int heavy = 0;
        for (int i = 0; i < KEYS; i++) {
            heavy += ring.backend(ring.position(random.nextLong())) >= 25 ? 1 : 0;
        }
        assertThat((double) heavy / KEYS).isCloseTo(2.0 / 3, within(0.03));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ring-hash", "maglev"})
    void aBackendWithTooMuchToDoIsPassedOverUntilItHasLess(String strategy) {
        List<Candidate> candidates = Fixture.equal(4);
        Picker picker = Fixture.picker(strategy, candidates);
        FakeRequest request = new FakeRequest().from("203.0.113.5");
        Backend owner = picker.pick(request);
        candidates.forEach(candidate -> Fixture.load(candidate.backend(), 10));
        assertThat(picker.pick(request)).as("all alike").isSameAs(owner);
        Fixture.load(owner, 13); // of 43 + 1, and 1.25 / 4 of that is 13.75
        assertThat(picker.pick(request)).as("just below the bound").isSameAs(owner);
        Fixture.load(owner, 15); // of 45 + 1: 14.4
        Backend other = picker.pick(request);
        assertThat(other).as("above the bound").isNotSameAs(owner);
        assertThat(picker.pick(request)).as("always the same other one").isSameAs(other);
        Fixture.load(owner, 10);
        assertThat(picker.pick(request)).isSameAs(owner);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ring-hash", "maglev"})
    void oneHotKeyIsSpreadWithinTheBound(String strategy) {
        List<Candidate> candidates = Fixture.candidates(1, 1, 2, 4);
        Picker picker = Fixture.picker(strategy, candidates);
        for (int i = 0; i < 1_000; i++) {
            picker.pick(new FakeRequest()).stats().tryBegin(0);
        }
        assertThat(candidates)
                .allSatisfy(candidate -> assertThat(candidate.backend().stats().inFlight())
                        .isLessThanOrEqualTo((int)
                                Math.ceil(1.25 * 1_000 * candidate.backend().weight() / 8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ring-hash", "maglev"})
    void withoutABoundTheKeyStaysWhateverTheLoad(String strategy) {
        List<Candidate> candidates = Fixture.equal(4);
        Picker picker = Fixture.picker(strategy, new JsonObject().put("balance-factor", 0), candidates);
        Backend owner = picker.pick(new FakeRequest());
        Fixture.load(owner, 1_000);
        assertThat(picker.pick(new FakeRequest())).isSameAs(owner);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ring-hash", "maglev"})
    void whatFailsMovesOnToDifferentBackendsButTheSameForEachKey(String strategy) {
        List<Candidate> candidates = Fixture.equal(6);
        Picker picker = Fixture.picker(strategy, candidates);
        Set<Backend> second = new HashSet<>();
        Backend failing = candidates.getFirst().backend();
        for (int i = 0; i < 2_000; i++) {
            FakeRequest request = new FakeRequest().from("client-" + i);
            if (picker.pick(request) == failing) {
                Backend next = picker.pick(request.failedOn(failing));
                assertThat(picker.pick(request)).isSameAs(next);
                second.add(next);
            }
        }
        assertThat(second).hasSize(5).doesNotContain(failing);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ring-hash", "maglev"})
    void requestsWithoutTheKeyAreSpreadAtRandomByWeight(String strategy) {
        List<Candidate> candidates = Fixture.candidates(1, 3);
        Picker picker = Fixture.picker(strategy, new JsonObject().put("hash-on", "header:x-user"), candidates);
        Map<Backend, Integer> counts = Fixture.counts(picker, 8_000);
        assertThat(counts.get(candidates.getFirst().backend())).isCloseTo(2_000, within(150));
        Map<Backend, Integer> named = Fixture.counts(picker, 100, () -> new FakeRequest().with("x-user", "anna"));
        assertThat(named).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ring-hash", "maglev"})
    void inAnOverflowEachKeyKeepsItsTierAndFewMoveWhenItGrows(String strategy) {
        List<Candidate> first = Fixture.equal(4);
        List<Candidate> second = List.of(new Candidate(Fixture.backend(100, 1, 1, null), Candidate.SCALE));
        Picker little = Fixture.make(strategy).picker(tiers(0.9, first, second));
        Picker more = Fixture.make(strategy).picker(tiers(0.8, first, second));
        int overflowed = 0;
        for (int i = 0; i < KEYS; i++) {
            FakeRequest request = new FakeRequest().from("client-" + i);
            Backend before = little.pick(request);
            Backend after = more.pick(request);
            assertThat(little.pick(request)).isSameAs(before);
            if (before.priority() == 1) {
                assertThat(after).isSameAs(before);
            } else if (after.priority() == 0) {
                assertThat(after).isSameAs(before);
            }
            overflowed += after.priority();
        }
        assertThat((double) overflowed / KEYS).isCloseTo(0.2, within(0.01));
    }

    @ParameterizedTest
    @ValueSource(strings = {"source", "path", "header:x-user", "cookie:id", "query:user"})
    void lookingForTheKeyAllocatesNothing(String hashOn) {
        List<Candidate> candidates = Fixture.equal(4);
        candidates.forEach(candidate -> Fixture.load(candidate.backend(), 5));
        Picker picker = Fixture.picker("maglev", new JsonObject().put("hash-on", hashOn), candidates);
        FakeRequest request = new FakeRequest()
                .to("/a/rather/long/path/of/an/application?x=1&user=anna")
                .with("x-user", "anna")
                .with("cookie", "theme=dark; id=\"42\"");
        assertThat(Allocation.of(() -> picker.pick(request))).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0.5", "-1", "101"})
    void aFactorOutOfRangeIsRefused(double factor) {
        JsonObject options = new JsonObject().put("balance-factor", factor);
        assertThatThrownBy(() -> Fixture.picker("maglev", options, Fixture.equal(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'balance-factor'")
                .hasMessageContaining("'" + factor + "'");
    }

    private static Eligibility tiers(double share, List<Candidate> first, List<Candidate> second) {
        return new Eligibility(List.of(
                new Eligibility.Tier(0, share, first, first, false, null),
                new Eligibility.Tier(1, 1 - share, second, second, false, null)));
    }

    private static Map<String, String> owners(String strategy, List<Candidate> candidates) {
        return owners(Fixture.picker(strategy, candidates));
    }

    private static Map<String, String> owners(Picker picker) {
        Map<String, String> owners = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            String key = "client-" + i;
            owners.put(key, picker.pick(new FakeRequest().from(key)).id());
        }
        return owners;
    }

    private static List<Candidate> withoutOne(List<Candidate> candidates, int index) {
        List<Candidate> others = new ArrayList<>(candidates);
        others.remove(index);
        return others;
    }

    private record Moves(double all, double needless) {
        static Moves between(Map<String, String> before, Map<String, String> after) {
            Set<String> staying = new HashSet<>(after.values());
            long moved = before.keySet().stream()
                    .filter(key -> !after.get(key).equals(before.get(key)))
                    .count();
            long needless = before.keySet().stream()
                    .filter(key -> !after.get(key).equals(before.get(key)) && staying.contains(before.get(key)))
                    .count();
            return new Moves((double) moved / KEYS, (double) needless / KEYS);
        }
    }
}
