package dev.weir.balancer.metrics;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.failure.ProxyError;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What is counted for the requests of one pool. Thread-safe; counting neither locks nor allocates.
 *
 * <p>Only {@link #backend} is not for the request path.
 */
public final class PoolMetrics {
    /** The status with which logs and metrics mark a client that left before it had its answer, as in nginx. */
    public static final int CLIENT_GONE = 499;

    private static final int CLASSES = 6;

    /** Index 0: the client has gone. */
    private final LongAdder[] responses = adders(CLASSES);

    private final DurationHistogram durations = new DurationHistogram();
    private final ErrorCounters failures = new ErrorCounters();
    private final Map<RetryResult, ErrorCounters> retries = new EnumMap<>(RetryResult.class);
    private final LongAdder saved = new LongAdder();
    private final LongAdder queued = new LongAdder();
    private final LongAdder queueTimeouts = new LongAdder();
    private final LongAdder queueOverflows = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    /** Backends are told apart by identity; the counters of one that is gone go with it. */
    private final Map<Backend, BackendMetrics> backends = Collections.synchronizedMap(new WeakHashMap<>());

    PoolMetrics() {
        for (RetryResult result : RetryResult.values()) {
            retries.put(result, new ErrorCounters());
        }
    }

    /**
     * The counters of a backend: the same object each time. To be called when the set of backends changes, not for each
     * request.
     */
    public BackendMetrics backend(Backend backend) {
        return backends.computeIfAbsent(backend, first -> new BackendMetrics());
    }

    /**
     * A request has ended.
     *
     * @param status of the final response to the client, 100 to 599, whoever made it; {@link #CLIENT_GONE} if the client
     *     left before its end
     * @param durationNanos from the request's first byte to the response's last
     */
    public void response(int status, long durationNanos) {
        responses[status == CLIENT_GONE ? 0 : status / 100].increment();
        durations.record(durationNanos);
    }

    /** The balancer had to answer by itself. */
    public void failure(ProxyError error) {
        failures.add(error);
    }

    /**
     * An attempt failed, and it is known what became of the next one.
     *
     * @param reason why the attempt failed
     */
    @SuppressWarnings("NullAway") // there are counters for each
    public void retry(ProxyError reason, RetryResult result) {
        retries.get(result).add(reason);
    }

    /** A request whose first attempt failed got a backend's answer all the same. */
    public void saved() {
        saved.increment();
    }

    /** @param delta 1: a request waits for a connection; -1: it waits no longer */
    public void queued(int delta) {
        queued.add(delta);
    }

    /** A request has waited too long for a connection. */
    public void queueTimeout() {
        queueTimeouts.increment();
    }

    /** A request found the queue full. */
    public void queueOverflow() {
        queueOverflows.increment();
    }

    /** Bytes of requests that clients sent. */
    public void received(long bytes) {
        received.add(bytes);
    }

    /** Bytes of responses that clients were sent. */
    public void sent(long bytes) {
        sent.add(bytes);
    }

    /** Requests so far, by their duration. */
    public List<DurationBucket> durations() {
        return durations.read();
    }

    /** Requests so far that the balancer had to answer by itself, for whatever error. */
    public long failed() {
        long[] sum = new long[1];
        failures.forEach((error, count) -> sum[0] += count);
        return sum[0];
    }

    /** Requests so far whose first attempt failed, and that got a backend's answer all the same. */
    public long savedRequests() {
        return saved.sum();
    }

    /** Requests that wait for a connection now. */
    public long queuedRequests() {
        return queued.sum();
    }

    void collect(String pool, Exposition to) {
        to.add(Meter.RESPONSES, responses[0].sum(), pool, "499");
        for (int i = 1; i < CLASSES; i++) {
            to.add(Meter.RESPONSES, responses[i].sum(), pool, i + "xx");
        }
        to.add(Meter.REQUEST_DURATION, durations, pool);
        failures.forEach((error, count) -> to.add(Meter.REQUEST_FAILURES, count, pool, error));
        retries.forEach((result, reasons) -> reasons.forEach((reason, count) -> {
            if (count > 0) { // hundreds of combinations, of which few occur
                to.add(Meter.RETRIES, count, pool, reason, result.label());
            }
        }));
        to.add(Meter.REQUESTS_SAVED, saved.sum(), pool);
        to.add(Meter.QUEUED_REQUESTS, queued.sum(), pool);
        to.add(Meter.QUEUE_TIMEOUTS, queueTimeouts.sum(), pool);
        to.add(Meter.QUEUE_OVERFLOWS, queueOverflows.sum(), pool);
        to.add(Meter.RECEIVED_BYTES, received.sum(), pool);
        to.add(Meter.SENT_BYTES, sent.sum(), pool);
    }

    static LongAdder[] adders(int count) {
        LongAdder[] adders = new LongAdder[count];
        for (int i = 0; i < count; i++) {
            adders[i] = new LongAdder();
        }
        return adders;
    }
}
