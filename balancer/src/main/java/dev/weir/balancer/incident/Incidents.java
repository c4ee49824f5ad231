package dev.weir.balancer.incident;

import dev.weir.balancer.failure.IncidentId;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.incident.Dossier.Result;
import dev.weir.balancer.incident.Incident.Counts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What failed requests have in common: failures of one cause on one backend are one incident, until there is none for five
 * minutes. A client's own mistakes and leaving are no incidents, and no more is what operators want.
 *
 * <p>Threads: event loops {@linkplain #count count}; that looks up and adds, without a lock but for an incident's very first
 * failure, and counts exactly. {@link #tick} and all that reads belong on the control context.
 */
public final class Incidents {
    static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(5);

    static final int MAX_OPEN = 256;
    static final int MAX_CLOSED = 128;

    private final ConcurrentMap<IncidentKey, Tally> open = new ConcurrentHashMap<>();
    private final Deque<Tally> closed = new ArrayDeque<>();
    private final LongAdder opened = new LongAdder();
    private final LongAdder uncounted = new LongAdder();
    private final Changes changes;
    private final Function<String, PoolFacts> pools;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;

    /**
     * @param pools what is known of a pool, by name; called on the control context
     * @param nanoClock never goes back; thread-safe
     * @param random thread-safe
     */
    public Incidents(
            Changes changes, Function<String, PoolFacts> pools, LongSupplier nanoClock, RandomGenerator random) {
        this.changes = changes;
        this.pools = pools;
        this.nanoClock = nanoClock;
        this.random = random;
    }

    /** One more request that failed or was saved: counts for each backend that failed it, once for each cause. */
    public void count(Dossier dossier) {
        if (dossier.clientsFault() || dossier.result() == Result.CLIENT_LEFT) {
            return;
        }
        List<AttemptRecord> attempts = dossier.attempts();
        AttemptRecord lastFailed = null;
        for (int i = 0; i < attempts.size(); i++) {
            AttemptRecord attempt = attempts.get(i);
            if (attempt.failure() != null) {
                lastFailed = attempt;
                IncidentKey key = key(dossier, attempt);
                if (key != null && !counted(dossier, key, i)) {
                    count(key, dossier);
                }
            }
        }
        if (dossier.deliberate()) {
            return;
        }
        if (lastFailed == null || dossier.result() == Result.RELAYED || Diagnosis.isItsOwn(dossier, lastFailed)) {
            count(keyOfTheRest(dossier), dossier);
        }
    }

    /** For what no failed attempt explains. */
    private static IncidentKey keyOfTheRest(Dossier dossier) {
        if (dossier.result() == Result.RELAYED && !dossier.attempts().isEmpty()) {
            AttemptRecord answered = dossier.attempts().getLast();
            Answer answer = answered.answer();
            boolean wantsTls = answer != null && answer.wantsTls();
            return new IncidentKey(
                    dossier.pool(), answered.backend(), wantsTls ? Cause.SPEAKS_TLS : Cause.OWN_ERROR_STATUS);
        }
        ProxyError error = Objects.requireNonNullElse(dossier.error(), ProxyError.PROXY_INTERNAL_ERROR);
        return new IncidentKey(dossier.pool(), null, CauseFinder.of(error));
    }

    private static @Nullable IncidentKey key(Dossier dossier, AttemptRecord attempt) {
        Cause cause = CauseFinder.of(attempt, dossier.request());
        return cause == null ? null : new IncidentKey(dossier.pool(), attempt.backend(), cause);
    }

    private static boolean counted(Dossier dossier, IncidentKey key, int before) {
        for (int i = 0; i < before; i++) {
            if (key.equals(key(dossier, dossier.attempts().get(i)))) {
                return true;
            }
        }
        return false;
    }

    private void count(IncidentKey key, Dossier dossier) {
        long now = nanoClock.getAsLong();
        Tally tally = open.get(key);
        if (tally == null) {
            tally = opened(key, dossier, now);
        }
        if (tally == null) {
            uncounted.increment();
        } else {
            tally.count(dossier, now);
        }
    }

    private @Nullable Tally opened(IncidentKey key, Dossier dossier, long now) {
        if (open.size() >= MAX_OPEN) {
            return null;
        }
        Tally fresh = new Tally(IncidentId.create(random, dossier.epochMillis()), key, dossier, now);
        Tally earlier = open.putIfAbsent(key, fresh);
        if (earlier != null) {
            return earlier;
        }
        opened.increment();
        return fresh;
    }

    /** To be called about once a second: closes incidents that went quiet, and keeps what had changed before new ones. */
    public void tick() {
        long now = nanoClock.getAsLong();
        for (Tally tally : open.values()) {
            tally.keepChanges(changes);
            if (now - tally.lastNanos() >= QUIET_NANOS && open.remove(tally.key(), tally)) {
                closed.addFirst(tally);
            }
        }
        while (closed.size() > MAX_CLOSED) {
            closed.removeLast();
        }
    }

    /** Incidents that are open. Any thread. */
    public int open() {
        return open.size();
    }

    /** Incidents so far. Any thread. */
    public long total() {
        return opened.sum();
    }

    /** Failures that belong to no incident because there were too many different ones at a time. Any thread. */
    public long uncounted() {
        return uncounted.sum();
    }

    /** All that are open, and the last ones that are not; that with the newest failure first. */
    public List<Incident> newestFirst() {
        List<Tally> all = all();
        all.sort(Comparator.<Tally>comparingLong(tally -> tally.latest().epochMillis())
                .reversed()
                .thenComparing(Tally::id));
        return all.stream().map(this::incident).toList();
    }

    /** @param id of an incident; null is returned if there is none, or not any more */
    public @Nullable Incident find(String id) {
        for (Tally tally : all()) {
            if (tally.id().equals(id)) {
                return incident(tally);
            }
        }
        return null;
    }

    private List<Tally> all() {
        List<Tally> all = new ArrayList<>(open.values());
        all.addAll(closed);
        return all;
    }

    /** The incidents that a request belongs to. */
    public List<Incident> of(Dossier dossier) {
        return all().stream()
                .filter(tally -> belongs(dossier, tally))
                .map(this::incident)
                .toList();
    }

    private static boolean belongs(Dossier dossier, Tally tally) {
        if (dossier.epochMillis() < tally.first().epochMillis()
                || dossier.epochMillis() > tally.latest().epochMillis()) {
            return false;
        }
        return tally.key().equals(keyOfTheRest(dossier))
                || dossier.attempts().stream().anyMatch(attempt -> tally.key().equals(key(dossier, attempt)));
    }

    /** What is to be said of a request, with what is known of its pool. */
    public Diagnosis diagnosis(Dossier dossier) {
        return Diagnosis.of(dossier, facts(dossier.pool()));
    }

    /** What is known of a pool; null: of none. */
    public PoolFacts facts(@Nullable String pool) {
        return pool == null ? PoolFacts.unknown("(none)") : pools.apply(pool);
    }

    private Incident incident(Tally tally) {
        IncidentKey key = tally.key();
        PoolFacts facts = facts(key.pool());
        Set<String> culprits = culprits(key);
        Map<String, String> shared =
                key.backend() == null ? Map.of() : Culprits.sharedLabels(facts.members(), culprits);
        Dossier latest = tally.latest();
        return new Incident(
                tally.id(),
                key.pool(),
                key.backend(),
                open.get(key) == tally,
                tally.first().epochMillis(),
                latest.epochMillis(),
                new Counts(
                        tally.count(Result.FAILED),
                        tally.count(Result.CUT),
                        tally.count(Result.SAVED),
                        tally.count(Result.RELAYED)),
                tally.routes(),
                tally.dossiers(),
                culprits.size(),
                facts.members().size(),
                shared,
                tally.before(changes),
                key.backend() == null
                        ? List.of()
                        : changes.after(key.pool(), key.backend(), tally.first().epochMillis()),
                latest,
                diagnosis(key, latest, facts, culprits.size()));
    }

    /** Backends of the pool with an open incident of the same cause. */
    private Set<String> culprits(IncidentKey key) {
        Set<String> culprits = new HashSet<>();
        if (key.backend() != null) {
            culprits.add(key.backend());
        }
        for (IncidentKey other : open.keySet()) {
            if (other.cause() == key.cause() && Objects.equals(other.pool(), key.pool()) && other.backend() != null) {
                culprits.add(other.backend());
            }
        }
        return culprits;
    }

    private static Diagnosis diagnosis(IncidentKey key, Dossier dossier, PoolFacts facts, int alike) {
        for (int i = dossier.attempts().size() - 1; i >= 0; i--) {
            AttemptRecord attempt = dossier.attempts().get(i);
            if (key.equals(key(dossier, attempt))) {
                return Diagnosis.of(dossier, attempt, facts, alike);
            }
        }
        return key.backend() == null ? OwnFindings.of(dossier, facts) : Diagnosis.of(dossier, facts);
    }
}
