package dev.weir.balancer.health;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendPool.Change;
import dev.weir.balancer.backend.BackendState;
import dev.weir.balancer.config.PassiveHealthConfig;
import dev.weir.balancer.failure.ProxyError;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Ejects backends that fail real requests: so many failures in a row that the backend is to blame for take it out for a
 * while, longer each time ({@link BackendPool} forgets old ejections). Never the last usable one, and never more than a share
 * of the pool, so that a fault that hits all backends alike does not empty it; and nobody while there is no way to anybody. Who is
 * spared for that gets as few requests as possible ({@link BackendPool#spare}), and is judged again after as many failures.
 *
 * <p>When a backend comes back, the count starts afresh, as Envoy does it: a backend on trial for its next single failure would go
 * out again for a kept-alive connection that closed at the wrong moment, while a backend that is still broken is found out
 * after as few requests as the first time, and those are retried elsewhere.
 *
 * <p>Threads: {@link #failed} on any event loop; it neither locks nor, but for a crossing, allocates. Decisions are made on the
 * control context.
 */
public final class OutlierDetector {
    private final BackendPool pool;
    private final PassiveHealthConfig config;
    private final Executor control;
    private final LongSupplier nanoClock;
    private final Listener listener;

    /** Hears of decisions, on the control context. */
    public interface Listener {
        /** @param error the failure that filled the row */
        void ejected(Backend backend, ProxyError error, Duration time);

        /** The backend deserved it, but too few would have been left. */
        void notEnforced(Backend backend, ProxyError error);
    }

    /**
     * Control context.
     *
     * @param control runs tasks on the control context
     * @param nanoClock the pool's
     */
    public OutlierDetector(
            BackendPool pool, PassiveHealthConfig config, Executor control, LongSupplier nanoClock, Listener listener) {
        this.pool = pool;
        this.config = config;
        this.control = control;
        this.nanoClock = nanoClock;
        this.listener = listener;
        pool.listen(OutlierDetector::startAfresh);
    }

    private static void startAfresh(Change change) {
        if (!change.before().usable() && change.after().usable()) {
            change.backend().stats().startAfresh();
        }
    }

    /** An attempt failed. Without effect if that is not the backend's fault. */
    public void failed(Backend backend, ProxyError error) {
        if (!error.blamesBackend()) {
            return;
        }
        if (error == ProxyError.CONNECTION_TIMEOUT) {
            backend.stats().foundSilent(nanoClock.getAsLong());
        }
        int row = backend.stats().failed();
        int most = config.consecutiveFailures();
        if (most > 0 && row % most == 0) {
            control.execute(() -> judge(backend, error));
        }
    }

    private void judge(Backend backend, ProxyError error) {
        if (backend.stats().consecutiveFailures() < config.consecutiveFailures()) {
            return; // it has answered since
        }
        if (!backend.state().usable()) {
            return; // out already: these are the last of its requests
        }
        if (isWayThere(backend)) {
            return;
        }
        if (!mayEject(backend)) {
            pool.spare(backend);
            listener.notEnforced(backend, error);
            return;
        }
        Duration time = time(backend.state().ejections());
        pool.eject(backend, nanoClock.getAsLong() + time.toNanos());
        listener.ejected(backend, error, time);
    }

    /** Whether it is rather this node, or the way from it, than the backend: others cannot be reached either. */
    private boolean isWayThere(Backend backend) {
        long now = nanoClock.getAsLong();
        List<Backend> all = pool.backends();
        return all.stream().allMatch(each -> each.stats().hasNoRoute(now))
                || (backend.stats().isSilent(now) && nobodyAnswers(backend, now));
    }

    /** Others are silent, too, and none has answered since the candidate is. */
    private boolean nobodyAnswers(Backend candidate, long now) {
        long since = candidate.stats().silentSinceNanos();
        boolean alike = false;
        for (Backend other : pool.backends()) {
            if (other == candidate) {
                continue;
            }
            if (other.stats().latency().sampledAfter(since)) {
                return false;
            }
            alike |= other.stats().isSilent(now) || other.stats().hasNoRoute(now);
        }
        return alike;
    }

    /** Whether the pool can do without a backend: not without the last, and not without more than the configured share. */
    private boolean mayEject(Backend candidate) {
        int serving = 0;
        int ejected = 0;
        boolean othersLeft = false;
        for (Backend backend : pool.backends()) {
            if (backend.weight() == 0) {
                continue; // gets nothing, and so takes nobody's place
            }
            serving++;
            BackendState state = backend.state();
            if (state.ejected() || (state.shunned() && state.usableButForOthers())) {
                ejected++;
            } else if (backend != candidate && state.usable()) {
                othersLeft = true;
            }
        }
        return othersLeft && mayBeOneMore(ejected, serving);
    }

    private boolean mayBeOneMore(int ejected, int serving) {
        return ejected == 0 || ejected + 1 <= most(serving);
    }

    /**
     * Which of the backends that other nodes took out may be out here, too, by the same rules: first come, first out, and after
     * all that are ejected here. One that is out for another reason, or gets nothing, takes nobody's place. Control context.
     *
     * @param unwanted in the order in which they were taken out
     */
    public Set<Backend> dispensable(Collection<Backend> unwanted) {
        int serving = 0;
        int ejected = 0;
        int left = 0;
        for (Backend backend : pool.backends()) {
            if (backend.weight() > 0) {
                serving++;
                ejected += backend.state().ejected() ? 1 : 0;
                left += backend.state().usableButForOthers() ? 1 : 0;
            }
        }
        Set<Backend> dispensable = new HashSet<>();
        for (Backend backend : unwanted) {
            if (backend.weight() == 0 || !backend.state().usableButForOthers()) {
                dispensable.add(backend);
            } else if (left > 1 && mayBeOneMore(ejected, serving)) {
                dispensable.add(backend);
                ejected++;
                left--;
            }
        }
        return dispensable;
    }

    /** Rounded down; the tiny addend makes 29 % of 100 backends 29, which doubles put just below. */
    private int most(int backends) {
        return (int) (config.maxEjected() * backends + 1e-9);
    }

    /** @param before ejections that still count */
    private Duration time(int before) {
        long base = config.baseEjection().toNanos();
        long max = config.maxEjection().toNanos();
        long times = before + 1L;
        return Duration.ofNanos(times > max / base ? max : times * base); // compared so that nothing overflows
    }
}
