package dev.weir.balancer.admin;

import dev.weir.balancer.failure.Errno;
import dev.weir.balancer.incident.Amount;
import dev.weir.balancer.incident.Answer;
import dev.weir.balancer.incident.AttemptFailure;
import dev.weir.balancer.incident.AttemptRecord;
import dev.weir.balancer.incident.BackendCondition;
import dev.weir.balancer.incident.Dossier;
import dev.weir.balancer.incident.Opinions;
import dev.weir.balancer.incident.PoolFacts;
import dev.weir.balancer.incident.RequestFacts;
import dev.weir.balancer.incident.Timings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is remembered of one request, as JSON. Times are milliseconds, within an attempt since the request began. */
final class DossierJson {

    private DossierJson() {}

    static JsonObject of(Dossier dossier) {
        JsonArray attempts = new JsonArray();
        dossier.attempts().forEach(attempt -> attempts.add(attempt(attempt)));
        RequestFacts request = dossier.request();
        JsonObject json = new JsonObject()
                .put("id", dossier.id())
                .put("time", IncidentsReport.time(dossier.epochMillis()))
                .put("pool", dossier.pool())
                .put("route", dossier.route())
                .put("method", request.method())
                .put("host", request.host())
                .put("path", request.path())
                .put("result", lower(dossier.result()))
                .put("status", dossier.status())
                .put("error", dossier.error() == null ? null : dossier.error().token())
                .put("detail", dossier.detail())
                .put("duration_ms", Amount.millis(dossier.durationNanos()))
                .put("request_head_bytes", request.headBytes())
                .put("bytes_in", dossier.bytesIn())
                .put("bytes_out", dossier.bytesOut());
        if (request.largestField() != null) {
            json.put("largest_field", request.largestField()).put("largest_field_bytes", request.largestFieldBytes());
        }
        return json.put("attempts", attempts);
    }

    private static JsonObject attempt(AttemptRecord attempt) {
        Timings timings = attempt.timings();
        JsonObject json = new JsonObject()
                .put("backend", attempt.backend())
                .put("labels", new JsonObject(Map.copyOf(attempt.labels())))
                .put("phase", attempt.phase().label())
                .put("began_ms", moment(timings.began()))
                .put("connected_ms", moment(timings.connected()))
                .put("sent_ms", moment(timings.sent()))
                .put("head_ms", moment(timings.head()))
                .put("ended_ms", moment(timings.ended()))
                .put("sent_bytes", attempt.sentBytes())
                .put("received_bytes", attempt.receivedBytes())
                .put("reused", attempt.reused());
        if (attempt.reused()) {
            json.put("idle_ms", Amount.millis(attempt.idleNanos()));
        }
        Answer answer = attempt.answer();
        if (answer != null) {
            json.put("answer", answer(answer));
        }
        AttemptFailure failure = attempt.failure();
        if (failure != null) {
            failure(failure, json);
            json.put("retry", attempt.decision().label())
                    .put("retry_reason", attempt.decision().words());
        }
        return json.put("state", condition(attempt.condition()));
    }

    private static JsonObject answer(Answer answer) {
        JsonObject json = new JsonObject()
                .put("status", answer.status())
                .put("framing", lower(answer.framing()))
                .put("body_bytes", answer.bodyBytes());
        if (answer.framing() == Answer.Framing.LENGTH) {
            json.put("announced_bytes", answer.announcedBytes());
        }
        return json.put("server", answer.server());
    }

    private static void failure(AttemptFailure failure, JsonObject to) {
        to.put("error", failure.error().token())
                .put("exception", failure.exception())
                .put("errno", failure.errno() == Errno.NONE ? null : Errno.name(failure.errno()))
                .put("detail", failure.detail())
                .put("retry_class", failure.retryClass().name());
        if (failure.firstBytes().size() > 0) {
            to.put("first_bytes", failure.firstBytes().escaped());
        }
    }

    /** The backends of a pool as they are now. */
    static JsonArray members(PoolFacts facts) {
        JsonArray members = new JsonArray();
        for (PoolFacts.Member member : facts.members()) {
            members.add(new JsonObject()
                    .put("backend", member.backend())
                    .put("labels", new JsonObject(Map.copyOf(member.labels())))
                    .put("usable", member.usable())
                    .put("state", condition(member.condition())));
        }
        return members;
    }

    private static JsonObject condition(BackendCondition condition) {
        JsonObject json = new JsonObject()
                .put("health", condition.health())
                .put("admin", condition.admin())
                .put("ejected", condition.ejected())
                .put("in_flight", condition.inFlight())
                .put("connections", condition.connections())
                .put("ever_answered", condition.everAnswered())
                .put("known_for_ms", Amount.millis(condition.ageNanos()));
        if (condition.shunned()) {
            json.put("shunned", true);
        }
        if (condition.failOpen()) {
            json.put("fail_open", true);
        }
        if (condition.keepAliveNanos() > 0) {
            json.put("keep_alive_ms", Amount.millis(condition.keepAliveNanos()));
        }
        opinions(condition.opinions(), json);
        return json;
    }

    /** What all balancer nodes think of a backend; nothing where there is no other node. */
    static void opinions(Opinions opinions, JsonObject to) {
        if (opinions.others().isEmpty()) {
            return;
        }
        JsonArray nodes = new JsonArray();
        for (Opinions.OfNode other : opinions.others()) {
            nodes.add(new JsonObject()
                    .put("node", other.node())
                    .put("says", other.words())
                    .put("since", IncidentsReport.time(other.sinceMillis())));
        }
        to.put("agreement", opinions.agreement().words()).put("nodes", nodes);
    }

    private static @Nullable Double moment(long nanos) {
        return nanos == Timings.NEVER ? null : Amount.millis(nanos);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
