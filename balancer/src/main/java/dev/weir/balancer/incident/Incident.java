package dev.weir.balancer.incident;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Failures of one cause on one backend, without a longer break: a picture of one moment. Immutable.
 *
 * @param id as of {@link dev.weir.balancer.failure.IncidentId}
 * @param pool null: no route matched
 * @param backend null: no single one
 * @param open whether it may go on: it saw a failure within the last minutes
 * @param firstMillis when the first request of it ended, in milliseconds since 1970
 * @param lastMillis the same of the last one
 * @param routes requests by route, the most affected one first; of many, some
 * @param dossiers ids of the last requests, newest first; some may have been pushed out by newer ones
 * @param culprits backends of the pool that fail for the same cause at present
 * @param members backends of the pool
 * @param sharedLabels labels that all culprits have, and no other backend of the pool
 * @param before what changed in the minutes before the first failure, newest first
 * @param after what became of the backend just after it, oldest first
 * @param latest the last request of it
 * @param diagnosis of that one
 */
public record Incident(
        String id,
        @Nullable String pool,
        @Nullable String backend,
        boolean open,
        long firstMillis,
        long lastMillis,
        Counts counts,
        Map<String, Long> routes,
        List<String> dossiers,
        int culprits,
        int members,
        Map<String, String> sharedLabels,
        List<Change> before,
        List<Change> after,
        Dossier latest,
        Diagnosis diagnosis) {
    /**
     * Requests by what the client got. Exact, whatever became of the dossiers.
     *
     * @param failed got an error of the balancer's
     * @param cut got the beginning of a response
     * @param saved got a whole response by another attempt
     * @param relayed got the backend's own 502, 503 or 504
     */
    public record Counts(long failed, long cut, long saved, long relayed) {
        public long total() {
            return failed + cut + saved + relayed;
        }
    }
}
