package dev.weir.loadtest.propagation;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.BackendPool;
import dev.weir.loadtest.propagation.Event.Kind;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * What event loops and the control context of a balancer would do to the backends: requests begin and end, verdicts turn. On one
 * thread, which is not part of what is measured.
 */
final class Traffic {
    /** Of the thread: as long as the kernel lets a name be. */
    static final String THREAD = "weir-traffic";

    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FOREVER_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int MOST_IN_FLIGHT = 12;
    private static final int MOST_FOLLOWED_IN_FLIGHT = 30;
    private static final int MOST_LATENCY_MILLIS = 100;

    private final Scenario scenario;
    private final int node;
    private final BackendPool pool;
    private final List<Backend> backends;
    private final Journal journal;
    private final RandomGenerator random;

    private int nextFollowed;
    private int nextTurned;

    Traffic(Scenario scenario, int node, BackendPool pool, Journal journal, RandomGenerator random) {
        this.scenario = scenario;
        this.node = node;
        this.pool = pool;
        this.backends = pool.backends();
        this.journal = journal;
        this.random = random;
    }

    void start() {
        Thread.ofPlatform().name(THREAD).daemon().start(this::run);
    }

    private void run() {
        long burstNanos = System.nanoTime();
        long changeNanos = burstNanos;
        long turnNanos = burstNanos;
        while (true) {
            long nowNanos = System.nanoTime();
            if (nowNanos - burstNanos >= 0) {
                burstNanos = nowNanos + BURST_NANOS;
                burst(nowNanos);
            }
            if (nowNanos - changeNanos >= 0) {
                changeNanos = nowNanos + pause(Scenario.FOLLOWED_PER_SECOND);
                change();
            }
            if (nowNanos - turnNanos >= 0) {
                turnNanos = nowNanos + pause(scenario.turns());
                turn();
            }
            LockSupport.parkNanos(Math.min(Math.min(burstNanos, changeNanos), turnNanos) - System.nanoTime());
        }
    }

    /** Half to one and a half times the mean, so that nothing keeps step with the ticks. */
    private long pause(double perSecond) {
        return perSecond == 0 ? FOREVER_NANOS : (long) (SECOND_NANOS / perSecond * (0.5 + random.nextDouble()));
    }

    /** Backends of all nodes that are followed come first. */
    private int followed() {
        return scenario.nodes() * Scenario.FOLLOWED;
    }

    private void burst(long nowNanos) {
        int from = followed();
        int among = backends.size() - from;
        int count = (int) Math.round(scenario.share() * among);
        int at = random.nextInt(among);
        for (int i = 0; i < count; i++) {
            answer(backends.get(from + at), nowNanos);
            at = (at + 1) % among;
        }
    }

    private void answer(Backend backend, long nowNanos) {
        int before = backend.stats().inFlight();
        int other = random.nextInt(MOST_IN_FLIGHT);
        inFlight(backend, other < before ? other : other + 1);
        backend.stats().response(200);
        backend.stats().latency().add(TimeUnit.MILLISECONDS.toNanos(1 + random.nextInt(MOST_LATENCY_MILLIS)), nowNanos);
    }

    private static void inFlight(Backend backend, int wanted) {
        for (int i = backend.stats().inFlight(); i < wanted; i++) {
            backend.stats().tryBegin(0);
        }
        for (int i = backend.stats().inFlight(); i > wanted; i--) {
            backend.stats().end();
        }
    }

    private void change() {
        int index = node * Scenario.FOLLOWED + nextFollowed;
        nextFollowed = (nextFollowed + 1) % Scenario.FOLLOWED;
        Backend backend = backends.get(index);
        int next = backend.stats().inFlight() % MOST_FOLLOWED_IN_FLIGHT + 1;
        long nowNanos = System.nanoTime();
        inFlight(backend, next);
        journal.add(new Event(Kind.CHANGED, nowNanos, index, next));
    }

    /** Each node has backends of its own whose verdicts turn, one after the other. */
    private void turn() {
        int own = (backends.size() - followed()) / scenario.nodes();
        int index = followed() + node * own + nextTurned;
        nextTurned = (nextTurned + 1) % own;
        Backend backend = backends.get(index);
        long nowNanos = System.nanoTime();
        if (backend.state().ejected()) {
            pool.recovered(backend);
        } else {
            pool.eject(backend, nowNanos + FOREVER_NANOS);
        }
        journal.add(new Event(Kind.TURNED, nowNanos, index, 0));
    }
}
