package dev.weir.balancer.top;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the admin port said at one moment.
 *
 * @param nanos when, by a monotonic clock: rates come from two readings
 * @param time when, for people
 * @param obstacle why the balancer wants no requests; null: it does
 * @param link how it is connected to other nodes; null: no cluster is configured
 * @param nodes of the cluster, this one first; empty: no cluster is configured
 */
public record Reading(
        long nanos,
        Instant time,
        @Nullable String obstacle,
        @Nullable String link,
        List<NodeSeen> nodes,
        List<PoolSeen> pools) {
    public Reading {
        nodes = List.copyOf(nodes);
        pools = List.copyOf(pools);
    }

    boolean isOfCluster() {
        return link != null;
    }

    /**
     * A node of the cluster.
     *
     * @param self whether it is the one that was asked
     * @param state fresh, stale or leaving
     * @param ageMillis since it spoke last
     */
    record NodeSeen(
            String id,
            String name,
            boolean self,
            String state,
            boolean ready,
            boolean suspectsItself,
            boolean sameConfiguration,
            long ageMillis,
            int inFlight,
            int requestsPerSecond) {}

    /**
     * A pool of backends.
     *
     * @param closed what its clients are told while operators have closed it; null: it is open
     * @param failed requests that the balancer had to answer by itself, since its start
     * @param saved requests whose first attempt failed, and that were answered by a backend all the same, since the start
     * @param queued requests that wait for a connection now
     * @param durations of requests, since the start
     */
    record PoolSeen(
            String name,
            @Nullable String closed,
            long failed,
            long saved,
            long queued,
            List<Bucket> durations,
            List<BackendSeen> backends) {
        PoolSeen {
            durations = List.copyOf(durations);
            backends = List.copyOf(backends);
        }
    }

    /**
     * How many requests took so long.
     *
     * @param upToSeconds inclusive; of the last one infinite
     */
    record Bucket(double upToSeconds, long count) {}

    /**
     * A backend.
     *
     * @param state what this node thinks of it, in a word or two
     * @param answered responses since the start
     * @param failed attempts that failed, since the start
     * @param latencyMicros to a response's head, of late; 0: not known
     * @param agreement of all nodes; empty: unknown
     * @param here what this node says by its own evidence; null: no cluster is configured
     * @param others what the other nodes say
     */
    record BackendSeen(
            String id,
            int weight,
            int configuredWeight,
            String admin,
            String state,
            Trouble trouble,
            int inFlight,
            long answered,
            long failed,
            long latencyMicros,
            String agreement,
            @Nullable Saying here,
            List<Saying> others) {
        BackendSeen {
            others = List.copyOf(others);
        }

        /** Requests of all nodes under way there. */
        int inFlightOfAll() {
            return inFlight + others.stream().mapToInt(Saying::inFlight).sum();
        }
    }

    /**
     * What one node says of a backend.
     *
     * @param node its id
     * @param opinion well, failing, out or none
     * @param forMillis for how long it has said so
     */
    record Saying(String node, String opinion, int inFlight, long forMillis) {}
}
