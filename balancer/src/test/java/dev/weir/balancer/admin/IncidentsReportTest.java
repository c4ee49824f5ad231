package dev.weir.balancer.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.RetryClass;
import dev.weir.balancer.failure.RetryDecision;
import dev.weir.balancer.incident.Answer;
import dev.weir.balancer.incident.AttemptFailure;
import dev.weir.balancer.incident.AttemptRecord;
import dev.weir.balancer.incident.BackendCondition;
import dev.weir.balancer.incident.Changes;
import dev.weir.balancer.incident.Dossier;
import dev.weir.balancer.incident.Dossiers;
import dev.weir.balancer.incident.FirstBytes;
import dev.weir.balancer.incident.Incidents;
import dev.weir.balancer.incident.Opinions;
import dev.weir.balancer.incident.PoolFacts;
import dev.weir.balancer.incident.RequestFacts;
import dev.weir.balancer.incident.Timings;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class IncidentsReportTest {
    private static final String ID = "1NG0C9M2X317RKTE";
    private static final BackendCondition CONDITION = new BackendCondition(
            "up",
            "enabled",
            false,
            false,
            3,
            4,
            2,
            false,
            true,
            true,
            false,
            60_000_000_000L,
            5_000_000_000L,
            Opinions.NONE);

    private final Changes changes = new Changes(() -> 1_763_636_000_000L);
    private final Incidents incidents = new Incidents(changes, this::facts, () -> 0, new SplittableRandom(1));
    private final Dossiers dossiers = new Dossiers(incidents::count);
    private final IncidentsReport report = new IncidentsReport(dossiers, incidents);

    @Test
    void aRequestIsFoundByItsIdAndTheRemedyComesFirst() {
        dossiers.add(dossier(ID, "10.0.0.1:80"));
        JsonObject found = find(ID);
        assertThat(found.fieldNames()).startsWith("remedy", "finding", "line", "cause", "blames");
        assertThat(found.getString("finding")).contains("Port 80 of 10.0.0.1 answered `SSH-2.0-OpenSSH_9.2`");
        assertThat(found.getString("kind")).isEqualTo("request");
        assertThat(found.getString("time")).isEqualTo("2025-11-20T10:53:20Z");
        assertThat(found.getString("path")).isEqualTo("/pay");
        assertThat(found.getString("error")).isEqualTo("http_protocol_error");
        assertThat(found.encode()).doesNotContain("4111");
    }

    @Test
    void anAttemptTellsAllThatIsKnownOfIt() {
        dossiers.add(dossier(ID, "10.0.0.1:80"));
        JsonObject attempt = find(ID).getJsonArray("attempts").getJsonObject(0);
        assertThat(attempt.getMap())
                .containsEntry("backend", "10.0.0.1:80")
                .containsEntry("phase", "response-head")
                .containsEntry("began_ms", 0.1)
                .containsEntry("connected_ms", 1.0)
                .containsEntry("head_ms", null)
                .containsEntry("ended_ms", 12.0)
                .containsEntry("sent_bytes", 120L)
                .containsEntry("received_bytes", 21L)
                .containsEntry("reused", true)
                .containsEntry("idle_ms", 250.0)
                .containsEntry("errno", "ECONNRESET")
                .containsEntry("first_bytes", "SSH-2.0-OpenSSH_9.2\\r\\n")
                .containsEntry("retry", "not_idempotent")
                .containsEntry("retry_class", "R2");
        assertThat(attempt.getJsonObject("labels").getString("version")).isEqualTo("v7");
        assertThat(attempt.getJsonObject("state").getMap())
                .containsEntry("health", "up")
                .containsEntry("connections", 4)
                .containsEntry("keep_alive_ms", 5_000.0);
        assertThat(attempt.getJsonObject("answer").getString("framing")).isEqualTo("chunked");
    }

    @Test
    void aRequestLeadsToItsIncidentAndThatBackToTheRequest() {
        changes.backend("shop", "10.0.0.1:80", "came up");
        dossiers.add(dossier(ID, "10.0.0.1:80"));
        JsonObject incident = find(ID).getJsonArray("incidents").getJsonObject(0);
        assertThat(incident.getLong("count")).isEqualTo(1);
        assertThat(incident.getJsonObject("shared_labels").getString("version")).isEqualTo("v7");
        assertThat(incident.getJsonArray("changed_before").getJsonObject(0).getString("what"))
                .isEqualTo("10.0.0.1:80 came up");
        JsonObject byItsId = find(incident.getString("id"));
        assertThat(byItsId.getString("kind")).isEqualTo("incident");
        assertThat(byItsId.getJsonArray("requests")).containsExactly(ID);
        assertThat(byItsId.getJsonObject("latest").getString("id")).isEqualTo(ID);
        assertThat(byItsId.getJsonArray("pool_now")).hasSize(2);
    }

    @Test
    void anIdMayBeReadOutOverThePhone() {
        dossiers.add(dossier(ID, "10.0.0.1:80"));
        assertThat(find("ing0c9m2x3l7rkte").getString("id")).isEqualTo(ID);
    }

    @Test
    void whatIsUnknownIsNull() {
        assertThat(report.find(ID)).isNull();
        assertThat(report.find("x")).isNull();
    }

    @Test
    void theRouteThatSuffersMostComesFirst() {
        for (int i = 0; i < 8; i++) {
            for (int j = 0; j <= i; j++) {
                dossiers.add(dossier("D" + i + j, "10.0.0.1:80", "/" + i));
            }
        }
        JsonObject incident = report.list().getJsonArray("incidents").getJsonObject(0);
        assertThat(incident.getJsonObject("routes").fieldNames())
                .containsExactly("/7", "/6", "/5", "/4", "/3", "/2", "/1", "/0");
    }

    @Test
    void theListIsBoundedAndSaysHowManyAreLeftOut() {
        for (int i = 0; i < 150; i++) {
            dossiers.add(dossier("D" + i, "10.0.1." + i + ":80"));
        }
        JsonObject list = report.list();
        assertThat(list.getInteger("open")).isEqualTo(150);
        assertThat(list.getLong("total")).isEqualTo(150);
        assertThat(list.getJsonArray("incidents")).hasSize(IncidentsReport.MAX_LISTED);
        assertThat(list.getInteger("not_listed")).isEqualTo(50);
        assertThat(list.getLong("not_counted")).isZero();
    }

    @Test
    void failuresThatNoIncidentHasRoomForAreSaid() {
        for (int i = 0; i < 300; i++) {
            dossiers.add(dossier("D" + i, "10.0." + i + ".1:80"));
        }
        assertThat(report.list().getInteger("open")).isEqualTo(256);
        assertThat(report.list().getLong("not_counted")).isEqualTo(44);
    }

    private JsonObject find(String id) {
        JsonObject found = report.find(id);
        if (found == null) {
            throw new AssertionError("nothing is known of " + id);
        }
        return found;
    }

    private PoolFacts facts(String pool) {
        return new PoolFacts(
                pool,
                List.of(
                        new PoolFacts.Member("10.0.0.1:80", Map.of("version", "v7"), true, CONDITION),
                        new PoolFacts.Member("10.0.0.2:80", Map.of("version", "v6"), true, CONDITION)),
                new PoolFacts.Limits(
                        0, PoolFacts.Share.NONE, 1_024, Duration.ofSeconds(1), 65_536, 65_536, Duration.ofSeconds(60)));
    }

    private static Dossier dossier(String id, @Nullable String backend) {
        return dossier(id, backend, "/");
    }

    private static Dossier dossier(String id, @Nullable String backend, String route) {
        AttemptRecord attempt = new AttemptRecord(
                backend == null ? "?" : backend,
                Map.of("version", "v7"),
                Phase.RESPONSE_HEAD,
                new Timings(100_000, 1_000_000, 1_100_000, Timings.NEVER, 12_000_000),
                120,
                21,
                true,
                250_000_000,
                new Answer(200, Answer.Framing.CHUNKED, -1, 0, null),
                new AttemptFailure(
                        ProxyError.HTTP_PROTOCOL_ERROR,
                        "IllegalArgumentException",
                        104,
                        "invalid version format",
                        FirstBytes.of("SSH-2.0-OpenSSH_9.2\r\n"),
                        RetryClass.R2),
                RetryDecision.NOT_IDEMPOTENT,
                CONDITION);
        return new Dossier(
                id,
                1_763_636_000_000L,
                "shop",
                route,
                RequestFacts.of("POST", "shop.example", "/pay?card=4111", 200, 10),
                Dossier.Result.FAILED,
                502,
                ProxyError.HTTP_PROTOCOL_ERROR,
                null,
                13_000_000,
                10,
                0,
                List.of(attempt));
    }
}
