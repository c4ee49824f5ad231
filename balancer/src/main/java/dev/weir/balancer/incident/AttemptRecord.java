package dev.weir.balancer.incident;

import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.RetryDecision;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One try of a request on one backend.
 *
 * @param backend its id, {@code host:port}
 * @param labels the operators' words for it
 * @param phase how far it came
 * @param sentBytes of the request, handed to the connection
 * @param receivedBytes of the response, head included
 * @param reused whether the connection had carried a request before
 * @param idleNanos how long the connection had been idle before; 0 for a new one
 * @param answer null: no whole head came
 * @param failure null: it did not fail
 * @param decision about another attempt; {@link RetryDecision#NONE} if it did not fail
 * @param condition of the backend when the attempt ended
 */
public record AttemptRecord(
        String backend,
        Map<String, String> labels,
        Phase phase,
        Timings timings,
        long sentBytes,
        long receivedBytes,
        boolean reused,
        long idleNanos,
        @Nullable Answer answer,
        @Nullable AttemptFailure failure,
        RetryDecision decision,
        BackendCondition condition) {
    public AttemptRecord {
        labels = Map.copyOf(labels);
    }
}
