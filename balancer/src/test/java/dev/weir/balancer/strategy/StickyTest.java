package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Eligibility;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.config.StrategyConfig;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class StickyTest {
    private static final String SECRET = "correct horse battery staple";

    private final List<Candidate> candidates = Fixture.equal(5);
    private final Picker picker = picker(options());

    @Test
    void aClientStaysWithItsFirstBackend() {
        FakeRequest first = new FakeRequest();
        Backend backend = picker.pick(first);
        FakeRequest later = new FakeRequest().with("cookie", "theme=dark; " + pair(first) + "; lang=en");
        for (int i = 0; i < 50; i++) {
            assertThat(picker.pick(later)).isSameAs(backend);
        }
        assertThat(later.cookieSet())
                .as("a cookie that is right is not written again")
                .isNull();
    }

    @Test
    void newClientsAreSpreadByTheOtherStrategy() {
        Map<Backend, Integer> counts = Fixture.counts(picker, 5_000);
        assertThat(counts.values())
                .hasSize(5)
                .allSatisfy(count -> assertThat(count).isCloseTo(1_000, within(100)));
    }

    @Test
    void theOtherStrategyMayHaveOptions() {
        JsonObject over = new JsonObject().put("name", "ring-hash").put("hash-on", "header:x-user");
        Picker hashing = picker(options().put("over", over));
        Backend anna = hashing.pick(new FakeRequest().with("x-user", "anna"));
        for (int i = 0; i < 20; i++) {
            assertThat(hashing.pick(new FakeRequest().with("x-user", "anna"))).isSameAs(anna);
        }
    }

    @Test
    void whenTheBackendIsGoneTheClientMovesOnAndItsCookieIsRewritten() {
        FakeRequest first = new FakeRequest();
        Backend gone = picker.pick(first);
        List<Candidate> others = candidates.stream()
                .filter(candidate -> candidate.backend() != gone)
                .toList();
        Picker without = strategy(options()).picker(Fixture.eligible(others));
        FakeRequest next = new FakeRequest().with("cookie", pair(first));
        Backend chosen = without.pick(next);
        assertThat(chosen).isNotSameAs(gone);
        assertThat(next.cookieSet()).isNotNull().isNotEqualTo(first.cookieSet());
        assertThat(without.pick(new FakeRequest().with("cookie", pair(next)))).isSameAs(chosen);
    }

    @Test
    void oneThatRestsKeepsItsClientsAndGetsNoOthers() {
        FakeRequest first = new FakeRequest();
        Backend resting = picker.pick(first);
        List<Candidate> others = candidates.stream()
                .filter(candidate -> candidate.backend() != resting)
                .toList();
        Eligibility set = new Eligibility(Fixture.eligible(others).tiers(), List.of(resting));
        Picker with = strategy(options()).picker(set);
        for (int i = 0; i < 200; i++) {
            FakeRequest next = new FakeRequest().with("cookie", pair(first));
            assertThat(with.pick(next)).isSameAs(resting);
            assertThat(next.cookieSet()).isNull();
            assertThat(with.pick(new FakeRequest())).isNotSameAs(resting);
        }
        FakeRequest failed = new FakeRequest().with("cookie", pair(first)).failedOn(resting);
        assertThat(with.pick(failed)).isNotSameAs(resting);
        assertThat(failed.cookieSet()).isNotNull();
    }

    @Test
    void whenTheBackendFailsTheClientMovesOnAndItsCookieIsRewritten() {
        FakeRequest first = new FakeRequest();
        Backend failing = picker.pick(first);
        FakeRequest next = new FakeRequest().with("cookie", pair(first));
        assertThat(picker.pick(next)).isSameAs(failing);
        Backend other = picker.pick(next.failedOn(failing));
        assertThat(other).isNotSameAs(failing);
        assertThat(picker.pick(new FakeRequest().with("cookie", pair(next)))).isSameAs(other);
    }

    @Test
    void theLastBackendOfARequestGetsTheClient() {
        FakeRequest request = new FakeRequest();
        Backend first = picker.pick(request);
        Backend second = picker.pick(request.failedOn(first));
        assertThat(picker.pick(new FakeRequest().with("cookie", pair(request)))).isSameAs(second);
    }

    @Test
    void aClientStaysAcrossTiersAndInAPanic() {
        List<Candidate> reserve = List.of(new Candidate(Fixture.backend(100, 1, 1, null), Candidate.SCALE));
        Eligibility pool = new Eligibility(List.of(
                new Eligibility.Tier(0, 0.5, candidates, candidates.subList(0, 1), true, null),
                new Eligibility.Tier(1, 0.5, reserve, reserve, false, null)));
        Picker tiers = strategy(options()).picker(pool);
        Set<Backend> seen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            FakeRequest first = new FakeRequest();
            Backend backend = tiers.pick(first);
            seen.add(backend);
            assertThat(tiers.pick(new FakeRequest().with("cookie", pair(first))))
                    .isSameAs(backend);
        }
        assertThat(seen).hasSize(6);
    }

    @Test
    void theSameSecretMakesTheSameCookiesOnEveryNodeAndAfterARestart() {
        FakeRequest first = new FakeRequest();
        Backend backend = picker.pick(first);
        assertThat(picker(options()).pick(new FakeRequest().with("cookie", pair(first))))
                .isSameAs(backend);
    }

    @Test
    void cookiesOfAnotherSecretOrPoolAreIgnoredAndReplaced() {
        for (int i = 0; i < 20; i++) {
            FakeRequest first = new FakeRequest();
            Picker foreign = i % 2 == 0
                    ? picker(options().put("secret", "some other secret of mine"))
                    : strategy(options(), "another-pool").picker(Fixture.eligible(candidates));
            foreign.pick(first);
            FakeRequest next = new FakeRequest().with("cookie", pair(first));
            picker.pick(next);
            assertThat(next.cookieSet()).isNotNull().isNotEqualTo(first.cookieSet());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weir=",
                "weir=10.0.0.1:8080",
                "weir=0",
                "weir=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "weir=\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9",
                "weir",
                "=;=;",
                "weir=\"\"",
                "xweir=1; weir2=3"
            })
    void whatWasMadeUpIsIgnoredAndReplaced(String cookies) {
        FakeRequest request = new FakeRequest().with("cookie", cookies);
        assertThat(picker.pick(request)).isNotNull();
        assertThat(request.cookieSet()).startsWith("weir=");
    }

    @Test
    void aTokenWithOneOtherCharacterIsNotAccepted() {
        FakeRequest first = new FakeRequest();
        picker.pick(first);
        String pair = pair(first);
        for (int i = "weir=".length(); i < pair.length(); i++) {
            StringBuilder forged = new StringBuilder(pair);
            forged.setCharAt(i, forged.charAt(i) == 'A' ? 'B' : 'A');
            FakeRequest request = new FakeRequest().with("cookie", forged.toString());
            picker.pick(request);
            assertThat(request.cookieSet()).as("replaced").isNotNull();
        }
    }

    @Test
    void theCookieTellsNothingOfTheBackend() {
        for (int i = 0; i < 50; i++) {
            FakeRequest request = new FakeRequest();
            picker.pick(request);
            assertThat(pair(request)).matches("weir=[A-Za-z0-9_-]{43}").doesNotContain("10.0.");
        }
    }

    @Test
    void neitherFindingABackendNorSettingACookieAllocates() {
        FakeRequest first = new FakeRequest();
        picker.pick(first);
        FakeRequest known = new FakeRequest().with("cookie", "theme=dark; " + pair(first));
        assertThat(Allocation.of(() -> picker.pick(known))).isZero();
        assertThat(Allocation.of(() -> picker.pick(first))).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                    | weir=T; Path=/; SameSite=Lax; HttpOnly",
                "{'cookie':'shop', 'path':'/cart'}     | shop=T; Path=/cart; SameSite=Lax; HttpOnly",
                "{'ttl':'2h'}                          | weir=T; Path=/; Max-Age=7200; SameSite=Lax; HttpOnly",
                "{'same-site':'strict','secure':true}  | weir=T; Path=/; SameSite=Strict; Secure; HttpOnly",
                "{'same-site':'none','secure':true}    | weir=T; Path=/; SameSite=None; Secure; HttpOnly",
                "{'cookie':'__Host-w','secure':true}   | __Host-w=T; Path=/; SameSite=Lax; Secure; HttpOnly",
                "{'http-only':false}                   | weir=T; Path=/; SameSite=Lax",
            })
    void theCookieLooksAsConfigured(String given, String expected) {
        JsonObject options = new JsonObject(given.replace('\'', '"')).put("secret", SECRET);
        FakeRequest request = new FakeRequest();
        picker(options).pick(request);
        assertThat(request.cookieSet().replaceFirst("=[A-Za-z0-9_-]{43};", "=T;"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'cookie':'a b'}         | 'cookie'    | 'a b'",
                "{'cookie':'__Secure-w'}  | 'cookie'    | secure: true",
                "{'cookie':'__host-w'}    | 'cookie'    | secure: true",
                "{'cookie':'__Host-w','secure':true,'path':'/a'} | 'cookie' | path: /",
                "{'path':'cart'}          | 'path'      | 'cart'",
                "{'path':'/; Domain=x'}   | 'path'      | '/; Domain=x'",
                "{'ttl':'5'}              | 'ttl'       | no unit",
                "{'ttl':'0s'}             | 'ttl'       | out of range",
                "{'same-site':'lex'}      | 'same-site' | did you mean 'lax'",
                "{'same-site':'none'}     | 'same-site' | secure: true",
                "{'secure':'yes'}         | 'secure'    | true or false",
                "{'over':'sticky'}        | 'over'      | another strategy",
                "{'over':7}               | 'over'      | 7",
                "{'over':{'hash-on':'x'}} | 'over'      | names no strategy",
                "{'over':'least-request'} | did you mean 'least-requests' | round-robin",
                "{'over':{'name':'maglev','hash-o':'x'}} | 'hash-o' | did you mean 'hash-on'",
                "{'ookie':'x'}            | 'ookie'     | did you mean 'cookie'",
            })
    void whatIsWrongIsRefusedByName(String given, String name, String detail) {
        JsonObject options = new JsonObject(given.replace('\'', '"')).put("secret", SECRET);
        assertThatThrownBy(() -> strategy(options))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains(name.strip(), detail.strip());
    }

    @Test
    void aSecretThatIsTooShortOrANumberIsRefusedWithoutBeingShown() {
        assertThatThrownBy(() -> strategy(new JsonObject().put("secret", "hunter2")))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains("'secret'", "16")
                .doesNotContain("hunter2");
        assertThatThrownBy(() -> strategy(new JsonObject().put("secret", 12345678901234567L)))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains("'secret'", "in quotes")
                .doesNotContain("1234567");
    }

    @Test
    void withoutASecretARandomOneIsUsedAndSaidOnce() {
        Logger logger = (Logger) LoggerFactory.getLogger(Sticky.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            assertThat(Fixture.STRATEGIES.problem(new StrategyConfig("sticky", new JsonObject())))
                    .isNull();
            assertThat(log.list).as("a check is silent").isEmpty();
            Strategy strategy = strategy(new JsonObject());
            FakeRequest first = new FakeRequest();
            Backend backend = strategy.picker(Fixture.eligible(candidates)).pick(first);
            Picker rebuilt = strategy.picker(Fixture.eligible(candidates));
            assertThat(rebuilt.pick(new FakeRequest().with("cookie", pair(first))))
                    .isSameAs(backend);
            assertThat(log.list)
                    .singleElement()
                    .satisfies(event -> assertThat(event.getFormattedMessage())
                            .contains("shop", "no secret", "restart", "other nodes"));
            FakeRequest elsewhere = new FakeRequest().with("cookie", pair(first));
            strategy(new JsonObject()).picker(Fixture.eligible(candidates)).pick(elsewhere);
            assertThat(elsewhere.cookieSet()).as("another secret").isNotNull();
        } finally {
            logger.detachAppender(log);
        }
    }

    private Picker picker(JsonObject options) {
        return strategy(options).picker(Fixture.eligible(candidates));
    }

    private static Strategy strategy(JsonObject options) {
        return strategy(options, "shop");
    }

    private static Strategy strategy(JsonObject options, String pool) {
        StrategyConfig config = new StrategyConfig("sticky", options);
        return Fixture.STRATEGIES.make(config, pool, () -> 0, new SplittableRandom(12345));
    }

    private static JsonObject options() {
        return new JsonObject().put("secret", SECRET);
    }

    /** Name and value, as a browser sends them back. */
    private static String pair(FakeRequest request) {
        return request.cookieSet().split(";", 2)[0];
    }
}
