package dev.weir.loadtest.keepalive;

import dev.weir.loadtest.process.MeasurementException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Clients that come together, pause, and come together again, so that the proxy's connections to backends are all idle for
 * about as long as the pause. Half of the pauses end within a hair's breadth of the time at which backends close, the other half
 * anywhere up to twice of it.
 *
 * @param requests in all; rounded up to whole rounds
 * @param clients that come together
 * @param idle after which backends close
 * @param seed of pauses and methods: the same for each proxy
 */
record Load(int requests, int clients, Duration idle, long seed) {
    private static final String ALGORITHM = "L64X128MixRandom";

    /** Of the idle time: how far from it the pauses in the danger zone may end. */
    private static final double HAIR = 0.03;

    int rounds() {
        return Math.ceilDiv(requests, clients);
    }

    /** @param progress told the number of each round that has ended */
    Tally run(int port, IntConsumer progress) {
        Tally tally = new Tally();
        List<Duration> pauses = pauses();
        Phaser together = new Phaser(clients) {
            @Override
            protected boolean onAdvance(int phase, int registered) {
                progress.accept(phase);
                return registered == 0;
            }
        };
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            RandomGenerator random = random(seed + 1 + i);
            threads.add(Thread.ofVirtual().start(() -> comeAndGo(port, pauses, together, random, tally)));
        }
        threads.forEach(Load::join);
        return tally;
    }

    private void comeAndGo(int port, List<Duration> pauses, Phaser together, RandomGenerator random, Tally tally) {
        try (Client client = new Client(port)) {
            for (Duration pause : pauses) {
                together.arriveAndAwaitAdvance();
                long jitter = random.nextLong(1 + Math.round(idle.toNanos() * HAIR));
                sleep(pause.toNanos() + jitter);
                Method method = random.nextBoolean() ? Method.GET : Method.POST;
                tally.add(method, client.send(method));
            }
        } finally {
            together.arriveAndDeregister();
        }
    }

    private List<Duration> pauses() {
        RandomGenerator random = random(seed);
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < rounds(); i++) {
            double share = random.nextBoolean()
                    ? 1 - 2 * HAIR + 2 * HAIR * random.nextDouble() // the rest is the clients' jitter
                    : 2 * random.nextDouble();
            pauses.add(Duration.ofNanos(Math.round(share * idle.toNanos())));
        }
        return pauses;
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of(ALGORITHM).create(seed);
    }

    private static void sleep(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted", e);
        }
    }
}
