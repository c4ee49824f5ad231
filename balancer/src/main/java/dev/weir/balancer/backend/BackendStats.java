package dev.weir.balancer.backend;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What event loops count for one backend. All writers are event loops, all methods are thread-safe, none allocates.
 * Strategies and metrics only read.
 */
public final class BackendStats {
    private static final int STATUS_CLASSES = 6;

    /** Routes come back; whoever gets no traffic for the lack of one has to be tried again. */
    private static final long NO_ROUTE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger consecutiveFailures = new AtomicInteger();
    private final LongAdder[] responses = new LongAdder[STATUS_CLASSES];
    private final PeakEwma latency;

    /** Not before that, as long as failures follow each other. */
    private volatile long noRouteUntilNanos;

    private volatile boolean everNoRoute;

    BackendStats(long nowNanos) {
        for (int i = 0; i < STATUS_CLASSES; i++) {
            responses[i] = new LongAdder();
        }
        latency = new PeakEwma(nowNanos);
    }

    /**
     * An attempt begins, unless there are too many.
     *
     * @param limit most attempts at a time; 0: no limit
     * @return false if there are as many already; {@link #end} must not follow then
     */
    public boolean tryBegin(int limit) {
        if (limit == 0) {
            inFlight.incrementAndGet();
            return true;
        }
        int before;
        do { // not up and down again: in between, others would find it full that is not
            before = inFlight.get();
            if (before >= limit) {
                return false;
            }
        } while (!inFlight.compareAndSet(before, before + 1));
        return true;
    }

    /** An attempt has ended, whatever its outcome. */
    public void end() {
        inFlight.decrementAndGet();
    }

    /** Attempts that have begun and not ended. */
    public int inFlight() {
        return inFlight.get();
    }

    public void openConnection() {
        connections.incrementAndGet();
    }

    public void closeConnection() {
        connections.decrementAndGet();
    }

    /** Open connections and those being opened, over all event loops. */
    public int connections() {
        return connections.get();
    }

    /** @return failures in a row, this one included */
    public int failed() {
        return consecutiveFailures.incrementAndGet();
    }

    /** An attempt succeeded: the row of failures ends. */
    public void succeeded() {
        if (consecutiveFailures.get() != 0) { // a read is cheaper than a write that bounces a cache line
            consecutiveFailures.set(0);
        }
    }

    /** The kernel of this node knew no way to the backend. {@link #failed} follows. */
    public void foundNoRoute(long nowNanos) {
        noRouteUntilNanos = nowNanos + NO_ROUTE_NANOS;
        everNoRoute = true;
    }

    /** Whether the kernel of this node knew no way to the backend when somebody looked last, not long ago. */
    public boolean hasNoRoute(long nowNanos) {
        return everNoRoute && consecutiveFailures.get() > 0 && noRouteUntilNanos - nowNanos > 0;
    }

    public int consecutiveFailures() {
        return consecutiveFailures.get();
    }

    /** @param status 100 to 599 */
    public void response(int status) {
        responses[status / 100].increment();
    }

    /** @param statusClass 1 to 5 */
    public long responses(int statusClass) {
        return responses[statusClass].sum();
    }

    /** All responses so far, of whatever status. */
    public long answered() {
        long sum = 0;
        for (LongAdder count : responses) {
            sum += count.sum();
        }
        return sum;
    }

    /** Whether there ever was a response, of whatever status. */
    public boolean hasAnswered() {
        for (LongAdder count : responses) {
            if (count.sum() > 0) {
                return true;
            }
        }
        return false;
    }

    /** Time to the response's head. */
    public PeakEwma latency() {
        return latency;
    }
}
