package dev.weir.balancer;

import dev.weir.balancer.doctor.AdminPort;
import dev.weir.balancer.incident.Amount;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The backend that a command is about, in each pool that has it. */
final class BackendTarget {
    private static final int MOST_NAMED = 20;

    @Parameters(index = "0", paramLabel = "BACKEND", description = "Its URL, or HOST:PORT.")
    @SuppressWarnings("NullAway.Init") // set by picocli before the command is called
    private String backend;

    @Option(names = "--pool", paramLabel = "POOL", description = "Only in this pool; by default, in each that has it.")
    private @Nullable String pool;

    @Option(names = "--json", description = "Prints how it is afterwards, as an array of one object for each pool.")
    private boolean json;

    private record Member(String pool, String backend, int inFlight) {}

    /**
     * @param requests of all nodes that are heard
     * @param cluster whether there may be others than the one that was asked
     */
    record InFlight(int requests, boolean cluster) {}

    /**
     * Asks for the same change in each pool, and prints what has come of it.
     *
     * @param axis the last segment of the path
     * @param body null: takes back
     * @param words of a backend afterwards, to follow its name
     */
    void change(AdminOption admin, String axis, @Nullable JsonObject body, Function<JsonObject, String> words)
            throws IOException, InterruptedException {
        JsonArray states = new JsonArray();
        for (Member member : targets(admin)) {
            String path = "/api/pools/" + encoded(member.pool) + "/backends/" + encoded(member.backend) + "/" + axis;
            String answer = admin.change(body == null ? "DELETE" : "PUT", path, body);
            if (!json) {
                admin.print(admin.read(answer, state -> line(state, words)));
            }
            JsonObject state = admin.read(answer, Function.identity());
            states.add(state);
            if (state.getValue("warning") instanceof String warning) {
                admin.warn(ExplainText.printable(warning));
            }
        }
        if (json) {
            admin.print(states.encodePrettily() + "\n");
        }
    }

    private static String line(JsonObject state, Function<JsonObject, String> words) {
        String line = "pool " + state.getString("pool") + ": " + state.getString("backend") + " " + words.apply(state)
                + "; " + Amount.count(state.getInteger("in_flight"), "request") + " in flight; "
                + Amount.count(state.getInteger("eligible_backends"), "backend") + " of the pool in use";
        return ExplainText.printable(line) + "\n";
    }

    /** Its requests in flight over those pools: on this balancer, and, as they said last, on the other nodes of its cluster. */
    InFlight inFlight(AdminOption admin) throws IOException, InterruptedException {
        List<Member> members = targets(admin);
        int here = members.stream().mapToInt(Member::inFlight).sum();
        AdminPort.Reply reply = admin.get("/api/cluster");
        if (reply.status() != 200) {
            throw admin.strange(reply);
        }
        return admin.read(
                reply.body(), answer -> new InFlight(here + elsewhere(answer, members), answer.getBoolean("enabled")));
    }

    private static int elsewhere(JsonObject answer, List<Member> members) {
        int inFlight = 0;
        for (Object each : answer.getJsonArray("backends", new JsonArray())) {
            JsonObject line = (JsonObject) each;
            boolean wanted = members.stream()
                    .anyMatch(member -> member.pool.equals(line.getString("pool"))
                            && member.backend.equals(line.getString("backend")));
            if (wanted) {
                inFlight += line.getJsonArray("others").stream()
                        .mapToInt(said -> ((JsonObject) said).getInteger("in_flight"))
                        .sum();
            }
        }
        return inFlight;
    }

    /** Never empty. */
    private List<Member> targets(AdminOption admin) throws IOException, InterruptedException {
        AdminPort.Reply reply = admin.get("/api/pools");
        if (reply.status() != 200) {
            throw admin.strange(reply);
        }
        List<Member> all = admin.read(reply.body(), BackendTarget::members);
        List<Member> wanted = all.stream()
                .filter(member -> pool == null || pool.equals(member.pool))
                .filter(member -> id().equalsIgnoreCase(member.backend))
                .toList();
        if (wanted.isEmpty()) {
            throw new IOException(ExplainText.printable(
                    "no backend " + id() + (pool == null ? "" : " in a pool " + pool) + "; there are " + names(all)));
        }
        return wanted;
    }

    private static List<Member> members(JsonObject answer) {
        List<Member> members = new ArrayList<>();
        for (Object each : answer.getJsonArray("pools")) {
            JsonObject one = (JsonObject) each;
            for (Object backend : one.getJsonArray("backends")) {
                JsonObject known = (JsonObject) backend;
                members.add(new Member(one.getString("name"), known.getString("id"), known.getInteger("in_flight")));
            }
        }
        return members;
    }

    private static String names(List<Member> all) {
        String first = all.stream()
                .limit(MOST_NAMED)
                .map(member -> member.pool + " " + member.backend)
                .collect(Collectors.joining(", "));
        return all.size() > MOST_NAMED ? first + ", and " + (all.size() - MOST_NAMED) + " more" : first;
    }

    static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** {@code host:port}, as balancers name it. */
    private String id() {
        String bare = backend.replaceFirst("^http://", "").replaceFirst("/$", "");
        return bare.matches("(\\[.*]|[^:]*):[0-9]{1,5}") ? bare : bare + ":80";
    }

    @Override
    public String toString() {
        return ExplainText.printable(id());
    }
}
