package dev.weir.balancer.admin;

import dev.weir.balancer.peers.Census;
import dev.weir.balancer.peers.NodeReport;
import dev.weir.balancer.peers.Presence;
import dev.weir.balancer.peers.Report;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All nodes, and what each says of the backends, as JSON. */
public final class ClusterReport {
    private final @Nullable Supplier<Future<Census>> census;
    private final Supplier<String> link;

    /**
     * @param census what is known now; null: no cluster is configured
     * @param link how this node is connected to the others
     */
    public ClusterReport(@Nullable Supplier<Future<Census>> census, Supplier<String> link) {
        this.census = census;
        this.link = link;
    }

    Future<JsonObject> json() {
        JsonObject json = new JsonObject().put("enabled", census != null).put("link", link.get());
        return census == null ? Future.succeededFuture(json) : census.get().map(known -> fill(json, known));
    }

    private static JsonObject fill(JsonObject json, Census census) {
        JsonArray nodes = new JsonArray().add(node(census.self()).put("self", true));
        census.others().forEach(other -> nodes.add(node(other).put("self", false)));
        JsonArray backends = new JsonArray();
        census.backends().forEach(line -> backends.add(backend(line)));
        return json.put("nodes", nodes).put("backends", backends);
    }

    private static JsonObject node(Census.Member member) {
        NodeReport report = member.report();
        return new JsonObject()
                .put("id", member.id().toString())
                .put("name", member.name())
                .put("present", member.presence() == Presence.FRESH)
                .put("state", lower(member.presence()))
                .put("age_ms", TimeUnit.NANOSECONDS.toMillis(member.ageNanos()))
                .put("same_configuration", member.sameConfiguration())
                .put("ready", report.ready())
                .put("suspects_itself", report.suspectsItself())
                .put("in_flight", report.inFlight())
                .put("requests_per_second", report.requestsPerSecond());
    }

    private static JsonObject backend(Census.Line line) {
        JsonArray others = new JsonArray();
        for (Census.Said said : line.others()) {
            others.add(report(said.report())
                    .put("id", said.id().toString())
                    .put("node", said.node())
                    .put("for_ms", TimeUnit.NANOSECONDS.toMillis(said.forNanos())));
        }
        return new JsonObject()
                .put("pool", line.pool())
                .put("backend", line.backend())
                .put("agreement", line.agreement().words())
                .put("checked_here", line.checkedHere())
                .put("here", report(line.own()).put("for_ms", TimeUnit.NANOSECONDS.toMillis(line.ownForNanos())))
                .put("others", others);
    }

    private static JsonObject report(Report report) {
        return new JsonObject()
                .put("opinion", lower(report.opinion()))
                .put("says", report.opinion().words())
                .put("check", lower(report.check()))
                .put("traffic", lower(report.traffic()))
                .put("in_flight", report.inFlight())
                .put("latency_us", report.latencyMicros());
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
