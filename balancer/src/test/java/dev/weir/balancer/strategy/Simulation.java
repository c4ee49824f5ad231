package dev.weir.balancer.strategy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.backend.Candidate;
import dev.weir.balancer.backend.Picker;
import dev.weir.balancer.config.StrategyConfig;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A pool under load in virtual time: requests come by a Poisson process, each backend has some workers and a queue without
 * bounds, and service times are exponential.
 */
final class Simulation {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    record Result(List<Integer> counts, double meanMillis) {
        double share(int backend) {
            return (double) counts.get(backend)
                    / counts.stream().mapToInt(Integer::intValue).sum();
        }
    }

    private record Completion(long atNanos, long begunNanos, int backend) {}

    private final SplittableRandom random = new SplittableRandom(2024);
    private final List<Candidate> candidates;
    private final double[] serviceMillis;
    private final long[][] workerFreeNanos;
    private final Picker picker;
    private final PriorityQueue<Completion> completions =
            new PriorityQueue<>((a, b) -> Long.compare(a.atNanos, b.atNanos));
    private long now;

    /** @param serviceMillis of each backend, on average */
    Simulation(String strategy, int workers, double... serviceMillis) {
        this.serviceMillis = serviceMillis.clone();
        this.candidates = Fixture.equal(serviceMillis.length);
        this.workerFreeNanos = new long[serviceMillis.length][workers];
        this.picker = Fixture.STRATEGIES
                .make(new StrategyConfig(strategy, new JsonObject()), "simulated", () -> now, random)
                .picker(Fixture.eligible(candidates));
    }

    /** From now on a backend needs so long, on average. */
    void serviceMillis(int backend, double millis) {
        serviceMillis[backend] = millis;
    }

    /** Goes on for so many requests; results are those of these requests. */
    Result run(int requests, double perSecond) {
        int[] counts = new int[serviceMillis.length];
        double latency = 0;
        for (int i = 0; i < requests; i++) {
            now += (long) exponential(NANOS / perSecond);
            completeUntil(now);
            Backend backend = picker.pick(new FakeRequest());
            int index = index(backend);
            backend.stats().tryBegin(0);
            counts[index]++;
            latency += begin(index) - now;
        }
        return new Result(Arrays.stream(counts).boxed().toList(), latency / requests / NANOS * 1000);
    }

    private long begin(int backend) {
        long[] free = workerFreeNanos[backend];
        int worker = 0;
        for (int i = 1; i < free.length; i++) {
            worker = free[i] < free[worker] ? i : worker;
        }
        long start = Math.max(now, free[worker]);
        free[worker] = start + (long) exponential(serviceMillis[backend] * NANOS / 1000);
        completions.add(new Completion(free[worker], now, backend));
        return free[worker];
    }

    private void completeUntil(long time) {
        while (!completions.isEmpty() && completions.peek().atNanos <= time) {
            Completion done = completions.remove();
            Backend backend = candidates.get(done.backend).backend();
            backend.stats().latency().add(done.atNanos - done.begunNanos, done.atNanos);
            backend.stats().end();
        }
    }

    private int index(Backend backend) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).backend() == backend) {
                return i;
            }
        }
        throw new AssertionError(backend + " is not in the pool");
    }

    private double exponential(double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }
}
