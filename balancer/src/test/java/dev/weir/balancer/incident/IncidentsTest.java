package dev.weir.balancer.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryDecision;
import dev.weir.balancer.incident.Dossier.Result;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class IncidentsTest {
    private static final String X = "10.0.0.1:80";
    private static final String Y = "10.0.0.2:80";
    private static final String Z = "10.0.0.3:80";

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(30));
    private final AtomicLong millis = new AtomicLong(1_763_636_000_000L);
    private final Map<String, PoolFacts> pools = new HashMap<>();
    private final Changes changes = new Changes(millis::get);
    private final Incidents incidents = new Incidents(
            changes, name -> pools.getOrDefault(name, PoolFacts.unknown(name)), nanos::get, new SplittableRandom(1));
    private int requests;

    @Test
    void failuresOfOneCauseOnOneBackendAreOneIncident() {
        fail(refused(X));
        later(1_000);
        fail(refused(X));
        Incident only = only();
        assertThat(only.backend()).isEqualTo(X);
        assertThat(only.pool()).isEqualTo("shop");
        assertThat(only.open()).isTrue();
        assertThat(only.counts()).isEqualTo(new Incident.Counts(2, 0, 0, 0));
        assertThat(only.lastMillis() - only.firstMillis()).isEqualTo(1_000);
        assertThat(only.diagnosis().cause()).isEqualTo(Cause.REFUSED);
    }

    @Test
    void anotherBackendAnotherPoolAndAnotherCauseAreOthers() {
        fail(refused(X));
        fail(refused(Y));
        fail(refused(X).ofPool("static"));
        fail(Sample.failing(ProxyError.CONNECTION_TIMEOUT).on(X));
        assertThat(incidents.newestFirst()).hasSize(4);
        assertThat(incidents.open()).isEqualTo(4);
        assertThat(incidents.total()).isEqualTo(4);
    }

    @Test
    void whatEachClientGotIsCountedApart() {
        fail(refused(X));
        fail(refused(X).ended(Result.SAVED).decided(RetryDecision.RETRIED));
        fail(refused(X).ended(Result.SAVED).decided(RetryDecision.RETRIED));
        fail(refused(X).ended(Result.CUT));
        assertThat(only().counts()).isEqualTo(new Incident.Counts(1, 1, 2, 0));
    }

    @Test
    void aRequestThatFailedOnThreeBackendsCountsForEachAndForNoneTwice() {
        incidents.count(Sample.dossier(
                "A",
                Result.FAILED,
                ProxyError.CONNECTION_REFUSED,
                Sample.refused(X),
                Sample.refused(Y),
                Sample.refused(X)));
        assertThat(incidents.newestFirst()).extracting(Incident::backend).containsExactlyInAnyOrder(X, Y);
        assertThat(incidents.newestFirst())
                .allSatisfy(incident -> assertThat(incident.counts().total()).isEqualTo(1));
    }

    @Test
    void aFailureWithoutABackendIsAnIncidentOfThePool() {
        incidents.count(Sample.dossier("A", Result.FAILED, ProxyError.CONNECTION_LIMIT_REACHED));
        incidents.count(Sample.dossier("B", Result.FAILED, ProxyError.CONNECTION_LIMIT_REACHED, Sample.refused(X)));
        assertThat(incidents.newestFirst())
                .extracting(incident -> incident.diagnosis().cause())
                .containsExactlyInAnyOrder(Cause.POOL_BUSY, Cause.REFUSED);
    }

    @Test
    void thatNobodyWasLeftAfterAFailureIsNoIncidentOfItsOwn() {
        incidents.count(Sample.dossier("A", Result.FAILED, ProxyError.DESTINATION_UNAVAILABLE, Sample.refused(X)));
        assertThat(only().diagnosis().cause()).isEqualTo(Cause.REFUSED);
    }

    @Test
    void clientsMistakesAndLeavingAreNoIncidents() {
        incidents.count(Sample.dossier("A", Result.FAILED, ProxyError.HTTP_REQUEST_ERROR));
        incidents.count(Sample.dossier("B", Result.FAILED, ProxyError.DESTINATION_NOT_FOUND));
        incidents.count(Sample.dossier("C", Result.CLIENT_LEFT, null, Sample.refused(X)));
        assertThat(incidents.newestFirst()).isEmpty();
    }

    private static AttemptRecord answered(Answer answer) {
        return new AttemptRecord(
                X,
                Map.of(),
                dev.weir.balancer.failure.Phase.RESPONSE_BODY,
                new Timings(0, 0, 0, 1, 2),
                1,
                1,
                false,
                0,
                answer,
                null,
                RetryDecision.NONE,
                BackendCondition.UNKNOWN);
    }

    @Test
    void aBackendThatSaysThatItWantsTlsIsAnIncidentThatNamesThePort() {
        Answer answer = new Answer(400, Answer.Framing.LENGTH, 45, 45, "nginx/1.25", true);
        incidents.count(Sample.dossier("A", Result.RELAYED, null, answered(answer)));
        assertThat(only().diagnosis().cause()).isEqualTo(Cause.SPEAKS_TLS);
        assertThat(only().diagnosis().line()).contains(X + " speaks TLS on this port: it answered 400");
    }

    @Test
    void aBackendsOwnErrorIsAnIncidentToo() {
        Answer answer = new Answer(502, Answer.Framing.LENGTH, 3, 3, "nginx/1.25");
        incidents.count(Sample.dossier("A", Result.RELAYED, null, answered(answer)));
        assertThat(only().counts().relayed()).isEqualTo(1);
        assertThat(only().diagnosis().line()).contains("sent by " + X + " itself (Server: nginx/1.25)");
    }

    @Test
    void anIncidentThatGoesQuietClosesAndANewOneOpensOnRecurrence() {
        fail(refused(X));
        String first = only().id();
        nanos.addAndGet(Incidents.QUIET_NANOS - 1);
        incidents.tick();
        assertThat(only().open()).isTrue();
        nanos.addAndGet(1);
        incidents.tick();
        assertThat(only().open()).isFalse();
        assertThat(incidents.open()).isZero();
        later(1);
        fail(refused(X));
        assertThat(incidents.newestFirst()).extracting(Incident::open).containsExactly(true, false);
        Incident closed = incidents.find(first);
        assertThat(closed).isNotNull();
        assertThat(closed.counts().total()).isEqualTo(1);
        assertThat(incidents.total()).isEqualTo(2);
    }

    @Test
    void theNewestFailureComesFirst() {
        fail(refused(X));
        later(10);
        fail(refused(Y));
        later(10);
        fail(refused(X));
        assertThat(incidents.newestFirst()).extracting(Incident::backend).containsExactly(X, Y);
    }

    @Test
    void thereAreNoMoreOfThemThanCanBeKept() {
        for (int i = 0; i < Incidents.MAX_OPEN + 10; i++) {
            fail(refused("10.0.1." + i + ":80"));
        }
        assertThat(incidents.open()).isEqualTo(Incidents.MAX_OPEN);
        assertThat(incidents.uncounted()).isEqualTo(10);
        nanos.addAndGet(Incidents.QUIET_NANOS);
        incidents.tick();
        assertThat(incidents.newestFirst()).hasSize(Incidents.MAX_CLOSED);
    }

    @Test
    void countsStayExactUnderAStormFromManyThreads() throws Exception {
        Dossiers dossiers = new Dossiers(incidents::count);
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(thread -> Thread.ofPlatform()
                        .start(() -> IntStream.range(0, 20_000)
                                .forEach(i -> dossiers.add(
                                        refused(i % 2 == 0 ? X : Y).dossier(thread + "-" + i, millis.get())))))
                .toList();
        for (Thread thread : threads) {
            incidents.tick();
            thread.join();
        }
        assertThat(incidents.newestFirst())
                .hasSize(2)
                .allSatisfy(incident -> assertThat(incident.counts().failed()).isEqualTo(40_000));
    }

    @Test
    void affectedRoutesAreCountedAndThoseBeyondSixteenTogether() {
        for (int i = 0; i < 30; i++) {
            Dossier dossier = refused(X).dossier("A" + i, millis.get());
            incidents.count(new Dossier(
                    dossier.id(),
                    dossier.epochMillis(),
                    dossier.pool(),
                    "/route" + i,
                    dossier.request(),
                    dossier.result(),
                    dossier.status(),
                    dossier.error(),
                    null,
                    0,
                    0,
                    0,
                    dossier.attempts()));
        }
        assertThat(only().routes()).hasSize(17).containsEntry("(others)", 14L).containsEntry("/route3", 1L);
        assertThat(only().dossiers()).hasSize(8).startsWith("A29");
    }

    @Test
    void labelsThatAllCulpritsShareAndNoInnocentHasAreNamed() {
        pools.put(
                "shop",
                Sample.pool(
                        Sample.member(X, Map.of("version", "v7", "zone", "a", "os", "linux"), true),
                        Sample.member(Y, Map.of("version", "v7", "zone", "b", "os", "linux"), true),
                        Sample.member(Z, Map.of("version", "v6", "zone", "a", "os", "linux"), true)));
        fail(refused(X));
        fail(refused(Y));
        assertThat(incidents.newestFirst()).allSatisfy(incident -> {
            assertThat(incident.sharedLabels()).isEqualTo(Map.of("version", "v7"));
            assertThat(incident.culprits()).isEqualTo(2);
            assertThat(incident.members()).isEqualTo(3);
        });
    }

    @Test
    void whereAllFailAlikeNoLabelExplainsIt() {
        pools.put(
                "shop",
                Sample.pool(
                        Sample.member(X, Map.of("version", "v7"), true),
                        Sample.member(Y, Map.of("version", "v7"), true)));
        fail(refused(X));
        fail(refused(Y));
        assertThat(incidents.newestFirst())
                .allSatisfy(incident -> assertThat(incident.sharedLabels()).isEmpty());
    }

    @Test
    void whatChangedBeforeTheFirstFailureIsKeptThoughChangesGoOn() {
        changes.backend("shop", Y, "came up");
        changes.backend("static", X, "went down");
        changes.balancer("the balancer started");
        later(2_000);
        fail(refused(X));
        incidents.tick();
        later(5_000);
        changes.backend("shop", X, "was ejected for failing requests");
        for (int i = 0; i < 10_000; i++) {
            changes.backend("shop", Y, "flapped");
        }
        assertThat(only().before()).extracting(Change::line).containsExactly("the balancer started", Y + " came up");
        assertThat(only().after()).isEmpty();
    }

    @Test
    void whatBecameOfTheBackendJustAfterIsToldToo() {
        fail(refused(X));
        later(400);
        changes.backend("shop", X, "was found down (was up)");
        changes.backend("shop", Y, "was found down (was up)");
        assertThat(only().after()).extracting(Change::line).containsExactly(X + " was found down (was up)");
        assertThat(only().before()).isEmpty();
    }

    @Test
    void changesOfLongAgoExplainNothing() {
        changes.backend("shop", X, "came up");
        later(TimeUnit.MINUTES.toMillis(10) + 1);
        fail(refused(X));
        assertThat(only().before()).isEmpty();
    }

    @Test
    void aRequestKnowsItsIncidents() {
        fail(refused(X));
        Dossier second = refused(X).dossier("B", millis.get());
        incidents.count(second);
        fail(refused(Y));
        assertThat(incidents.of(second)).extracting(Incident::backend).containsExactly(X);
        assertThat(incidents.diagnosis(second).line()).contains(X + " refused the connection");
    }

    private static Sample refused(String backend) {
        return Sample.failing(ProxyError.CONNECTION_REFUSED).on(backend);
    }

    private void fail(Sample sample) {
        incidents.count(sample.dossier("R" + requests++, millis.get()));
    }

    private void later(long time) {
        millis.addAndGet(time);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(time));
    }

    private Incident only() {
        assertThat(incidents.newestFirst()).hasSize(1);
        return incidents.newestFirst().getFirst();
    }
}
