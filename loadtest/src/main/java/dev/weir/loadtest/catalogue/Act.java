package dev.weir.loadtest.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.StreamSupport;

/** One case on one balancer process: what was found, and what of it is wrong. Clients of a play may send at once. */
final class Act {
    private final Case scene;
    private final Place place;
    private final Cast cast;
    private final Balancer weir;
    private final Map<Finding, String> findings = new EnumMap<>(Finding.class);
    // Some plays have several clients at once, and one that is late may still add while the rest is judged.
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    private final List<Shot> shots = new CopyOnWriteArrayList<>();

    Act(Case scene, Place place, Cast cast, Balancer weir) {
        this.scene = scene;
        this.place = place;
        this.cast = cast;
        this.weir = weir;
    }

    Case scene() {
        return scene;
    }

    Place place() {
        return place;
    }

    Cast cast() {
        return cast;
    }

    Balancer weir() {
        return weir;
    }

    /** @throws IllegalStateException if the case has none */
    Expected expected() {
        return Objects.requireNonNull(scene.expected(), scene.name() + " expects nothing");
    }

    Pool pool(String suffix) {
        return cast.pools().stream()
                .filter(pool -> pool.name().endsWith(suffix))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no pool " + suffix + " in " + cast.pools()));
    }

    Visitor visitor(String poolSuffix) {
        return new Visitor(weir.traffic(), pool(poolSuffix).name());
    }

    // ---- doing

    Shot send(Visitor visitor, Request request) throws IOException {
        Reply reply = visitor.send(request);
        Shot shot = new Shot(request, reply, weir.accessLine(visitor.lastToken()));
        shots.add(shot);
        return shot;
    }

    /** The same until it succeeds or the time is over; the last one. */
    Shot sendUntil(int status, Visitor visitor, Request request, Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        Shot shot = send(visitor, request);
        while (!shot.reply().isWhole(status) && System.nanoTime() - end < 0) {
            Deadline.await(Duration.ofMillis(100), () -> false);
            shot = send(visitor, request);
        }
        return shot;
    }

    /** What the balancer knows of a pool's first backend that is no partner. */
    JsonNode culprit(String poolSuffix) {
        Pool pool = pool(poolSuffix);
        String id = pool.members().getFirst().address();
        return StreamSupport.stream(weir.pool(pool.name()).path("backends").spliterator(), false)
                .filter(backend -> backend.path("id").asText().startsWith(id))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no backend " + id + " in " + pool.name()));
    }

    // ---- judging

    void found(Finding finding, String what) {
        findings.merge(finding, what, (before, after) -> before.contains(after) ? before : before + "; " + after);
    }

    void expect(String what, Object wanted, Object got) {
        if (!wanted.equals(got)) {
            wrong(what + ": expected " + wanted + ", got " + got);
        }
    }

    void expect(String what, boolean condition, String otherwise) {
        if (!condition) {
            wrong(what + ": " + otherwise);
        }
    }

    void wrong(String what) {
        wrong.add(what);
    }

    /** A backend's whole answer with this status. */
    void expectAnswer(String what, int status, Shot shot) {
        expect(what, Integer.toString(status), shot.reply().summary().replaceAll("^(1\\d\\d,)+", ""));
        expect(what + ", error in the log", "", shot.error());
    }

    /** An answer that one of the backends of the fault library gave in good health. */
    void expectGreeting(String what, String who, Shot shot) {
        expectAnswer(what, 200, shot);
        expect(what + ", body", who + " is well\n", shot.reply().body());
    }

    /** Neither is the culprit ejected, nor does any failure count against it. */
    void expectNobodyEjected(String poolSuffix) {
        JsonNode backend = culprit(poolSuffix);
        boolean spared = backend.path("ejections").asInt() == 0
                && backend.path("consecutive_failures").asInt() == 0;
        found(Finding.EJECTED, spared ? "no" : "yes");
        expect("ejected", spared, "not expected, but failures count: " + backend);
    }

    String partner() {
        return place.partner().fault().id();
    }

    Map<Finding, String> findings() {
        return findings;
    }

    List<String> wrongs() {
        return wrong;
    }

    List<Shot> shots() {
        return shots;
    }
}
