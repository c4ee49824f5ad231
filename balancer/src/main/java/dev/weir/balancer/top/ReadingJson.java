package dev.weir.balancer.top;

import dev.weir.balancer.top.Reading.BackendSeen;
import dev.weir.balancer.top.Reading.Bucket;
import dev.weir.balancer.top.Reading.NodeSeen;
import dev.weir.balancer.top.Reading.PoolSeen;
import dev.weir.balancer.top.Reading.Saying;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a reading of the admin port's answers. */
public final class ReadingJson {
    private static final Map<String, String> AGREEMENTS = Map.of(
            "well", "well",
            "down everywhere", "everywhere",
            "down only from here", "only here",
            "down here, and no other node knows", "here",
            "split", "split");

    private ReadingJson() {}

    /**
     * @param pools answer of {@code /api/pools}
     * @param cluster answer of {@code /api/cluster}
     * @param obstacle why {@code /readyz} is not 200; null: it is
     * @throws ClassCastException or NullPointerException if these are not the answers of this version's admin port
     */
    public static Reading read(
            JsonObject pools, JsonObject cluster, @Nullable String obstacle, long nanos, Instant time) {
        boolean clustered = cluster.getBoolean("enabled");
        Map<String, JsonObject> said = new HashMap<>();
        objects(cluster, "backends")
                .forEach(line -> said.put(key(line.getString("pool"), line.getString("backend")), line));
        List<NodeSeen> nodes = objects(cluster, "nodes").map(ReadingJson::node).toList();
        String self = nodes.stream()
                .filter(NodeSeen::self)
                .map(NodeSeen::id)
                .findFirst()
                .orElse("");
        Comparator<NodeSeen> order = Comparator.comparing((NodeSeen node) -> !node.self())
                .thenComparing(NodeSeen::name)
                .thenComparing(NodeSeen::id);
        return new Reading(
                nanos,
                time,
                obstacle == null ? null : printable(obstacle),
                clustered ? printable(cluster.getString("link")) : null,
                nodes.stream().sorted(order).toList(),
                objects(pools, "pools").map(pool -> pool(pool, self, said)).toList());
    }

    private static NodeSeen node(JsonObject node) {
        return new NodeSeen(
                printable(node.getString("id")),
                printable(node.getString("name")),
                node.getBoolean("self"),
                printable(node.getString("state")),
                node.getBoolean("ready"),
                node.getBoolean("suspects_itself"),
                node.getBoolean("same_configuration"),
                node.getLong("age_ms"),
                node.getInteger("in_flight"),
                node.getInteger("requests_per_second"));
    }

    private static PoolSeen pool(JsonObject pool, String self, Map<String, JsonObject> said) {
        String name = pool.getString("name");
        JsonObject requests = pool.getJsonObject("requests");
        List<BackendSeen> backends = new ArrayList<>();
        objects(pool, "backends")
                .forEach(backend -> backends.add(backend(backend, self, said.get(key(name, backend.getString("id"))))));
        return new PoolSeen(
                printable(name),
                closed(pool.getJsonObject("maintenance")),
                requests.getLong("failed"),
                requests.getLong("saved"),
                requests.getLong("queued"),
                objects(requests, "durations").map(ReadingJson::bucket).toList(),
                backends);
    }

    private static Bucket bucket(JsonObject bucket) {
        Double bound = bucket.getDouble("up_to_s");
        return new Bucket(bound == null ? Double.POSITIVE_INFINITY : bound, bucket.getLong("count"));
    }

    private static @Nullable String closed(@Nullable JsonObject maintenance) {
        if (maintenance == null || maintenance.getString("message") == null) {
            return null; // without a message it is open, but has no backend
        }
        String until = maintenance.getString("until");
        return printable((until == null ? "" : "until " + until + ": ") + maintenance.getString("message"));
    }

    /** @param line what the nodes say of it; null: nothing */
    private static BackendSeen backend(JsonObject backend, String self, @Nullable JsonObject line) {
        List<Saying> others = line == null
                ? List.of()
                : objects(line, "others")
                        .map(other -> saying(other.getString("id"), other))
                        .toList();
        String agreement = line == null ? "" : AGREEMENTS.getOrDefault(line.getString("agreement"), "");
        String state = state(backend);
        return new BackendSeen(
                printable(backend.getString("id")),
                backend.getInteger("weight"),
                backend.getInteger("configured_weight"),
                printable(backend.getString("admin")),
                printable(state),
                trouble(backend, state, agreement),
                backend.getInteger("in_flight"),
                sum(backend.getJsonObject("responses")),
                sum(backend.getJsonObject("failures")),
                backend.getLong("latency_us"),
                agreement,
                line == null ? null : saying(self, line.getJsonObject("here")),
                others);
    }

    private static Saying saying(String node, JsonObject report) {
        return new Saying(
                node, printable(report.getString("opinion")), report.getInteger("in_flight"), report.getLong("for_ms"));
    }

    /** What is worst first. */
    private static String state(JsonObject backend) {
        String admin = backend.getString("admin");
        if (!admin.equals("enabled")) {
            return admin;
        }
        if (backend.getString("health").equals("down")) {
            return "down";
        }
        if (backend.getBoolean("ejected")) {
            return "ejected";
        }
        if (backend.getBoolean("shunned")) {
            return "shunned";
        }
        if (backend.getJsonArray("addresses").isEmpty()) {
            return "no address";
        }
        if (backend.getBoolean("spared") || backend.getInteger("consecutive_failures") > 0) {
            return "failing";
        }
        return backend.getString("health").equals("up") ? "up" : "in use";
    }

    private static Trouble trouble(JsonObject backend, String state, String agreement) {
        if (!backend.getString("admin").equals("enabled")) {
            return Trouble.WANTED;
        }
        if (!backend.getBoolean("usable")) {
            return Trouble.BAD;
        }
        boolean doubtful = state.equals("failing") || !(agreement.isEmpty() || agreement.equals("well"));
        return doubtful ? Trouble.DOUBTFUL : Trouble.NONE;
    }

    private static long sum(JsonObject counters) {
        long sum = 0;
        for (String name : counters.fieldNames()) {
            sum += counters.getLong(name);
        }
        return sum;
    }

    private static String key(String pool, String backend) {
        return pool + "\n" + backend;
    }

    private static Stream<JsonObject> objects(JsonObject of, String key) {
        JsonArray array = of.getJsonArray(key);
        return array == null ? Stream.empty() : array.stream().map(JsonObject.class::cast);
    }

    /** Names and messages from outside must not command the terminal. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}\\x80-\\x9f]", "?");
    }
}
