package dev.weir.balancer.discovery;

import io.vertx.core.Future;

/** Finds out what a name means. Control context only. */
public interface Resolver {
    /**
     * Asks once, all servers if need be.
     *
     * @param host in lower case; with a final dot it is complete
     * @return never fails; completes on the control context, within a few times the configured timeout
     */
    Future<Answer> resolve(String host);

    /** Ends what is under way, which gets no answer. */
    void close();
}
