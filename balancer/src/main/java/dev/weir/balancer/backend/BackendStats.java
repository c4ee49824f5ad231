package dev.weir.balancer.backend;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What event loops count for one backend. All writers are event loops, all methods are thread-safe, none allocates.
 * Strategies and metrics only read.
 */
public final class BackendStats {
    private static final int STATUS_CLASSES = 6;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder waits = new LongAdder();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger standing = new AtomicInteger();
    private final AtomicInteger consecutiveFailures = new AtomicInteger();
    private final LongAdder[] responses = new LongAdder[STATUS_CLASSES];
    private final PeakEwma latency;
    /** When a request that was not answered in time counted as a failure last. */
    private final AtomicLong timedOutNanos;

    private final Sighting noRoute = new Sighting();
    private final Sighting silence = new Sighting();

    BackendStats(long nowNanos) {
        for (int i = 0; i < STATUS_CLASSES; i++) {
            responses[i] = new LongAdder();
        }
        latency = new PeakEwma(nowNanos);
        timedOutNanos = new AtomicLong(nowNanos);
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

    /** A request begins to wait, because this backend had no room for it, and perhaps others had none either. */
    public void beginWait() {
        waiting.incrementAndGet();
        waits.increment();
    }

    /** It waits no longer, whatever becomes of it. */
    public void endWait() {
        waiting.decrementAndGet();
    }

    /** Requests that wait for this backend, or for another one, to have room. */
    public int waiting() {
        return waiting.get();
    }

    /** Waits so far. */
    public long waits() {
        return waits.sum();
    }

    public void openConnection() {
        connections.incrementAndGet();
    }

    public void closeConnection() {
        connections.decrementAndGet();
    }

    /** One of those that were being opened stands. */
    public void connectionStands() {
        standing.incrementAndGet();
    }

    /** One that stood does no more. {@link #closeConnection} follows. */
    public void connectionFell() {
        standing.decrementAndGet();
    }

    /** Open connections without those being opened, over all event loops. */
    public int standing() {
        return standing.get();
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

    /** It became usable again: what was held against it is forgotten. */
    public void startAfresh() {
        consecutiveFailures.set(0);
        noRoute.forget();
        silence.forget();
    }

    /**
     * A request was not answered in time.
     *
     * @param sentNanos when it went out
     * @return whether it is the first of those that waited at the same time
     */
    public boolean timedOutFirst(long sentNanos, long nowNanos) {
        long last = timedOutNanos.get();
        return last - sentNanos <= 0 && timedOutNanos.compareAndSet(last, nowNanos);
    }

    /** The kernel of this node knew no way to the backend, whoever's failure that is counted as. */
    public void foundNoRoute(long nowNanos) {
        noRoute.saw(nowNanos, latency);
    }

    /** Whether the kernel of this node knew no way to the backend when somebody looked last, not long ago. */
    public boolean hasNoRoute(long nowNanos) {
        return noRoute.holds(nowNanos, latency);
    }

    /** Nobody answered an attempt to connect. */
    public void foundSilent(long nowNanos) {
        silence.saw(nowNanos, latency);
    }

    /** Whether nobody answered the last attempt to connect, not long ago, and no request has been answered since. */
    public boolean isSilent(long nowNanos) {
        return silence.holds(nowNanos, latency);
    }

    /** Since when {@link #isSilent} holds. */
    public long silentSinceNanos() {
        return silence.firstNanos();
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
