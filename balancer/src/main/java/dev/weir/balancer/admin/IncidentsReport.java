package dev.weir.balancer.admin;

import dev.weir.balancer.failure.IncidentId;
import dev.weir.balancer.incident.Change;
import dev.weir.balancer.incident.Diagnosis;
import dev.weir.balancer.incident.Dossier;
import dev.weir.balancer.incident.Dossiers;
import dev.weir.balancer.incident.Incident;
import dev.weir.balancer.incident.Incidents;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Incidents and single requests as JSON, the remedy first. Control context. */
final class IncidentsReport {
    /** Enough for any screen; whoever wants the others knows their ids. */
    static final int MAX_LISTED = 100;

    static final String UNKNOWN =
            ": it was long ago, or before the last start, or another balancer answered (the access log has it, too)";

    private final Dossiers dossiers;
    private final Incidents incidents;

    IncidentsReport(Dossiers dossiers, Incidents incidents) {
        this.dossiers = dossiers;
        this.incidents = incidents;
    }

    /** The newest ones. */
    JsonObject list() {
        List<Incident> all = incidents.newestFirst();
        JsonArray listed = new JsonArray();
        all.stream().limit(MAX_LISTED).forEach(incident -> listed.add(incident(incident)));
        return new JsonObject()
                .put("open", incidents.open())
                .put("total", incidents.total())
                .put("not_listed", Math.max(0, all.size() - MAX_LISTED))
                .put("not_counted", incidents.uncounted())
                .put("incidents", listed);
    }

    /**
     * One incident, or one request.
     *
     * @param text the id of either
     * @return null: nothing is known of it
     */
    @Nullable
    JsonObject find(String text) {
        String id = IncidentId.parse(text);
        if (id == null) {
            return null;
        }
        Dossier dossier = dossiers.find(id);
        if (dossier != null) {
            return request(dossier);
        }
        Incident incident = incidents.find(id);
        return incident == null ? null : incidentWithLatest(incident);
    }

    private JsonObject incidentWithLatest(Incident incident) {
        JsonObject json = incident(incident);
        return json.put("latest", DossierJson.of(incident.latest()))
                .put("pool_now", DossierJson.members(incidents.facts(incident.pool())));
    }

    private JsonObject request(Dossier dossier) {
        JsonArray belongsTo = new JsonArray();
        incidents.of(dossier).forEach(incident -> belongsTo.add(incident(incident)));
        JsonObject json = diagnosis(incidents.diagnosis(dossier)).put("kind", "request");
        return json.mergeIn(DossierJson.of(dossier))
                .put("incidents", belongsTo)
                .put("pool_now", DossierJson.members(incidents.facts(dossier.pool())));
    }

    private static JsonObject diagnosis(Diagnosis diagnosis) {
        return new JsonObject()
                .put("remedy", diagnosis.remedy())
                .put("finding", diagnosis.finding())
                .put("line", diagnosis.line())
                .put("cause", diagnosis.cause().label())
                .put("blames", diagnosis.cause().blames().label());
    }

    private static JsonObject incident(Incident incident) {
        JsonArray requests = new JsonArray();
        incident.dossiers().forEach(requests::add);
        return diagnosis(incident.diagnosis())
                .put("kind", "incident")
                .put("id", incident.id())
                .put("open", incident.open())
                .put("pool", incident.pool())
                .put("backend", incident.backend())
                .put("first_seen", time(incident.firstMillis()))
                .put("last_seen", time(incident.lastMillis()))
                .put("count", incident.counts().total())
                .put("failed", incident.counts().failed())
                .put("cut", incident.counts().cut())
                .put("saved", incident.counts().saved())
                .put("relayed", incident.counts().relayed())
                .put("routes", new JsonObject(new LinkedHashMap<>(incident.routes())))
                .put("backends_alike", incident.culprits())
                .put("backends", incident.members())
                .put("shared_labels", new JsonObject(Map.copyOf(incident.sharedLabels())))
                .put("changed_before", changes(incident.before()))
                .put("changed_after", changes(incident.after()))
                .put("requests", requests);
    }

    private static JsonArray changes(List<Change> changes) {
        JsonArray array = new JsonArray();
        changes.forEach(change -> array.add(
                new JsonObject().put("time", time(change.epochMillis())).put("what", change.line())));
        return array;
    }

    static String time(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
