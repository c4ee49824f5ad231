package dev.weir.balancer.health;

import io.vertx.core.Future;

/** A way to ask one backend whether it is fit to serve. Control context only. */
interface HealthCheck {
    /**
     * Asks once. Not to be called again before the result is there.
     *
     * @return never fails; by then no connection of it is left
     */
    Future<CheckResult> run();

    /** The time is over: lets go of the connection, which ends {@link #run} soon. */
    void abort();

    /** Ends everything; the check is of no use afterwards. */
    Future<Void> close();
}
