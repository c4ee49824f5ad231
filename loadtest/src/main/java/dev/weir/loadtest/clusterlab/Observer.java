package dev.weir.loadtest.clusterlab;

import dev.weir.loadtest.process.MeasurementException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks again and again at what all nodes think, on a thread of its own, and keeps it. Thread-safe. */
final class Observer implements AutoCloseable {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Supplier<Sample> source;
    private final List<Sample> samples = new ArrayList<>();
    private final Thread thread = Thread.ofPlatform().name("observer").daemon().unstarted(this::run);
    private volatile boolean closed;

    /** @param source asked on the observer's thread */
    Observer(Supplier<Sample> source) {
        this.source = source;
    }

    /** Asks one node after the other. */
    static Sample look(List<Node> nodes) {
        long from = System.nanoTime();
        Map<Integer, NodeView> views = new HashMap<>();
        for (Node node : nodes) {
            node.view().ifPresent(view -> views.put(node.number(), view));
        }
        return new Sample(from, System.nanoTime(), Map.copyOf(views));
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!closed) {
            add(source.get());
            LockSupport.parkNanos(PERIOD_NANOS);
        }
    }

    private synchronized void add(Sample sample) {
        samples.add(sample);
        notifyAll();
    }

    /** Those that began after a moment, oldest first. */
    synchronized List<Sample> since(long nanos) {
        int first = samples.size();
        while (first > 0 && samples.get(first - 1).fromNanos() - nanos >= 0) {
            first--;
        }
        return List.copyOf(samples.subList(first, samples.size()));
    }

    /**
     * Waits for something to come true, and to stay so.
     *
     * @param sinceNanos samples from before do not count
     * @param limit until when it has to be true for the first time
     * @param stays for how long it then has to be true in each sample
     * @return how long it took until it was true for good; empty: it was not in time
     */
    Optional<Duration> await(Predicate<Sample> condition, long sinceNanos, Duration limit, Duration stays) {
        while (true) {
            List<Sample> all = since(sinceNanos);
            if (!all.isEmpty()) {
                long now = all.getLast().toNanos() - sinceNanos;
                Sample begin = beginOfTruth(condition, all);
                long took = begin == null ? now : begin.toNanos() - sinceNanos;
                if (took > limit.toNanos()) {
                    return Optional.empty();
                }
                if (begin != null && now - took >= stays.toNanos()) {
                    return Optional.of(Duration.ofNanos(took));
                }
            }
            awaitMore(all.size(), sinceNanos);
        }
    }

    /** The first sample of those at the end in which it is true; null: it is not true in the last one. */
    private static @Nullable Sample beginOfTruth(Predicate<Sample> condition, List<Sample> all) {
        Sample begin = null;
        for (Sample sample : all.reversed()) {
            if (!condition.test(sample)) {
                return begin;
            }
            begin = sample;
        }
        return begin;
    }

    private synchronized void awaitMore(int seen, long sinceNanos) {
        try {
            while (since(sinceNanos).size() <= seen) {
                if (closed) {
                    throw new MeasurementException("interrupted");
                }
                wait(1_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
