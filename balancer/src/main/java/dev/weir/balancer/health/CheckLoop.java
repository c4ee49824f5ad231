package dev.weir.balancer.health;

import dev.weir.balancer.config.ActiveHealthConfig;
import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.node.LoopClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** Repeats one backend's check, one at a time, each within its deadline. Control context only. */
final class CheckLoop {
    /** After the control context stood still: time to read what arrived meanwhile. */
    private static final long WAKING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** To let go of connections takes no time, if it works at all. */
    private static final long LET_GO_MILLIS = 1_000;

    /** A check that was none is repeated within this share of an interval, at random: others will be, too. */
    private static final double SOON = 0.5;

    private final Vertx vertx;
    private final HealthCheck check;
    private final ActiveHealthConfig config;
    private final RandomGenerator random;
    private final LoopClock clock;
    private final BooleanSupplier wanted;
    private final BooleanSupplier ranOut;
    private final Listener listener;

    private boolean stopped;
    private boolean told;
    private long startedNanos;
    private long lostBefore;
    private boolean hampered;
    private long nextTimer;
    private long deadlineTimer;

    /** Hears of every result. */
    @FunctionalInterface
    interface Listener {
        void checked(CheckResult result, long durationNanos);
    }

    /** @param wanted whether the backend is to be checked at present */
    CheckLoop(
            Vertx vertx,
            HealthCheck check,
            ActiveHealthConfig config,
            RandomGenerator random,
            LoopClock clock,
            BooleanSupplier wanted,
            BooleanSupplier ranOut,
            Listener listener) {
        this.vertx = vertx;
        this.check = check;
        this.config = config;
        this.random = random;
        this.clock = clock;
        this.wanted = wanted;
        this.ranOut = ranOut;
        this.listener = listener;
    }

    /** @param delayNanos until the first check */
    void start(long delayNanos) {
        schedule(delayNanos);
    }

    /**
     * No result is told afterwards.
     *
     * @return once the check has let go of its connections, or might have: a client that is still connecting does not always
     *     tell that it is closed, and a stop must not wait for it
     */
    Future<Void> stop() {
        stopped = true;
        vertx.cancelTimer(nextTimer);
        vertx.cancelTimer(deadlineTimer);
        Promise<Void> done = Promise.promise();
        long patience = vertx.setTimer(LET_GO_MILLIS, fired -> done.tryComplete());
        check.close().onComplete(closed -> {
            vertx.cancelTimer(patience);
            done.tryComplete();
        });
        return done.future();
    }

    private void schedule(long delayNanos) {
        nextTimer = vertx.setTimer(atLeastOneMilli(delayNanos), fired -> begin());
    }

    private void begin() {
        if (!wanted.getAsBoolean()) {
            schedule(jittered(config.interval(), config.jitter(), random));
            return;
        }
        told = false;
        startedNanos = clock.now();
        lostBefore = clock.lostNanos();
        hampered = ranOut.getAsBoolean();
        deadlineTimer = vertx.setTimer(atLeastOneMilli(config.timeout().toNanos()), fired -> late());
        check.run().onSuccess(this::end);
    }

    /**
     * The result is told now; the next check waits until this one has let go of its connection. Time in which the balancer
     * stood still does not count, and what arrived in it is read before anybody is judged.
     */
    private void late() {
        long left = config.timeout().toNanos() - elapsedNanos() + lostNanos();
        if (clock.isWaking()) {
            left = Math.max(left, WAKING_NANOS);
        }
        if (lostNanos() > 0 && left > 0) {
            deadlineTimer = vertx.setTimer(atLeastOneMilli(left), fired -> late());
            return;
        }
        check.abort();
        tell(isHampered() ? CheckResult.HAMPERED : CheckResult.timeout(config.timeout()));
    }

    private void end(CheckResult result) {
        if (stopped) {
            return;
        }
        vertx.cancelTimer(deadlineTimer);
        boolean isVoid = !told && result.verdict() == CheckResult.Verdict.FAILED && isOwnFault(result);
        long interval = jittered(config.interval(), config.jitter(), random);
        // first: whoever hears of the result may fail
        schedule(isVoid ? (long) (interval * SOON * random.nextDouble()) : interval - elapsedNanos());
        if (isVoid) {
            tell(isHampered() ? CheckResult.HAMPERED : CheckResult.stalled(Duration.ofNanos(lostNanos())));
        } else {
            tell(result);
        }
    }

    /** Whether this node had no descriptors left at the beginning of the check or has none now. */
    private boolean isHampered() {
        return hampered || ranOut.getAsBoolean();
    }

    /**
     * Whether a failure may be one of the balancer, which stood still: just now, or for so long that the backend had less
     * than its time to accept a connection (a deadline of the socket, which knows nothing of pauses).
     */
    private boolean isOwnFault(CheckResult result) {
        if (clock.isWaking() || isHampered()) {
            return true;
        }
        boolean unconnected = result.label().equals(ProxyError.CONNECTION_TIMEOUT.token());
        return unconnected
                && lostNanos() > 0
                && elapsedNanos() - lostNanos() < config.timeout().toNanos();
    }

    private void tell(CheckResult result) {
        if (!told) {
            told = true;
            listener.checked(result, elapsedNanos());
        }
    }

    private long elapsedNanos() {
        return clock.now() - startedNanos;
    }

    /** How long the control context stood still since the check began. */
    private long lostNanos() {
        return clock.lostNanos() - lostBefore;
    }

    /** The interval, longer or shorter by up to its share of jitter: checks of many balancers must not march in step. */
    static long jittered(Duration interval, double jitter, RandomGenerator random) {
        double factor = 1 + jitter * (2 * random.nextDouble() - 1);
        return (long) (interval.toNanos() * factor);
    }

    private static long atLeastOneMilli(long nanos) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    }
}
