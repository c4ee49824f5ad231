package dev.weir.balancer;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/**
 * What is done again and again. It has to end before Vert.x does: that closes its workers before its event loops, and a tick in
 * between would find nobody to work for it. Confined to the control context.
 */
final class Ticks {
    private final Vertx vertx;
    private final List<Long> timers = new ArrayList<>();
    private boolean stopped;

    Ticks(Vertx vertx) {
        this.vertx = vertx;
    }

    /**
     * Without effect once {@link #stop} was called.
     *
     * @param action runs on the context that this is called on
     */
    void every(long millis, Runnable action) {
        if (!stopped) {
            timers.add(vertx.setPeriodic(millis, timer -> {
                if (!stopped) {
                    action.run();
                }
            }));
        }
    }

    /** From now on nothing of it is done any more. */
    void stop() {
        stopped = true;
        timers.forEach(vertx::cancelTimer);
        timers.clear();
    }
}
