package dev.weir.balancer.health;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.backend.BackendState.Health;
import dev.weir.balancer.config.ActiveHealthConfig;
import dev.weir.balancer.node.LoopClock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Checks every backend of a pool again and again, and tells the pool when one goes up or down. One that operators disabled is
 * left alone: it keeps the health that it had.
 *
 * <p>A backend that was down and comes up is also freed from an ejection: something over there has changed, so what real
 * requests met before is out of date. One that passed its checks all the while is not. Envoy lets any passed check end an
 * ejection ({@code successful_active_health_check_uneject_host}), and so the very backends that ejection is for come back
 * within an interval: those whose health page works while their requests fail.
 *
 * <p>Threads: everything happens on the control context; {@link #start} and {@link #stop} may be called anywhere.
 */
public final class ActiveHealthChecks {
    /** With many backends the first checks are spread so that not all of them connect within the same moment. */
    private static final long SPREAD_NANOS_PER_BACKEND = TimeUnit.MILLISECONDS.toNanos(2);

    private final Context control;
    private final BackendPool pool;
    private final ActiveHealthConfig config;
    private final RandomGenerator random;
    private final LoopClock clock;
    private final BooleanSupplier ranOut;
    private final Listener listener;
    private final Map<Backend, Checked> checked = new HashMap<>();
    private boolean stopped;

    /** One backend's verdict, and the loop that finds it out; null: others do, and tell. */
    private static final class Checked {
        private final HealthPolicy policy;
        private @Nullable CheckLoop loop;

        private Checked(HealthPolicy policy) {
            this.policy = policy;
        }
    }

    /** Hears of every check, for metrics and logs. On the control context, before the pool hears of a change. */
    @FunctionalInterface
    public interface Listener {
        void checked(Backend backend, CheckResult result, long durationNanos);
    }

    /**
     * @param random used on the control context only
     * @param clock of the control context, which ticks it
     * @param ranOut whether this node had no descriptors left a moment ago
     */
    public ActiveHealthChecks(
            Context control,
            BackendPool pool,
            ActiveHealthConfig config,
            RandomGenerator random,
            LoopClock clock,
            BooleanSupplier ranOut,
            Listener listener) {
        this.control = control;
        this.pool = pool;
        this.config = config;
        this.random = random;
        this.clock = clock;
        this.ranOut = ranOut;
        this.listener = listener;
    }

    /** Begins at once. Once only. */
    public void start() {
        control.runOnContext(ignored -> {
            if (stopped) {
                return;
            }
            for (Backend backend : pool.backends()) {
                Checked each = new Checked(new HealthPolicy(config.rise(), config.fall()));
                checked.put(backend, each);
                begin(backend, each);
            }
        });
    }

    private void begin(Backend backend, Checked each) {
        CheckLoop loop = loop(backend, each.policy);
        each.loop = loop;
        long spread = Math.min(
                config.interval().toNanos(),
                SPREAD_NANOS_PER_BACKEND * pool.backends().size());
        loop.start(random.nextLong(spread));
    }

    /**
     * Checks a backend, or leaves that to other nodes from now on; the verdict stays until there is another one. Control
     * context; before the start it does nothing.
     */
    public void probe(Backend backend, boolean wanted) {
        Checked each = checked.get(backend);
        if (each == null || stopped || wanted == (each.loop != null)) {
            return;
        }
        CheckLoop loop = each.loop;
        if (loop == null) {
            begin(backend, each);
        } else {
            each.loop = null;
            backend.checkedHere(false);
            loop.stop();
        }
    }

    /** Other nodes have checked a backend that this one does not check. Control context. */
    public void told(Backend backend, Health verdict) {
        Checked each = checked.get(backend);
        if (each != null && each.loop == null && !stopped) {
            Health before = each.policy.health();
            each.policy.take(verdict);
            enter(backend, before, verdict);
        }
    }

    private CheckLoop loop(Backend backend, HealthPolicy policy) {
        BooleanSupplier wanted = () -> backend.state().admin() != Admin.DISABLED;
        return new CheckLoop(
                control.owner(), check(backend), config, random, clock, wanted, ranOut, (result, nanos) -> {
                    listener.checked(backend, result, nanos);
                    judge(backend, policy, result);
                });
    }

    private HealthCheck check(Backend backend) {
        Vertx vertx = control.owner();
        Integer other = config.port();
        Targets targets =
                new Targets(backend, other == null ? backend.endpoint().port() : other);
        String path = config.path();
        return path == null
                ? new TcpCheck(vertx, targets, config.timeout())
                : new HttpCheck(vertx, targets, config, path);
    }

    private void judge(Backend backend, HealthPolicy policy, CheckResult result) {
        if (result.verdict() == CheckResult.Verdict.INCONCLUSIVE) {
            backend.checkedHere(false); // what was found before may have changed since
            return;
        }
        Health before = policy.health();
        Health after = policy.record(result.passed());
        enter(backend, before, after);
        if (result.passed() == (after == Health.UP)) { // else it is still the verdict that others found
            backend.checkedHere(true);
        }
    }

    private void enter(Backend backend, Health before, Health after) {
        if (before == Health.DOWN && after == Health.UP) {
            pool.recovered(backend);
        } else if (after != before) {
            pool.health(backend, after);
        }
    }

    /**
     * Ends all checks, running ones too. No result is told and no backend changes afterwards.
     *
     * @return once all connections are closed
     */
    public Future<Void> stop() {
        Promise<Void> done = Promise.promise();
        control.runOnContext(ignored -> {
            stopped = true;
            Future.join(checked.values().stream()
                            .map(each -> each.loop)
                            .filter(Objects::nonNull)
                            .map(CheckLoop::stop)
                            .toList())
                    .<Void>mapEmpty()
                    .onComplete(done);
        });
        return done.future();
    }
}
