package dev.weir.loadtest.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.loadtest.process.Deadline;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.StreamSupport;

/** One case on one balancer process: what was found, and what of it is wrong. Clients of a play may send at once. */
final class Act {
    private static final Duration SOON = Duration.ofSeconds(3);

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
        return visitor(weir.traffic(), poolSuffix);
    }

    /** @param listener of the balancer */
    Visitor visitor(InetSocketAddress listener, String poolSuffix) {
        return new Visitor(
                listener,
                pool(poolSuffix).name(),
                what -> wrong("came, and belongs to no answer (" + poolSuffix + "): " + what));
    }

    // ---- doing

    Shot send(Visitor visitor, Request request) throws IOException {
        Reply reply = visitor.send(request);
        boolean nothing =
                reply.status() == 0 && reply.ending() != Reply.Ending.HANG; // then there may be no line either
        Shot shot = new Shot(request, reply, nothing ? Optional.empty() : weir.accessLine(visitor.lastToken()));
        shots.add(shot);
        expectLogged(shot);
        return shot;
    }

    /** Whoever got an answer, or a part of one, is in the access log, and with the same status. */
    private void expectLogged(Shot shot) {
        int status = shot.reply().status();
        if (status != 0) {
            String logged =
                    shot.line().map(AccessLine::status).map(String::valueOf).orElse("no line");
            expect("access log", Integer.toString(status), logged);
        }
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
                .filter(backend -> backend.path("id").asText().equals(id))
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

    /** A backend's answer, whole and unspoilt. */
    void expectAnswer(String what, Wanted wanted, Shot shot) {
        expect(what + ", end", Reply.Ending.WHOLE, shot.reply().ending());
        wanted.differences(shot.reply()).forEach(difference -> wrong(what + ", " + difference));
        expect(what + ", error in the log", "", shot.error());
    }

    /** An answer of the balancer itself, whole. */
    void expectRefusal(String what, int status, String type, Shot shot) {
        expect(what + ", end", Reply.Ending.WHOLE, shot.reply().ending());
        OwnAnswer.differences(status, type, shot.reply()).forEach(difference -> wrong(what + ", " + difference));
        expect(what + ", type in the log", type, shot.error());
    }

    /** What the culprit answers in good health. */
    void expectWell(String what, Shot shot) {
        expectAnswer(what, cast.well(), shot);
    }

    /** The partner's answer. */
    void expectPartner(String what, Shot shot) {
        expectAnswer(what, Wanted.greeting(place.partner().fault().id()), shot);
    }

    /** @param backends ids, in the order in which it was tried on them */
    void expectTried(String what, Shot shot, List<String> backends) {
        expect(what + ", tried on", backends, shot.backends());
    }

    String culpritId(String poolSuffix) {
        return pool(poolSuffix).members().getFirst().address();
    }

    String partnerId() {
        return place.partner().url().substring("http://".length());
    }

    /** What its backends did against the rules of HTTP, and was put right: those, and nothing else. */
    void expectViolations(String poolSuffix, Set<String> names) {
        Deadline.await(SOON, () -> violations(poolSuffix).equals(names));
        expect("violations that are counted, " + poolSuffix, names, violations(poolSuffix));
    }

    /** As {@link #expectViolations}, but for what is the one or the other, depending on how late the balancer reads it. */
    void expectSomeOf(String poolSuffix, Set<String> names) {
        Deadline.await(SOON, () -> !violations(poolSuffix).isEmpty());
        Set<String> counted = violations(poolSuffix);
        boolean right = !counted.isEmpty() && names.containsAll(counted);
        expect("violations that are counted, " + poolSuffix, right, "expected some of " + names + ", got " + counted);
    }

    private Set<String> violations(String poolSuffix) {
        String pool = "pool=\"" + pool(poolSuffix).name() + "\"";
        return weir.metrics()
                .by("violation", "weir_backend_violations_total", pool)
                .keySet();
    }

    /** Neither is the culprit ejected, nor does any failure count against it. */
    void expectNobodyEjected(String poolSuffix) {
        JsonNode backend = culprit(poolSuffix);
        boolean spared = backend.path("ejections").asInt(-1) == 0
                && backend.path("consecutive_failures").asInt(-1) == 0;
        found(Finding.EJECTED, spared ? "no" : "yes");
        expect("ejected", spared, "not expected, but failures count: " + backend);
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
