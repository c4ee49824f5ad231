package dev.weir.balancer.backend;

import dev.weir.balancer.backend.BackendState.Health;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backends of one pool and what is known of them. Turns every change into exactly one new {@link PoolSnapshot}.
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
    private final List<Consumer<? super Change>> listeners = new ArrayList<>();
    /** For backends with ejections: when the next one is forgotten. */
    private final Map<Backend, Long> forgetNanos = new HashMap<>();

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
        rejectDuplicates();
        Eligibility eligible = Eligibility.of(this.backends, rules, nanoClock.getAsLong());
        this.snapshot = new PoolSnapshot(1, this.backends, eligible, picker(eligible));
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

    /** Any thread. */
    public PoolSnapshot snapshot() {
        return snapshot;
    }

    /** From now on tells of every change, on the control context, after the snapshot that contains it is out. */
    public void listen(Consumer<? super Change> listener) {
        listeners.add(listener);
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
        List<Change> changes = new ArrayList<>(1);
        enter(backend, after, now, changes);
        if (!changes.isEmpty()) {
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
        // Its very first address does not make a backend a newcomer: all of the pool begin together.
        boolean back = wanted.usable() && !before.usable() && !before.unbegun();
        BackendState after = back ? wanted.since(now) : wanted;
        if (!after.equals(before)) {
            backend.state(after);
            changes.add(new Change(backend, before, after));
        }
    }

    /** Publishes, unless nothing has changed at all; then tells of it. */
    private void publish(long now, List<Change> changes) {
        PoolSnapshot before = snapshot;
        Eligibility eligible = Eligibility.of(backends, rules, now);
        boolean sameSet = eligible.equals(before.eligible());
        if (sameSet && changes.isEmpty()) {
            return;
        }
        Picker picker = sameSet ? before.picker() : picker(eligible); // one that stays keeps its turn
        snapshot = new PoolSnapshot(before.version() + 1, backends, sameSet ? before.eligible() : eligible, picker);
        for (Change change : changes) {
            for (Consumer<? super Change> listener : listeners) {
                tell(listener, change);
            }
        }
    }

    private void tell(Consumer<? super Change> listener, Change change) {
        try {
            listener.accept(change);
        } catch (RuntimeException bug) { // the state has changed, and the others have to know
            LOG.error("pool {}: a listener failed, which is a bug of the balancer", name, bug);
        }
    }

    private Picker picker(Eligibility eligible) {
        return eligible.tiers().isEmpty() ? Picker.EMPTY : pickers.apply(eligible);
    }
}
