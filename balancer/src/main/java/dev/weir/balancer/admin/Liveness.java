package dev.weir.balancer.admin;

import dev.weir.balancer.metrics.EventLoopMetrics;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a restart would help: whether an event loop is stuck. Never a matter of backends, for a restart revives none.
 *
 * <p>Thread-safe.
 */
public final class Liveness {
    private final List<EventLoopMetrics> eventLoops;
    private final LongSupplier nanoClock;
    private final long patienceNanos;

    /**
     * @param eventLoops may grow
     * @param nanoClock the one that the loops tick by
     * @param patience a loop that did not tick for so long is stuck
     */
    public Liveness(List<EventLoopMetrics> eventLoops, LongSupplier nanoClock, Duration patience) {
        this.eventLoops = eventLoops;
        this.nanoClock = nanoClock;
        this.patienceNanos = patience.toNanos();
    }

    /** @return one line on what is stuck, or null if nothing is */
    @Nullable
    String complaint() {
        int loop = 0;
        for (EventLoopMetrics metrics : eventLoops) {
            long silence = nanoClock.getAsLong() - metrics.lastTickNanos();
            if (silence > patienceNanos) {
                return "event loop " + loop + " is stuck: it has not ticked for "
                        + Duration.ofNanos(silence).toMillis() + " ms";
            }
            loop++;
        }
        return null;
    }
}
