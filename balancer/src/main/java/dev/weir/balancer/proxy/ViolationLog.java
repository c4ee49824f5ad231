package dev.weir.balancer.proxy;

import dev.weir.balancer.failure.Violation;
import dev.weir.balancer.incident.FirstBytes;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of what one backend does against the rules: of each kind at most once a minute, over all event loops. Thread-safe. */
final class ViolationLog {
    private static final Logger LOG = LoggerFactory.getLogger(ViolationLog.class);
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String pool;
    private final String backend;
    private final Map<Violation, AtomicLong> quietUntil = new EnumMap<>(Violation.class);

    /** @param nowNanos of the clock that {@link #warn} is told */
    ViolationLog(String pool, String backend, long nowNanos) {
        this.pool = pool;
        this.backend = backend;
        for (Violation violation : Violation.values()) {
            quietUntil.put(violation, new AtomicLong(nowNanos));
        }
    }

    /** @param detail as it came from the backend; empty: none */
    @SuppressWarnings("NullAway") // there is one for each
    void warn(Violation violation, String detail, long nowNanos) {
        AtomicLong quiet = quietUntil.get(violation);
        long until = quiet.get();
        if (nowNanos - until >= 0 && quiet.compareAndSet(until, nowNanos + PAUSE_NANOS)) {
            LOG.warn(
                    "backend {} of pool {} {}{}",
                    backend,
                    pool,
                    violation.words(),
                    detail.isEmpty() ? "" : ": " + FirstBytes.of(detail).escaped());
        }
    }
}
