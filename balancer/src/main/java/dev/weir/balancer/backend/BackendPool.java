package dev.weir.balancer.backend;

import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.failure.Maintenance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backends of one pool and what is known of them. Turns every change into exactly one new {@link PoolSnapshot}, and those
 * that come {@linkplain #together together} into one.
 *
 * <p>Threads: the control context alone calls; {@link #snapshot()} is for everybody.
 */
public final class BackendPool {
    /**
     * One backend's state changed.
     *
     * @param before never equal to {@code after}
     */
    public record Change(Backend backend, BackendState before, BackendState after) {}

    private static final Logger LOG = LoggerFactory.getLogger(BackendPool.class);

    /** A backend that was usable for so long has one ejection less to its name. */
    static final long FORGET_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final String name;
    private final List<Backend> backends;
    private final Set<Backend> members;
    private final Eligibility.Rules rules;
    private final Function<Eligibility, Picker> pickers;
    private final LongSupplier nanoClock;
    private final SharedLoad sharedLoad;
    private final List<Consumer<? super Change>> listeners = new ArrayList<>();
    private final List<Consumer<? super @Nullable Maintenance>> maintenanceListeners = new ArrayList<>();
    private final List<Runnable> roomListeners = new ArrayList<>();
    /** For backends with ejections: when the next one is forgotten. */
    private final Map<Backend, Long> forgetNanos = new HashMap<>();

    /** What operators want; null: nothing. */
    private @Nullable Maintenance announced;

    /** What has changed since {@link #together} began; null: each change is published by itself. */
    private @Nullable List<Change> gathered;

    private volatile PoolSnapshot snapshot;

    /**
     * Publishes the first snapshot.
     *
     * @param backends ids are unique
     * @param pickers makes the picker for a set that is not empty, on each change of the set or of a weight; an exception
     *     of it passes through, and the last snapshot stays
     * @param nanoClock never goes back
     */
    public BackendPool(
            String name,
            List<Backend> backends,
            Eligibility.Rules rules,
            Function<Eligibility, Picker> pickers,
            LongSupplier nanoClock) {
        this.name = name;
        this.backends = List.copyOf(backends);
        this.members = Set.copyOf(backends);
        this.rules = rules;
        this.pickers = pickers;
        this.nanoClock = nanoClock;
        this.sharedLoad = new SharedLoad(this.backends);
        rejectDuplicates();
        Eligibility eligible = Eligibility.of(this.backends, rules, nanoClock.getAsLong());
        this.snapshot = new PoolSnapshot(1, this.backends, eligible, picker(eligible), null);
    }

    private void rejectDuplicates() {
        Set<String> ids = new HashSet<>();
        for (Backend backend : backends) {
            if (!ids.add(backend.id())) {
                throw new IllegalArgumentException("pool " + name + " has two backends " + backend.id());
            }
        }
    }

    public String name() {
        return name;
    }

    /** All backends, usable or not. */
    public List<Backend> backends() {
        return backends;
    }

    /** Where to put what other nodes say of the load; for one thread of the caller's choice. */
    public SharedLoad sharedLoad() {
        return sharedLoad;
    }

    /** Any thread. */
    public PoolSnapshot snapshot() {
        return snapshot;
    }

    /** From now on tells of every change, on the control context, after the snapshot that contains it is out. */
    public void listen(Consumer<? super Change> listener) {
        listeners.add(listener);
    }

    /**
     * From now on tells when {@link PoolSnapshot#maintenance} changes, and of what it is then, on the control context, after the
     * snapshot that contains it is out.
     */
    public void listenToMaintenance(Consumer<? super @Nullable Maintenance> listener) {
        maintenanceListeners.add(listener);
    }

    /** From now on tells, on the control context, when a backend may take more requests than it could. */
    public void listenToRoom(Runnable listener) {
        roomListeners.add(listener);
    }

    /** The {@linkplain RequestLimit#share share} of a backend has grown. */
    public void shareGrew() {
        roomListeners.forEach(Runnable::run);
    }

    public void health(Backend backend, Health health) {
        change(backend, backend.state().with(health));
    }

    /** Other addresses, or news of those that there are. A backend without any is not usable. */
    public void addresses(Backend backend, Addresses addresses) {
        requireMember(backend);
        backend.addresses(addresses);
        change(backend, backend.state().addressed(!addresses.isEmpty()));
    }

    public void admin(Backend backend, BackendState.Admin admin) {
        change(backend, backend.state().with(admin));
    }

    /** @param weight 0 to {@link BackendState#MAX_WEIGHT}, or {@link BackendState#AS_CONFIGURED} */
    public void weight(Backend backend, int weight) {
        if (weight < BackendState.AS_CONFIGURED || weight > BackendState.MAX_WEIGHT) {
            throw new IllegalArgumentException(
                    "weight " + weight + " (expected: 0 to " + BackendState.MAX_WEIGHT + ")");
        }
        change(backend, backend.state().withWeight(weight));
    }

    /**
     * Closes the pool: nobody gets requests, whatever the state of the backends.
     *
     * @param wanted what clients are told; null: opens it again
     */
    public void maintenance(@Nullable Maintenance wanted) {
        announced = wanted;
        publish(nanoClock.getAsLong(), List.of());
    }

    /**
     * Takes a backend out until a time. For one that is out already the later end counts, and it is no further ejection.
     *
     * @param untilNanos on the pool's clock
     */
    public void eject(Backend backend, long untilNanos) {
        BackendState before = backend.state();
        if (!before.ejected()) {
            change(backend, before.ejected(untilNanos));
        } else if (untilNanos - before.ejectedUntilNanos() > 0) {
            change(backend, before.ejectedLonger(untilNanos));
        }
    }

    /**
     * Leaves a backend in that should be ejected, but gives it as few requests as possible until one of them succeeds. Nothing
     * changes for one that is out already.
     */
    public void spare(Backend backend) {
        if (!backend.state().ejected()) {
            change(backend, backend.state().spared(true));
        }
    }

    /** So many other balancer nodes took it out that this one does, too; or not any more. */
    public void shun(Backend backend, boolean shunned) {
        change(backend, backend.state().shunned(shunned));
    }

    /**
     * It came back from being out elsewhere, and this node did not know that it was out: it starts slowly here, too. Nothing
     * changes for one that came back here later, or is not usable.
     *
     * @param sinceNanos when, on the pool's clock
     */
    public void cameBack(Backend backend, long sinceNanos) {
        BackendState before = backend.state();
        boolean earlier = before.sinceNanos() == BackendState.FROM_START || before.sinceNanos() - sinceNanos < 0;
        if (before.usable() && earlier) {
            change(backend, before.since(sinceNanos));
        }
    }

    /**
     * Makes any number of changes one: there is a single new snapshot, and listeners hear of them after it is out. A snapshot
     * looks at all backends, and as many snapshots as there are backends would hold up the control context.
     *
     * @param changes calls this pool
     */
    public void together(Runnable changes) {
        if (gathered != null) {
            changes.run();
            return;
        }
        List<Change> all = new ArrayList<>();
        gathered = all;
        try {
            changes.run();
        } finally {
            gathered = null;
            if (!all.isEmpty()) {
                publish(nanoClock.getAsLong(), all);
            }
        }
    }

    /** Active checks find it up after it was down, and that ends an ejection too, if there is one. */
    public void recovered(Backend backend) {
        change(backend, backend.state().with(Health.UP).readmitted());
    }

    /** To be called about every 100 ms: ends ejections, trusts those again that answer, goes on with slow starts, forgets. */
    public void tick() {
        long now = nanoClock.getAsLong();
        List<Change> changes = new ArrayList<>();
        for (Backend backend : backends) {
            BackendState before = backend.state();
            BackendState after = before;
            if (before.ejected() && now - before.ejectedUntilNanos() >= 0) {
                after = before.readmitted();
            } else if (before.spared() && backend.stats().consecutiveFailures() == 0) {
                after = before.spared(false);
            } else if (before.ejections() > 0 && forgets(backend, now)) {
                after = before.withOneEjectionForgotten();
            }
            enter(backend, after, now, changes);
        }
        if (!changes.isEmpty() || snapshot.eligible().inSlowStart()) {
            publish(now, changes);
        }
    }

    /** Whether the backend was usable and well for long enough since its last ejection, or since one was forgotten. */
    private boolean forgets(Backend backend, long now) {
        long due = forgetNanos.computeIfAbsent(backend, first -> now + FORGET_NANOS);
        if (!backend.state().usable() || backend.state().spared()) {
            forgetNanos.put(backend, now + FORGET_NANOS);
            return false;
        }
        if (now - due < 0) {
            return false;
        }
        forgetNanos.remove(backend);
        return true;
    }

    private void change(Backend backend, BackendState after) {
        requireMember(backend);
        long now = nanoClock.getAsLong();
        List<Change> gathering = gathered;
        List<Change> changes = gathering == null ? new ArrayList<>(1) : gathering;
        enter(backend, after, now, changes);
        if (gathering == null && !changes.isEmpty()) {
            publish(now, changes);
        }
    }

    private void requireMember(Backend backend) {
        if (!members.contains(backend)) {
            throw new IllegalArgumentException("backend " + backend + " is not one of pool " + name);
        }
    }

    private static void enter(Backend backend, BackendState wanted, long now, List<Change> changes) {
        BackendState before = backend.state();
        boolean rested = backend.weight(before) == 0 && backend.weight(wanted) > 0;
        // Its very first address does not make a backend a newcomer: all of the pool begin together.
        boolean back = wanted.usable() && (!before.usable() || rested) && !before.unbegun();
        BackendState after = back ? wanted.since(now) : wanted;
        if (!after.equals(before)) {
            backend.state(after);
            changes.add(new Change(backend, before, after));
        }
    }

    /** Publishes, unless nothing has changed at all; then tells of it. */
    private void publish(long now, List<Change> changes) {
        PoolSnapshot before = snapshot;
        Eligibility eligible = announced == null ? Eligibility.of(backends, rules, now) : Eligibility.NONE;
        Maintenance maintenance = announced == null && isTakenOut(eligible) ? Maintenance.UNANNOUNCED : announced;
        boolean sameSet = eligible.equals(before.eligible());
        boolean sameWords = Objects.equals(maintenance, before.maintenance());
        if (sameSet && sameWords && changes.isEmpty()) {
            return;
        }
        Picker picker = sameSet ? before.picker() : picker(eligible); // one that stays keeps its turn
        snapshot = new PoolSnapshot(
                before.version() + 1, backends, sameSet ? before.eligible() : eligible, picker, maintenance);
        for (Change change : changes) {
            listeners.forEach(listener -> tell(listener, change));
        }
        if (!sameWords) {
            maintenanceListeners.forEach(listener -> tell(listener, maintenance));
        }
    }

    /** Whether nobody is left, and that is only the operators' doing: no backend that they want to be used is out. */
    private boolean isTakenOut(Eligibility eligible) {
        if (!eligible.tiers().isEmpty()) {
            return false;
        }
        boolean any = false;
        for (Backend backend : backends) {
            boolean byOperators = backend.state().admin() != BackendState.Admin.ENABLED
                    || backend.state().weight() == 0;
            if (!byOperators && backend.weight() > 0) {
                return false;
            }
            any |= byOperators;
        }
        return any;
    }

    private <T extends @Nullable Object> void tell(Consumer<? super T> listener, T news) {
        try {
            listener.accept(news);
        } catch (RuntimeException bug) { // the state has changed, and the others have to know
            LOG.error("pool {}: a listener failed, which is a bug of the balancer", name, bug);
        }
    }

    private Picker picker(Eligibility eligible) {
        return eligible.tiers().isEmpty() ? Picker.EMPTY : pickers.apply(eligible);
    }
}
