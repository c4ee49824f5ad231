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
     * @param requestsPerBackend what all nodes together may have in flight
     * @param queue requests that may wait for a connection
     * @param queueTimeout how long they may
     * @param responseHead bytes
     * @param keptBody bytes of a request's body that are kept for another attempt
     * @param idle after which unused connections are closed
     */
    public record Limits(
            int connectionsPerBackend,
            Share requestsPerBackend,
            int queue,
            Duration queueTimeout,
            int responseHead,
            int keptBody,
            Duration idle) {
        static final Limits UNKNOWN = new Limits(0, Share.NONE, 0, Duration.ZERO, 0, 0, Duration.ZERO);
    }

    /**
     * This node's part of a limit that all nodes have together.
     *
     * @param whole 0: no limit
     * @param least its part at the backend where it is smallest
     * @param most and where it is largest
     */
    public record Share(int whole, int least, int most) {
        public static final Share NONE = new Share(0, 0, 0);

        boolean isStricterThan(int limit) {
            return whole != 0 && (limit == 0 || least <= limit);
        }

        String words() {
            return least == most ? Integer.toString(least) : least + " to " + most;
        }
    }

    public PoolFacts {
        members = List.copyOf(members);
    }

    /** Nothing is known: no such pool, or not any more. */
    public static PoolFacts unknown(String pool) {
        return new PoolFacts(pool, List.of(), Limits.UNKNOWN);
    }
}
