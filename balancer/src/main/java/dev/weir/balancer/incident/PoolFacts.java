package dev.weir.balancer.incident;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a pool is like at this moment, as far as it helps to explain failures. Immutable.
 *
 * @param pool its name
 * @param members all backends, usable or not
 * @param limits as configured
 */
public record PoolFacts(String pool, List<Member> members, Limits limits) {
    /**
     * One backend of the pool.
     *
     * @param usable whether it may get requests
     */
    public record Member(String backend, Map<String, String> labels, boolean usable, BackendCondition condition) {
        public Member {
            labels = Map.copyOf(labels);
        }
    }

    /**
     * What the configuration allows.
     *
     * @param connectionsPerBackend 0: no limit
     * @param queue requests that may wait for a connection
     * @param queueTimeout how long they may
     * @param responseHead bytes
     * @param keptBody bytes of a request's body that are kept for another attempt
     * @param idle after which unused connections are closed
     */
    public record Limits(
            int connectionsPerBackend,
            int queue,
            Duration queueTimeout,
            int responseHead,
            int keptBody,
            Duration idle) {
        static final Limits UNKNOWN = new Limits(0, 0, Duration.ZERO, 0, 0, Duration.ZERO);
    }

    public PoolFacts {
        members = List.copyOf(members);
    }

    /** Nothing is known: no such pool, or not any more. */
    public static PoolFacts unknown(String pool) {
        return new PoolFacts(pool, List.of(), Limits.UNKNOWN);
    }
}
