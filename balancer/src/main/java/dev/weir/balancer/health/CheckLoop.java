package dev.weir.balancer.health;

import dev.weir.balancer.config.ActiveHealthConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Repeats one backend's check, one at a time, each within its deadline. Control context only. */
final class CheckLoop {
    /** A timer so much later than due, as a share of the timeout, means that the event loop stood still. */
    private static final double STALL = 0.5;

    private final Vertx vertx;
    private final HealthCheck check;
    private final ActiveHealthConfig config;
    private final RandomGenerator random;
    private final LongSupplier nanoClock;
    private final Listener listener;

    private boolean stopped;
    private boolean told;
    private long startedNanos;
    private long nextTimer;
    private long deadlineTimer;

    /** Hears of every result. */
    @FunctionalInterface
    interface Listener {
        void checked(CheckResult result, long durationNanos);
    }

    CheckLoop(
            Vertx vertx,
            HealthCheck check,
            ActiveHealthConfig config,
            RandomGenerator random,
            LongSupplier nanoClock,
            Listener listener) {
        this.vertx = vertx;
        this.check = check;
        this.config = config;
        this.random = random;
        this.nanoClock = nanoClock;
        this.listener = listener;
    }

    /** @param delayNanos until the first check */
    void start(long delayNanos) {
        schedule(delayNanos);
    }

    /** No result is told afterwards. */
    Future<Void> stop() {
        stopped = true;
        vertx.cancelTimer(nextTimer);
        vertx.cancelTimer(deadlineTimer);
        return check.close();
    }

    private void schedule(long delayNanos) {
        nextTimer = vertx.setTimer(atLeastOneMilli(delayNanos), fired -> begin());
    }

    private void begin() {
        told = false;
        startedNanos = nanoClock.getAsLong();
        deadlineTimer = vertx.setTimer(atLeastOneMilli(config.timeout().toNanos()), fired -> late());
        check.run().onSuccess(this::end);
    }

    /** The result is told now; the next check waits until this one has let go of its connection. */
    private void late() {
        Duration over = Duration.ofNanos(elapsedNanos()).minus(config.timeout());
        boolean stalled = over.toNanos() > STALL * config.timeout().toNanos();
        check.abort();
        tell(stalled ? CheckResult.stalled(over) : CheckResult.timeout(config.timeout()));
    }

    private void end(CheckResult result) {
        if (stopped) {
            return;
        }
        vertx.cancelTimer(deadlineTimer);
        schedule(jittered(config.interval(), config.jitter(), random)
                - elapsedNanos()); // first: whoever hears of the result may fail
        tell(result);
    }

    private void tell(CheckResult result) {
        if (!told) {
            told = true;
            listener.checked(result, elapsedNanos());
        }
    }

    private long elapsedNanos() {
        return nanoClock.getAsLong() - startedNanos;
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
